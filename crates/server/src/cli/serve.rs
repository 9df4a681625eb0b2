//! `thunderbird serve`

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    HttpServer,
    dev::{Server, ServerHandle},
    rt,
    web::Data,
};
use clap::Args;
use thunderbird_adapters::{
    clock::SystemClock,
    crypto::{argon2::Argon2Hasher, ring_start::RingStartError},
    store::Store,
};
use thunderbird_domain::time::{Clock as _, Timestamp};
use tokio::signal::unix::{SignalKind, signal};

use super::{
    Exit, Failure, Settings,
    doctor::{amiss_outside, proxy_advice},
    migrate, open_files, screen, start_screen, systemd,
};
use crate::{
    config::{Config, Listen, PublicUrl, variable},
    http::{app::App, connections::Connections, routes, simulator::access::SimulatorAccess},
    metrics::{self, listener::Sources},
    telemetry,
    wiring::{self, ConnectError},
    worker::Workers,
};

/// How long requests and workers may take to come to an end.
const DRAIN: Duration = Duration::from_secs(20);
/// Connections that may be open at once, if the machine allows as many files.
const CONNECTIONS: usize = 12_000;
/// Connections of each thread beyond all places, which are accepted only to be closed: otherwise clients, and our own
/// watchdog, would wait at a full service without an answer.
const CLOSED: usize = 16;
/// Connections that may wait to be accepted.
const BACKLOG: i32 = 4_096;
/// How long a client may take nothing of an answer that waits for it.
const UNREAD: Duration = Duration::from_secs(20);

/// The beginning of the year 10000, UTC.
const END_OF_DATES: Timestamp = Timestamp::from_micros(253_402_300_800_000_000);

/// Serve hikers and web clients until told to stop. This is what happens without a command.
#[derive(Args, Default)]
pub struct Serve {
    /// Listen here, whatever the configuration says.
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<String>,
    /// Be called this from outside, whatever the configuration says.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl Serve {
    /// Serves.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let config = settings.read(&[
            (variable::BIND, self.bind.as_ref()),
            (variable::PUBLIC_URL, self.public_url.as_ref()),
        ])?;
        telemetry::start(&config.log);
        can_be_told(SystemClock.now())?;
        let _lock = migrate::hold(&config.database)?;
        let listener = listen(config.listen.bind)?;
        for version in migrate::prepare(&config.database)? {
            tracing::info!(version, "migration applied");
        }
        let address = listener.local_addr()?;
        let public_url = config
            .listen
            .public_url
            .clone()
            .or_else(|| PublicUrl::of_listener(address))
            .ok_or_else(|| Failure::configuration("THUNDERBIRD_BIND gives no URL"))?;
        rt::System::new().block_on(serve(&config, &public_url, listener, address))
    }
}

/// Refuses a clock whose time no HTTP header can tell: the server's timers would end with it. Started again, the
/// service serves as soon as the clock is right.
fn can_be_told(now: Timestamp) -> Result<(), Failure> {
    if now > Timestamp::EPOCH && now < END_OF_DATES {
        return Ok(());
    }
    Err(Failure::problem(format_args!(
        "The clock of this machine is not between the years 1970 and 9999 ({now}). Set it right, and start again."
    )))
}

fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let refused = |error| Failure::problem(format_args!("{} {address}: {error}", variable::BIND));
    let listener = TcpListener::bind(address).map_err(refused)?;
    rustix::net::listen(&listener, BACKLOG).map_err(|errno| refused(errno.into()))?;
    // Connections inherit it: the kernel ends one whose client does not read, which no timeout of the server does.
    let unread = u32::try_from(UNREAD.as_millis()).unwrap_or(u32::MAX);
    rustix::net::sockopt::set_tcp_user_timeout(&listener, unread).map_err(|errno| refused(errno.into()))?;
    Ok(listener)
}

async fn serve(
    config: &Config,
    public_url: &PublicUrl,
    listener: TcpListener,
    address: SocketAddr,
) -> Result<Exit, Failure> {
    let service = wiring::connect(config, public_url).await.map_err(refused)?;
    let app = Data::new(service.app);
    let metrics = show_metrics(&config.listen, &app, service.hasher, service.store.clone())?;
    let workers = Workers::start(&app, service.keeper);
    let server = answer(&app, &config.listen, listener)?;
    let signals = stop_on_signal(Data::clone(&app), server.handle())?;
    screen::say(format_args!("listening on http://{address}"))?;
    screen::say(start_screen::text(
        config,
        public_url,
        metrics.as_ref().map(|metrics| metrics.address),
    ))?;
    if let Some(link) = app.edge.simulator.as_ref().and_then(SimulatorAccess::link) {
        screen::say(format_args!(
            "  {public_url}/simulator?{link}   (the simulator in the browser; opens once)"
        ))?;
    }
    let watchdog = rt::spawn(systemd::watch(Arc::clone(&app.edge.store_health), address));
    warn(config, &app).await;
    report_missing_routes(&app, &service.store).await;
    systemd::ready();
    let report = rt::spawn(report_outside(config.clone(), public_url.clone()));
    let ended = server.await;
    signals.abort();
    watchdog.abort();
    report.abort();
    workers.stop(DRAIN).await;
    if let Some(metrics) = metrics {
        metrics.server.stop(false).await;
    }
    close(app, service.store).await;
    ended?;
    Ok(Exit::Done)
}

