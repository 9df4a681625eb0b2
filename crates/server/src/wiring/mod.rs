//! Composition: the only file that names both a port and its adapter.

pub mod account;
pub mod console;
mod gateway;
#[cfg(test)]
mod in_memory;
pub mod mail;
mod phone;
mod rules;

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
    store::{OpenError, Store},
    twilio::signature::UnusableUrl,
};
use thunderbird_domain::{
    account::{AccountRules, password::PasswordHasher},
    health::StoreHealth,
    idempotency::IdempotencyStore,
    limit::RateLimiter,
    mail::outbox::MailOutbox,
    opt_out::OptOuts,
    phone::{CodeLimits, PhoneStore, Phones},
    phone_number::PhoneNumber,
    port::Fault,
    random::Entropy,
    route::RouteCatalogue,
    secret::{BodySealer, Macs},
    sms::{
        case::SmsRules,
        deliver::{Deliveries, SendingPolicy},
        inbound::Inbox,
        outbox::Outbox,
        receive::Messages,
    },
    time::Clock,
    user::{MessageLog, UserStore, Users},
};

#[cfg(test)]
pub use self::in_memory::{in_memory, in_memory_with};
use self::{
    account::AccountPorts,
    console::{ConsolePorts, ConsoleRules, SharedPorts},
    gateway::Texts,
    mail::Mails,
};
use crate::{
    config::{Config, PublicUrl},
    http::{
        app::{App, Edge},
        routes,
        simulator::door::Door,
        sms::SenderLanes,
    },
    metrics::Metrics,
};

/// What the ports are, whatever stands behind them. Tests fill it from memory.
pub struct Ports {
    /// Accounts.
    pub accounts: AccountPorts,
    /// Which routes there are.
    pub catalogue: Arc<dyn RouteCatalogue>,
    /// Seals what carries a code, a word or a link.
    pub bodies: Arc<dyn BodySealer>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Hashes and verifies passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Keeps texts that come in, with all they cause.
    pub inbox: Arc<dyn Inbox>,
    /// The operator's console.
    pub console: ConsolePorts,
    /// Counts what may happen only so often.
    pub limiter: Arc<dyn RateLimiter>,
    /// Makes keyed digests.
    pub macs: Arc<dyn Macs>,
    /// Keeps answers for the keys of requests.
    pub idempotency: Arc<dyn IdempotencyStore>,
    /// What was texted.
    pub message_log: Arc<dyn MessageLog>,
    /// Who must not be texted.
    pub opt_outs: Arc<dyn OptOuts>,
    /// Keeps mails to send.
    pub mail_outbox: Arc<dyn MailOutbox>,
    /// Sends mails.
    pub mails: Mails,
    /// Keeps links between phones and accounts.
    pub phones: Arc<dyn PhoneStore>,
    /// Keeps texts to send.
    pub outbox: Arc<dyn Outbox>,
    /// What is shown of the simulators, while one is on.
    pub simulator: Option<Door>,
    /// How the store is.
    pub store_health: Arc<dyn StoreHealth>,
    /// Sends texts.
    pub texts: Texts,
    /// Keeps hikers.
    pub users: Arc<dyn UserStore>,
}

