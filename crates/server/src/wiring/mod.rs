//! Composition: the only file that names both a port and its adapter.

pub mod account;
pub mod console;
mod edge;
pub mod forecast;
mod gateway;
#[cfg(test)]
mod in_memory;
mod kernel;
pub mod mail;
pub mod pager;
mod phone;
mod rules;
mod sms;
mod user;
mod voice;

use std::sync::Arc;

use thunderbird_adapters::{
    catalogue::{FileCatalogue, RouteFileError},
    clock::SystemClock,
    crypto::{
        argon2::Argon2Hasher,
        entropy::SystemEntropy,
        live_ring::LiveRing,
        mac::RingMacs,
        paseto::PasetoSealer,
        ring_keeper::RingKeeper,
        ring_start::{self, RingSource, RingStartError},
        sealer::RingSealer,
        simulator_token::simulator_token,
    },
    mail::smtp::SmtpSettingsError,
    simulator::clock::SimulatorClock,
    store::{OpenError, Store},
    twilio::signature::UnusableUrl,
    watchdog::HttpWatchdog,
};
use thunderbird_domain::{
    budget::Budgets, deadline::Watchdog, phone::PhoneStore, port::Fault, random::Entropy, time::Clock,
};

#[cfg(test)]
pub use self::in_memory::{in_memory, in_memory_with};
use self::{
    account::AccountPorts,
    console::ConsolePorts,
    edge::EdgePorts,
    forecast::ForecastPorts,
    gateway::Texts,
    kernel::KernelPorts,
    mail::{MailPorts, Mails},
    pager::PagerPorts,
    rules::Rules,
    sms::SmsPorts,
    user::UserPorts,
    voice::VoicePorts,
};
use crate::{
    config::{Config, Gateway, PublicUrl},
    http::{
        app::{App, EdgeSettings},
        simulator::access::SimulatorAccess,
    },
};

/// Places in the queue of password hashes that accounts leave to the console.
const PLACES_FOR_THE_CONSOLE: usize = 4;

/// What the ports are, whatever stands behind them. Tests fill it from memory.
pub struct Ports {
    /// What every context needs.
    pub kernel: KernelPorts,
    /// Accounts and privacy.
    pub accounts: AccountPorts,
    /// Links between phones and accounts.
    pub phones: Arc<dyn PhoneStore>,
    /// Hikers.
    pub users: UserPorts,
    /// Texts.
    pub sms: SmsPorts,
    /// Calls to contacts.
    pub voice: VoicePorts,
    /// Who makes forecasts.
    pub forecasts: ForecastPorts,
    /// Mails.
    pub mail: MailPorts,
    /// Pages to the operator.
    pub pager: PagerPorts,
    /// The operator's console.
    pub console: ConsolePorts,
    /// What the HTTP layer itself asks.
    pub edge: EdgePorts,
}

