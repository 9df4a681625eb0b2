//! Through what texts leave and whose webhooks are believed, as the configuration asks for.

use std::sync::Arc;

use thunderbird_adapters::{
    crypto::{live_ring::LiveRing, simulator_token::SimulatorTokens},
    simulator::{self, gateway::SimulatorGateway},
    twilio::{
        client::{Sender, TwilioAccount, TwilioGateway},
        received::TwilioReceived,
        signature::{AuthToken, AuthTokens, SignatureCheck, UnusableUrl},
        status::CallbackShape,
        webhook::InboundWebhook,
    },
};
use thunderbird_domain::{
    phone_number::PhoneNumber,
    port::Fault,
    random::Entropy,
    sms::{gateway::SmsGateway, inbound::TokenFingerprint, received_texts::ReceivedTexts},
    time::{Clock, ReferenceClock},
    voice::Caller,
};

#[cfg(test)]
use thunderbird_domain::{port::PortFuture, sms::received_texts::Listing, time::Timestamp};

use crate::{
    config::{self, Config, PublicUrl},
    http::health::upstream::UpstreamHealth,
};

/// Where Twilio reports deliveries to, below the public URL.
const STATUS_CALLBACK: &str = "/webhook/sms/status";

/// Everything about the gateway in force.
pub struct Texts {
    /// Sends.
    pub gateway: Arc<dyn SmsGateway>,
    /// Places calls, if the gateway can.
    pub caller: Option<Arc<dyn Caller>>,
    /// What has come in, as the provider lists it.
    pub received: Arc<dyn ReceivedTexts>,
    /// A second clock, if the provider shows one.
    pub reference: Option<Arc<dyn ReferenceClock>>,
    /// The same, with what it was handed, when it is the simulator.
    pub simulator: Option<Arc<SimulatorGateway>>,
    /// Whose delivery callbacks are ours.
    pub callbacks: CallbackShape,
    /// Whose webhooks of inbound texts are ours. Refuses all of them until it is set.
    pub inbound_webhook: InboundWebhook,
    /// Whether the gateway accepts texts.
    pub upstream: UpstreamHealth,
}

impl Texts {
    /// Sets the gateway up; asks nobody yet.
    ///
    /// # Errors
    ///
    /// A fault when the TLS library cannot be set up.
    pub fn open(
        config: &Config,
        public_url: &PublicUrl,
        clock: &Arc<dyn Clock>,
        entropy: &Arc<dyn Entropy>,
    ) -> Result<Self, Fault> {
        match &config.gateway {
            config::Gateway::Twilio(twilio) => Self::through_twilio(twilio, public_url, clock),
            config::Gateway::Simulator => {
                let gateway = Arc::new(SimulatorGateway::new(Arc::clone(clock), Arc::clone(entropy)));
                Ok(Self {
                    caller: Some(gateway.clone()),
                    gateway: gateway.clone(),
                    received: gateway.clone(),
                    reference: None,
                    simulator: Some(gateway),
                    callbacks: CallbackShape {
                        account_sid: simulator::ACCOUNT_SID.to_owned(),
                        numbers: vec![PhoneNumber::simulator()],
                        messaging_service_sid: None,
                    },
                    inbound_webhook: InboundWebhook::default(),
                    upstream: UpstreamHealth::new("simulator"),
                })
            }
        }
    }

    fn through_twilio(
        twilio: &config::Twilio,
        public_url: &PublicUrl,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let account = account(twilio, public_url)?;
        let gateway = Arc::new(TwilioGateway::new(account, Arc::clone(clock))?);
        let received = TwilioReceived {
            gateway: gateway.clone(),
            numbers: twilio.numbers.clone(),
            signed_by: TokenFingerprint::of(twilio.auth_token.expose()),
        };
        Ok(Self {
            reference: Some(gateway.dates()),
            caller: Some(gateway.clone()),
            gateway,
            received: Arc::new(received),
            simulator: None,
            callbacks: CallbackShape {
                account_sid: twilio.account_sid.clone(),
                numbers: twilio.numbers.clone(),
                messaging_service_sid: twilio.messaging_service_sid.clone(),
            },
            inbound_webhook: InboundWebhook::default(),
            upstream: UpstreamHealth::new("ok"),
        })
    }
}

/// The list of a test's provider.
#[cfg(test)]
struct NothingReceived;

#[cfg(test)]
impl ReceivedTexts for NothingReceived {
    fn since(&self, _since: Timestamp) -> PortFuture<'_, Listing> {
        Box::pin(async { Ok(Listing::empty()) })
    }
}

#[cfg(test)]
impl Texts {
    /// A gateway of a test; no callback is believed.
    pub fn to(gateway: Arc<dyn SmsGateway>) -> Self {
        Self {
            gateway,
            caller: None,
            received: Arc::new(NothingReceived),
            reference: None,
            simulator: None,
            callbacks: CallbackShape {
                account_sid: String::new(),
                numbers: Vec::new(),
                messaging_service_sid: None,
            },
            inbound_webhook: InboundWebhook::default(),
            upstream: UpstreamHealth::default(),
        }
    }
}

fn account(twilio: &config::Twilio, public_url: &PublicUrl) -> Result<TwilioAccount, Fault> {
    let (user, password) = match &twilio.api_key {
        Some((sid, secret)) => (sid, secret),
        None => (&twilio.account_sid, &twilio.auth_token),
    };
    let sender = match (&twilio.messaging_service_sid, twilio.numbers.first()) {
        (Some(service), _) => Sender::Service(service.clone()),
        (None, Some(number)) => Sender::Number(number.clone()),
        (None, None) => return Err(Fault::lasting("SMS gateway", "no number to send from")),
    };
    Ok(TwilioAccount {
        base_url: twilio.api_base_url.clone(),
        account_sid: twilio.account_sid.clone(),
        user: user.clone(),
        password: password.clone(),
        sender,
        status_callback: format!("{public_url}{STATUS_CALLBACK}"),
    })
}

/// Whose webhooks are believed: Twilio's with our tokens, or the simulator's with its key of the ring.
///
/// # Errors
///
/// [`UnusableUrl`] when the public URL cannot be signed for.
pub fn inbound_webhook(
    config: &Config,
    public_url: &PublicUrl,
    ring: &Arc<LiveRing>,
) -> Result<InboundWebhook, UnusableUrl> {
    let (account_sid, numbers, tokens): (_, _, Arc<dyn AuthTokens>) = match &config.gateway {
        config::Gateway::Twilio(twilio) => {
            let tokens = [Some(&twilio.auth_token), twilio.auth_token_next.as_ref()];
            let tokens: Vec<AuthToken> = tokens
                .into_iter()
                .flatten()
                .cloned()
                .map(AuthToken::new)
                .collect();
            (
                twilio.account_sid.clone(),
                twilio.numbers.clone(),
                Arc::new(tokens),
            )
        }
        config::Gateway::Simulator => {
            let number = vec![PhoneNumber::simulator()];
            let tokens = SimulatorTokens(Arc::clone(ring));
            (simulator::ACCOUNT_SID.to_owned(), number, Arc::new(tokens))
        }
    };
    let signature = Some(SignatureCheck::new(public_url.as_str(), tokens)?);
    Ok(InboundWebhook {
        signature,
        account_sid,
        numbers,
    })
}
