//! Every use case that handlers and workers call.

use std::sync::Arc;

use ipnet::IpNet;
use thunderbird_adapters::twilio::{status::CallbackShape, webhook::InboundWebhook};
use thunderbird_domain::{
    account::Accounts,
    admin::Console,
    health::StoreHealth,
    idempotency::IdempotencyStore,
    mail::deliver::Mailings,
    phone::Phones,
    privacy::Privacy,
    route::RouteCatalogue,
    sms::{deliver::Deliveries, price::Price, receive::Messages},
    time::Clock,
    user::Users,
};

use super::{health::partner::Partner, simulator::door::Door, sms::SenderLanes};
use crate::metrics::Metrics;

/// What the HTTP layer itself needs to know of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Which browsers' origins may call `/auth` and `/api`.
    pub cors_origins: Vec<String>,
    /// Whether the public URL is https.
    pub https: bool,
    /// The public URL as browsers write an origin.
    pub origin: String,
    /// The price of a segment until Twilio's own is known.
    pub price: Option<Price>,
    /// What the health report says of texts.
    pub twilio: Partner,
    /// What the health report says of mail.
    pub mail: Partner,
    /// Whose webhooks are believed.
    pub inbound_webhook: InboundWebhook,
}

/// Every use case, ready to be called; handlers and workers share it.
pub struct App {
    /// What is counted.
    pub metrics: Metrics,
    /// What the HTTP layer needs to know.
    pub edge: Edge,
    /// Which routes there are.
    pub catalogue: Arc<dyn RouteCatalogue>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Accounts and their sessions.
    pub accounts: Arc<Accounts>,
    /// The operator's console.
    pub console: Console,
    /// Reads webhooks.
    pub inbound_webhook: InboundWebhook,
    /// Whose delivery callbacks are believed.
    pub callback_shape: CallbackShape,
    /// Texts out.
    pub deliveries: Deliveries,
    /// Mails out.
    pub mailings: Mailings,
    /// Texts in.
    pub messages: Messages,
    /// One text of a sender at a time.
    pub sender_lanes: SenderLanes,
    /// Answers for the keys of requests.
    pub idempotency: Arc<dyn IdempotencyStore>,
    /// Links between phones and accounts.
    pub phones: Arc<Phones>,
    /// What is shown of the simulators, while one is on.
    pub simulator: Option<Door>,
    /// Hikers.
    pub users: Users,
    /// What people may ask of us about their own data.
    pub privacy: Privacy,
    /// How the store is.
    pub store_health: Arc<dyn StoreHealth>,
}