/// Why the adapters could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The database.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The key ring; its text tells the operator what to do.
    #[error(transparent)]
    Ring(#[from] RingStartError),
    /// The threads that hash passwords.
    #[error("the hashing threads cannot be started: {0}")]
    Hasher(#[source] std::io::Error),
    /// The operator's routes.
    #[error("{}", complaints(.0))]
    Routes(Vec<RouteFileError>),
    /// The public URL.
    #[error(transparent)]
    PublicUrl(#[from] UnusableUrl),
    /// The mailer.
    #[error(transparent)]
    Mails(#[from] SmtpSettingsError),
    /// The gateway.
    #[error("the SMS gateway cannot be set up: {0:?}")]
    Texts(#[source] Fault),
    /// The watchdog outside.
    #[error("the watchdog cannot be set up: {0:?}")]
    Watchdog(#[source] Fault),
    /// The operator's address for pages.
    #[error("the pager cannot be set up: {0:?}")]
    Pager(#[source] Fault),
    /// The providers of forecasts.
    #[error("the providers of forecasts cannot be set up: {0:?}")]
    Forecasts(#[source] Fault),
}

fn complaints(files: &[RouteFileError]) -> String {
    let lines: Vec<String> = files.iter().map(ToString::to_string).collect();
    format!(
        "THUNDERBIRD_ROUTES_DIR has files that cannot be used:\n{}",
        lines.join("\n")
    )
}

/// The use cases, and the adapters that somebody besides them looks after.
pub struct Service {
    /// Every use case.
    pub app: App,
    /// The password hasher, for its figures.
    pub hasher: Arc<Argon2Hasher>,
    /// Looks after the key ring.
    pub keeper: Arc<RingKeeper>,
    /// The key ring.
    pub ring: Arc<LiveRing>,
    /// The store, for its figures.
    pub store: Store,
}

/// The real thing: every port with the adapter that the configuration asks for. The database's schema is current, and
/// its lock is held.
///
/// # Errors
///
/// [`ConnectError`] when an adapter cannot be set up.
pub async fn connect(config: &Config, public_url: &PublicUrl) -> Result<Service, ConnectError> {
    let simulated = matches!(config.gateway, Gateway::Simulator).then(|| Arc::new(SimulatorClock::default()));
    let clock = clock(simulated.as_ref());
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let catalogue = FileCatalogue::load(config.routes_dir.as_deref()).map_err(ConnectError::Routes)?;
    let store = Store::open(&config.database)?;
    let ring = ring_start::open(ring_source(config), &store, entropy.as_ref(), Arc::clone(&clock)).await?;
    let threads = config.accounts.hash_threads.get();
    let hasher = Argon2Hasher::start(config.accounts.argon2, threads, Arc::clone(&entropy));
    let hasher = Arc::new(hasher.map_err(ConnectError::Hasher)?);
    let shared = Arc::new(store.clone());
    let keeper = RingKeeper::new(Arc::clone(&ring), shared.clone(), Arc::clone(&clock));
    let mut texts = Texts::open(config, public_url, &clock, &entropy).map_err(ConnectError::Texts)?;
    texts.inbound_webhook = gateway::inbound_webhook(config, public_url, &ring)?;
    let mails = Mails::open(config, &clock)?;
    let simulator =
        simulator(&texts, &mails, &ring, entropy.as_ref()).map(|access| access.with_clock(simulated));
    let ports = Ports {
        accounts: AccountPorts::on(&shared, Arc::new(PasetoSealer::new(Arc::clone(&ring)))),
        console: ConsolePorts::on(&shared),
        phones: shared.clone(),
        users: UserPorts {
            watchdog: watchdog(config)?,
            ..UserPorts::on(&shared)
        },
        voice: VoicePorts::on(&shared).with_line(config, public_url, &texts),
        sms: SmsPorts::on(&shared, texts),
        forecasts: ForecastPorts {
            store: shared.clone(),
            forecasters: forecast::forecasters(&config.forecasts, &clock).map_err(ConnectError::Forecasts)?,
        },
        mail: MailPorts::on(&shared, mails),
        pager: PagerPorts::open(&shared, &config.pager).map_err(ConnectError::Pager)?,
        edge: EdgePorts {
            idempotency: shared.clone(),
            store_health: shared.clone(),
            simulator,
        },
        kernel: KernelPorts {
            sealer: Arc::new(RingSealer::new(Arc::clone(&ring))),
            routes: Arc::new(catalogue),
            limiter: shared,
            hasher: Arc::new(hasher.leaving(PLACES_FOR_THE_CONSOLE)),
            console_hasher: hasher.clone(),
            macs: Arc::new(RingMacs::new(Arc::clone(&ring))),
            clock,
            entropy,
        },
    };
    let settings = EdgeSettings::of(config, public_url);
    Ok(Service {
        app: compose(ports, Rules::of(config, public_url), settings),
        hasher,
        keeper: Arc::new(keeper),
        ring,
        store,
    })
}

/// The simulator's clock, which can be moved, or the system's.
fn clock(simulated: Option<&Arc<SimulatorClock>>) -> Arc<dyn Clock> {
    match simulated {
        Some(clock) => clock.clone(),
        None => Arc::new(SystemClock),
    }
}

/// The watchdog outside, if one is configured.
fn watchdog(config: &Config) -> Result<Option<Arc<dyn Watchdog>>, ConnectError> {
    let Some(url) = &config.watchdog else {
        return Ok(None);
    };
    let watchdog = HttpWatchdog::new(url.clone()).map_err(ConnectError::Watchdog)?;
    Ok(Some(Arc::new(watchdog)))
}

/// The key is asked for each time: it may be renewed while the service runs.
fn simulator(
    texts: &Texts,
    mails: &Mails,
    ring: &Arc<LiveRing>,
    entropy: &dyn Entropy,
) -> Option<SimulatorAccess> {
    let ring = Arc::clone(ring);
    let key = Arc::new(move || simulator_token(&ring.keys()));
    SimulatorAccess::new(texts.simulator.clone(), mails.mailbox.clone(), key, entropy)
}

fn ring_source(config: &Config) -> RingSource {
    match &config.keys.content {
        Some(content) => RingSource::Given(content.clone()),
        None => RingSource::File(config.keys.path.clone()),
    }
}

/// Builds the use cases on `ports`.
pub fn compose(ports: Ports, rules: Rules, settings: EdgeSettings) -> App {
    let (kernel, origin) = (ports.kernel, settings.origin.clone());
    let phones = Arc::new(phone::phones(ports.phones, &kernel, &rules));
    let budgets = Budgets {
        limiter: Arc::clone(&kernel.limiter),
        macs: Arc::clone(&kernel.macs),
        limits: rules.budgets,
    };
    let forecasts = ports.forecasts.compose(&kernel, rules.forecasts);
    let pagers = rules.sms.pagers.clone();
    let (accounts, privacy) = ports.accounts.compose(&kernel, rules.accounts);
    App {
        edge: ports.edge.compose(&kernel, settings),
        accounts,
        privacy,
        hiking: ports.users.compose(
            &kernel,
            (&rules.sms, budgets.clone()),
            (forecasts.clone(), ports.voice.compose(&kernel)),
        ),
        sms: ports
            .sms
            .compose(&kernel, (&phones, forecasts), (rules.sms, budgets), rules.sending),
        mail: ports.mail.compose(&kernel, &origin),
        pager: ports.pager.compose(&kernel, pagers),
        console: ports.console.compose(kernel, rules.console),
        phones,
    }
}