/// The server of the service itself.
fn answer(app: &Data<App>, listen: &Listen, listener: TcpListener) -> Result<Server, Failure> {
    let app = Data::clone(app);
    let threads = std::thread::available_parallelism()?.get();
    let allowed = open_files::connections(CONNECTIONS);
    let proxies = listen.trusted_proxies.clone();
    let connections = Arc::new(Connections::new(allowed, listen.connections_per_source, proxies));
    let server = HttpServer::new(move || routes::service(Data::clone(&app)))
        .on_connect(move |stream, data| connections.seat(stream, data))
        .workers(threads)
        .max_connections(allowed.div_ceil(threads).saturating_add(CLOSED))
        .keep_alive(Duration::from_secs(30))
        .client_request_timeout(Duration::from_secs(5))
        .client_disconnect_timeout(Duration::from_secs(2))
        .shutdown_timeout(DRAIN.as_secs())
        .disable_signals()
        .listen(listener)?
        .run();
    Ok(server)
}

/// The listener of the metrics.
struct MetricsListener {
    server: ServerHandle,
    address: SocketAddr,
}

/// Starts the metrics' own listener. That the default port is taken is nobody's fault; any other is the operator's.
fn show_metrics(
    listen: &Listen,
    app: &Data<App>,
    hasher: Arc<Argon2Hasher>,
    store: Store,
) -> Result<Option<MetricsListener>, Failure> {
    let Some(address) = listen.metrics else {
        return Ok(None);
    };
    let app = Data::clone(app);
    match metrics::listener::bind(address, Sources { app, hasher, store }) {
        Ok((running, address)) => {
            let server = running.handle();
            rt::spawn(running);
            Ok(Some(MetricsListener { server, address }))
        }
        Err(error) if listen.metrics_is_default => {
            tracing::warn!(%address, %error, "no metrics: the address is taken; set THUNDERBIRD_METRICS_BIND");
            Ok(None)
        }
        Err(error) => Err(Failure::problem(format_args!(
            "{} {address}: {error}",
            variable::METRICS_BIND
        ))),
    }
}

/// A ring that does not fit is the operator's to put right; anything else may pass.
pub(super) fn refused(error: ConnectError) -> Failure {
    match error {
        ConnectError::Ring(RingStartError::Fault(fault)) => Failure::problem(fault),
        ConnectError::Ring(error) => Failure::configuration(error),
        ConnectError::Mails(_) | ConnectError::Routes(_) | ConnectError::PublicUrl(_) => {
            Failure::configuration(error)
        }
        ConnectError::Store(_)
        | ConnectError::Hasher(_)
        | ConnectError::Texts(_)
        | ConnectError::Watchdog(_)
        | ConnectError::Pager(_)
        | ConnectError::Forecasts(_) => Failure::problem(error),
    }
}

/// What works, but should be looked at.
async fn warn(config: &Config, app: &App) {
    if let Some(advice) = proxy_advice(&config.listen) {
        tracing::warn!(setting = "THUNDERBIRD_TRUSTED_PROXIES", advice);
    }
    if let Ok(condition) = app.edge.store_health.check().await
        && condition.is_full()
    {
        let free_bytes = condition.free_bytes;
        tracing::warn!(
            free_bytes,
            "less than 256 MiB are free beside the database: the service is not ready"
        );
    }
}

/// What the world outside says of the settings; asked while the service runs already, since nobody should wait for it.
async fn report_outside(config: Config, public_url: PublicUrl) {
    for finding in amiss_outside(&config, &public_url).await {
        let (setting, advice) = (finding.setting, finding.text);
        tracing::warn!(event = "setup.amiss", setting, advice);
    }
}

/// A route that hikers are on and the catalogue lacks is reported, never dropped: they cannot check in on it.
async fn report_missing_routes(app: &App, store: &Store) {
    match store.routes_in_use().await {
        Ok(used) => {
            let known: Vec<&str> = app
                .hiking
                .routes
                .all()
                .iter()
                .map(|route| route.id().as_str())
                .collect();
            for route in used.iter().filter(|route| !known.contains(&route.as_str())) {
                tracing::warn!(
                    event = "routes.missing",
                    route,
                    "hikers are on a route that is not in the catalogue: put its file back, or have them text START"
                );
            }
        }
        Err(fault) => {
            tracing::error!(event = "routes.unread", error = ?fault, "the routes in use cannot be read");
        }
    }
}

/// SIGTERM and SIGINT: stop accepting, finish what is under way.
fn stop_on_signal(app: Data<App>, server: ServerHandle) -> Result<rt::task::JoinHandle<()>, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(rt::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM: finishing what is under way"),
            _ = interrupt.recv() => tracing::info!("SIGINT: finishing what is under way"),
        }
        systemd::stopping();
        if let Some(simulator) = &app.edge.simulator {
            simulator.close();
        }
        server.stop(true).await;
    }))
}

/// Waits until nobody but us holds the store, so that dropping it writes the log into the file before the process ends.
async fn close(app: Data<App>, store: Store) {
    let app = app.into_inner();
    for _ in 0..200 {
        if Arc::strong_count(&app) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop((app, store));
    tracing::info!("stopped");
}
