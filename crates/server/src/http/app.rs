//! The application's state: every use case that handlers and workers call, grouped by context.

use std::sync::{Arc, atomic::AtomicU64};

use ipnet::IpNet;
use thunderbird_adapters::twilio::{call_webhook::CallShape, status::CallbackShape, webhook::InboundWebhook};
use thunderbird_domain::{
    account::Accounts,
    admin::Console,
    deadline::{Watch, Watchdog},
    health::StoreHealth,
    idempotency::IdempotencyStore,
    keyed_lock::KeyedLock,
    mail::{deliver::Mailings, stop::MailStops},
    pager::{PageRounds, Paging},
    phone::Phones,
    privacy::Privacy,
    route::RouteCatalogue,
    sms::{collect::MissedTexts, deliver::Deliveries, inbound::Sender, receive::Messages},
    time::Clock,
    user::Users,
    voice::{CallAnswers, Calling},
};

use super::{
    health::{clock::ClockHealth, hearing::Hearing, rounds::Rounds, upstream::UpstreamHealth},
    log_pace::LogPaces,
    pace::Paces,
    simulator::access::SimulatorAccess,
};
use crate::metrics::Metrics;

/// Every use case, ready to be called. Handlers and workers share it.
pub struct App {
    /// What the HTTP layer itself needs.
    pub edge: Edge,
    /// Accounts and their sessions.
    pub accounts: Arc<Accounts>,
    /// Links between phones and accounts.
    pub phones: Arc<Phones>,
    /// What people may ask of us about their own data.
    pub privacy: Privacy,
    /// Hikers and where they walk.
    pub hiking: Hiking,
    /// Texts in and out.
    pub sms: Texting,
    /// Mails out.
    pub mail: Mailing,
    /// Pages to the operator.
    pub pager: PagerDesk,
    /// The operator's console.
    pub console: Console,
}

/// What the HTTP layer itself needs.
pub struct Edge {
    /// What it needs to know of the configuration.
    pub settings: EdgeSettings,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Answers for the keys of requests.
    pub idempotency: Arc<dyn IdempotencyStore>,
    /// How fast one source, and one account, may write.
    pub paces: Paces,
    /// How many lines of the log strangers may cause.
    pub log: LogPaces,
    /// What is counted.
    pub metrics: Metrics,
    /// How the store is.
    pub store_health: Arc<dyn StoreHealth>,
    /// What is shown of the simulators, while one is on.
    pub simulator: Option<SimulatorAccess>,
}

/// What the HTTP layer needs to know of the configuration.
#[derive(Debug, Clone, Default)]
pub struct EdgeSettings {
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Which browsers' origins may call `/auth` and `/api`.
    pub cors_origins: Vec<String>,
    /// Whether the public URL is https.
    pub https: bool,
    /// The public URL as browsers write an origin.
    pub origin: String,
    /// Who is responsible for what is held about people; empty if it is not known.
    pub holder: String,
    /// Writes of a source, and of an account, in a minute; `None` where no stranger can come in.
    pub writes_per_minute: Option<u32>,
}

/// Hikers and where they walk.
pub struct Hiking {
    /// Hikers.
    pub users: Users,
    /// The watch over their promises.
    pub watch: Watch,
    /// Whether the watch does its rounds.
    pub rounds: Rounds,
    /// Hears that it does, if there is one outside.
    pub watchdog: Option<Arc<dyn Watchdog>>,
    /// The routes they may be on.
    pub routes: Arc<dyn RouteCatalogue>,
    /// Calls to contacts who do not answer an alert.
    pub voice: Voice,
}

/// Calls to contacts who do not answer an alert.
pub struct Voice {
    /// Places queued calls.
    pub calling: Calling,
    /// Answers the phones that are called.
    pub answers: CallAnswers,
    /// Reads the requests about calls that are ours.
    pub shape: CallShape,
    /// Whether the provider accepts calls.
    pub upstream: UpstreamHealth,
}

/// Texts in and out.
pub struct Texting {
    /// Verifies and reads webhooks of inbound texts.
    pub inbound_webhook: InboundWebhook,
    /// Reads the delivery callbacks that are ours.
    pub callback_shape: CallbackShape,
    /// Texts in.
    pub messages: Messages,
    /// Texts that no webhook brought.
    pub missed: MissedTexts,
    /// Whether every text to us is known.
    pub hearing: Hearing,
    /// Whether the machine's clock is right.
    pub clock: ClockHealth,
    /// Lets one text of a sender in at a time.
    pub senders: KeyedLock<Sender>,
    /// Texts out.
    pub deliveries: Deliveries,
    /// Whether the gateway accepts texts.
    pub upstream: UpstreamHealth,
}

/// Pages to the operator.
pub struct PagerDesk {
    /// Finds what is to be told.
    pub rounds: PageRounds,
    /// Sends queued pages.
    pub pages: Paging,
    /// Whether the operator's address takes pages.
    pub upstream: UpstreamHealth,
    /// How often was looked for what is to be told.
    pub looks: Looks,
}

/// How often was looked for what an operator is to be told, since the start.
#[derive(Debug, Default)]
pub struct Looks {
    /// Looks that came to their end.
    pub whole: AtomicU64,
    /// Looks that a fault of the store ended.
    pub failed: AtomicU64,
}

/// Mails out.
pub struct Mailing {
    /// Stops mails to contacts by their links.
    pub stops: MailStops,
    /// Sends queued mails.
    pub mailings: Mailings,
    /// Whether the mail server accepts mails.
    pub upstream: UpstreamHealth,
}
