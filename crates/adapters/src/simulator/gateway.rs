//! The gateway that sends nothing and rings nowhere.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    phone_number::PhoneNumber,
    port::{Fault, PortFuture},
    random::{Entropy, Tag},
    sms::{
        body,
        gateway::{Fetched, GatewayText, MessageSid, ProviderStatus, Sent, SmsGateway},
        received_texts::{Listing, ReceivedTexts},
    },
    time::{Clock, Timestamp},
    voice::{CallOrder, CallSid, Caller, Placed},
};

use super::{KEPT, newest::Newest};

/// A text that would have been sent.
#[derive(Clone)]
pub struct SimulatedText {
    /// The sid it was given.
    pub sid: MessageSid,
    /// Who would have received it.
    pub to: PhoneNumber,
    /// What it says.
    pub body: String,
    /// When it would have been sent.
    pub at: Timestamp,
    /// The call, if the phone rings and this is no text.
    pub call: Option<SimulatedCall>,
}

/// A call that would have been placed.
#[derive(Clone)]
pub struct SimulatedCall {
    /// Where the phone asks what is said.
    pub script: String,
    /// The sid it was given.
    pub sid: CallSid,
}

/// Keeps the newest texts in memory and calls them delivered.
pub struct SimulatorGateway {
    texts: Newest<SimulatedText>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl SimulatorGateway {
    /// An empty one.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            texts: Newest::new(KEPT),
            clock,
            entropy,
        }
    }

    /// The texts after number `after`, to one phone or to all; waits at most `patience` until there is one.
    pub async fn texts_after(
        &self,
        after: u64,
        phone: Option<&PhoneNumber>,
        patience: Duration,
    ) -> Vec<(u64, SimulatedText)> {
        let wanted = |text: &SimulatedText| phone.is_none_or(|phone| text.to == *phone);
        self.texts.wait_after(after, patience, wanted).await
    }

    /// Lets nobody wait any more.
    pub fn close(&self) {
        self.texts.close();
    }

    /// The number of the newest text.
    pub fn last(&self) -> u64 {
        self.texts.last()
    }
}

impl SmsGateway for SimulatorGateway {
    fn send<'a>(&'a self, text: &'a GatewayText) -> PortFuture<'a, Sent> {
        let sid = MessageSid::parse(&format!("SM{}", Tag::draw(&*self.entropy)));
        let sent = sid
            .ok_or_else(|| Fault::lasting("simulator", "a tag is not 32 hex digits"))
            .map(|sid| {
                self.texts.push(SimulatedText {
                    sid: sid.clone(),
                    to: text.to.clone(),
                    body: text.body.expose().clone(),
                    at: self.clock.now(),
                    call: None,
                });
                let segments = Some(body::segments(text.body.expose()));
                Sent::Accepted {
                    sid,
                    price: None,
                    segments,
                }
            });
        Box::pin(async move { sent })
    }

    fn fetch<'a>(&'a self, sid: &'a MessageSid) -> PortFuture<'a, Fetched> {
        let known = self.texts.after(0, |text| text.sid == *sid).pop();
        let fetched = known.map_or(Fetched::Missing, |(_, text)| Fetched::Found {
            status: ProviderStatus::Delivered,
            code: None,
            price: None,
            segments: Some(body::segments(&text.body)),
        });
        Box::pin(async move { Ok(fetched) })
    }
}

/// A phone of the simulator rings at once, and until it is picked up.
impl Caller for SimulatorGateway {
    fn place<'a>(&'a self, order: &'a CallOrder) -> PortFuture<'a, Placed> {
        let name = Tag::draw(&*self.entropy);
        let named = MessageSid::parse(&format!("SM{name}")).zip(CallSid::parse(&format!("CA{name}")));
        let placed = named
            .ok_or_else(|| Fault::lasting("simulator", "a tag is not 32 hex digits"))
            .map(|(event, sid)| {
                self.texts.push(SimulatedText {
                    sid: event,
                    to: order.to.clone(),
                    body: "The phone rings.".to_owned(),
                    at: self.clock.now(),
                    call: Some(SimulatedCall {
                        script: order.script.clone(),
                        sid: sid.clone(),
                    }),
                });
                Placed::Accepted(sid)
            });
        Box::pin(async move { placed })
    }
}

impl ReceivedTexts for SimulatorGateway {
    fn since(&self, _since: Timestamp) -> PortFuture<'_, Listing> {
        Box::pin(async { Ok(Listing::empty()) })
    }
}