/// What the operator chose, for those who decide by it.
pub struct Rules {
    /// About accounts.
    pub accounts: AccountRules,
    /// How many codes may be sent.
    pub codes: CodeLimits,
    /// The number of ours that hikers are told.
    pub our_number: PhoneNumber,
    /// About the console.
    pub console: ConsoleRules,
    /// About sending texts.
    pub sending: SendingPolicy,
    /// About texts.
    pub sms: SmsRules,
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
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let catalogue = FileCatalogue::load(config.routes_dir.as_deref()).map_err(ConnectError::Routes)?;
    let store = Store::open(&config.database)?;
    let ring = ring_start::open(ring_source(config), &store, entropy.as_ref(), Arc::clone(&clock)).await?;
    let threads = config.accounts.hash_threads.get();
    let hasher = Argon2Hasher::start(config.accounts.argon2, threads, Arc::clone(&entropy));
    let hasher = Arc::new(hasher.map_err(ConnectError::Hasher)?);
    let shared = Arc::new(store.clone());
    let keeper = RingKeeper::new(Arc::clone(&ring), shared.clone(), Arc::clone(&clock));
    let edge = Edge {
        inbound_webhook: gateway::inbound_webhook(config, public_url, &ring)?,
        ..rules::edge(config, public_url)
    };
    let texts = Texts::open(config, public_url, &clock, &entropy).map_err(ConnectError::Texts)?;
    let mails = Mails::open(config, &clock)?;
    let simulator = door(&texts, &mails, &ring, entropy.as_ref());
    let ports = Ports {
        accounts: AccountPorts::on(&shared, Arc::new(PasetoSealer::new(Arc::clone(&ring)))),
        catalogue: Arc::new(catalogue),
        bodies: Arc::new(RingSealer::new(Arc::clone(&ring))),
        clock,
        console: ConsolePorts::on(&shared),
        entropy,
        hasher: hasher.clone(),
        inbox: shared.clone(),
        limiter: shared.clone(),
        macs: Arc::new(RingMacs::new(Arc::clone(&ring))),
        idempotency: shared.clone(),
        message_log: shared.clone(),
        opt_outs: shared.clone(),
        mail_outbox: shared.clone(),
        mails,
        phones: shared.clone(),
        outbox: shared.clone(),
        simulator,
        store_health: shared.clone(),
        texts,
        users: shared,
    };
    Ok(Service {
        app: compose(ports, Rules::of(config, public_url), edge),
        hasher,
        keeper: Arc::new(keeper),
        ring,
        store,
    })
}

/// The key is asked for each time: it may be renewed while the service runs.
fn door(texts: &Texts, mails: &Mails, ring: &Arc<LiveRing>, entropy: &dyn Entropy) -> Option<Door> {
    let ring = Arc::clone(ring);
    let key = Arc::new(move || simulator_token(&ring.keys()));
    Door::before(texts.simulator.clone(), mails.mailbox.clone(), key, entropy)
}

fn ring_source(config: &Config) -> RingSource {
    match &config.keys.content {
        Some(content) => RingSource::Given(content.clone()),
        None => RingSource::File(config.keys.path.clone()),
    }
}

/// Builds the use cases on `ports`.
pub fn compose(ports: Ports, rules: Rules, edge: Edge) -> App {
    let phones = Arc::new(phone::phones(&ports, &rules));
    let mailings = mail::mailings(&ports);
    let shared = SharedPorts {
        sealer: Arc::clone(&ports.bodies),
        routes: Arc::clone(&ports.catalogue),
        limiter: Arc::clone(&ports.limiter),
        hasher: Arc::clone(&ports.hasher),
        macs: Arc::clone(&ports.macs),
        clock: Arc::clone(&ports.clock),
        entropy: Arc::clone(&ports.entropy),
    };
    let (accounts, privacy) = ports.accounts.compose(&shared, rules.accounts);
    App {
        metrics: Metrics::new(&routes::table()),
        inbound_webhook: edge.inbound_webhook.clone(),
        edge,
        callback_shape: ports.texts.callbacks,
        deliveries: Deliveries {
            outbox: ports.outbox,
            gateway: ports.texts.gateway,
            sealer: Arc::clone(&ports.bodies),
            clock: Arc::clone(&ports.clock),
            entropy: Arc::clone(&ports.entropy),
            policy: rules.sending,
        },
        simulator: ports.simulator,
        mailings,
        messages: Messages {
            inbox: ports.inbox,
            routes: Arc::clone(&ports.catalogue),
            phones: Arc::clone(&phones),
            sealer: Arc::clone(&ports.bodies),
            clock: Arc::clone(&ports.clock),
            entropy: Arc::clone(&ports.entropy),
            rules: rules.sms.clone(),
        },
        idempotency: ports.idempotency,
        phones,
        sender_lanes: SenderLanes::default(),
        users: Users {
            store: ports.users,
            log: ports.message_log,
            opt_outs: ports.opt_outs,
            routes: Arc::clone(&ports.catalogue),
            textable: rules.sms.textable,
            region: rules.sms.region,
            clock: Arc::clone(&ports.clock),
            entropy: Arc::clone(&ports.entropy),
        },
        catalogue: ports.catalogue,
        clock: ports.clock,
        privacy,
        console: ports.console.compose(shared, rules.console),
        accounts,
        store_health: ports.store_health,
    }
}
