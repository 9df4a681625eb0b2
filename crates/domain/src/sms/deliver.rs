//! The text channel: hands queued texts to the SMS gateway, and takes what the provider reports of them later.

use std::{sync::Arc, time::Duration};

use super::{
    body,
    delivery::{self, Delivery, JustRead},
    gateway::{CODE_OPTED_OUT, Fetched, GatewayText, MAX_VALIDITY, Sent, SmsGateway},
    outbox::{Callback, CallbackResult, DeliveryReports, Reading, TextPayload, TextReceipt, Unread},
    price::Price,
};
use crate::{
    opt_out::{OptOutChange, OptOutSource},
    outbox::{
        caps::DailyCap,
        dispatch::{Channel, Dispatcher, Handover},
        retry::Attempt,
        settle::SendOutcome,
        state::Ended,
    },
    outgoing::Class,
    phone_number::TextableRegions,
    port::Fault,
    time::Timestamp,
};

/// How long a lease holds: far longer than a gateway may take.
pub const LEASE: Duration = Duration::from_mins(1);

/// Sends queued texts.
pub type Deliveries = Dispatcher<TextChannel>;

/// What the outbox needs for texts.
pub struct TextChannel {
    /// Hands texts to the provider.
    pub gateway: Arc<dyn SmsGateway>,
    /// Stores what the provider reports later.
    pub reports: Arc<dyn DeliveryReports>,
    /// What the operator has decided.
    pub policy: SendingPolicy,
}

/// What the operator decides about sending.
#[derive(Debug, Clone)]
pub struct SendingPolicy {
    /// Regions that may be texted.
    pub regions: TextableRegions,
    /// Texts a day for the whole service.
    pub cap: DailyCap,
    /// The price of a segment until the provider's own is known.
    pub segment_price: Price,
}

impl Channel for TextChannel {
    type Payload = TextPayload;

    const LEASE: Duration = LEASE;
    const CLASSES: &'static [Class] = &Class::ALL;

    fn daily_room(&self, class: Class) -> Option<u32> {
        Some(self.policy.cap.room(class))
    }

    fn check(&self, text: &TextPayload) -> Result<(), Ended> {
        self.policy.regions.check(&text.to).map_err(|_| Ended::Withheld)
    }

    async fn hand_over(&self, text: Handover<'_, TextPayload>) -> Result<Attempt<TextReceipt>, Fault> {
        let estimate = Estimate {
            segments: body::segments(text.body.expose()),
            price: self.policy.segment_price,
        };
        let handed = GatewayText {
            to: text.payload.to.clone(),
            body: text.body,
            validity: text.life.min(MAX_VALIDITY),
        };
        Ok(attempt(self.gateway.send(&handed).await?, estimate))
    }

    fn opt_out(
        &self,
        text: &TextPayload,
        outcome: &SendOutcome<TextReceipt>,
        at: Timestamp,
    ) -> Option<OptOutChange> {
        let told = matches!(
            outcome,
            SendOutcome::Ended {
                code: Some(CODE_OPTED_OUT),
                ..
            }
        );
        told.then(|| OptOutChange::Record {
            phone: text.to.clone(),
            source: OptOutSource::Carrier,
            at,
        })
    }
}

/// What a text weighs and costs by our own reckoning.
#[derive(Debug, Clone, Copy)]
struct Estimate {
    /// Billed segments by our own count.
    segments: u32,
    /// The price of one segment.
    price: Price,
}

/// The gateway's answer with a receipt. The provider's own figures win; a service answers 0 segments before it has
/// counted them.
fn attempt(sent: Sent, estimate: Estimate) -> Attempt<TextReceipt> {
    match sent {
        Sent::Accepted { sid, price, segments } => {
            let segments = segments.filter(|count| *count > 0).unwrap_or(estimate.segments);
            Attempt::Accepted(TextReceipt {
                sid: Some(sid),
                segments,
                price: price.unwrap_or(estimate.price.times(segments)),
            })
        }
        Sent::AcceptedUnreadable => Attempt::Accepted(TextReceipt {
            sid: None,
            segments: estimate.segments,
            price: estimate.price.times(estimate.segments),
        }),
        Sent::Permanent { code } => Attempt::Permanent { code },
        Sent::Temporary { code, retry_after } => Attempt::Temporary { code, retry_after },
        Sent::Ambiguous => Attempt::Ambiguous,
    }
}

impl Dispatcher<TextChannel> {
    /// Takes a delivery callback.
    ///
    /// # Errors
    ///
    /// The store's fault; the provider is to be asked to call again.
    pub async fn hear(&self, callback: Callback) -> Result<CallbackResult, Fault> {
        self.channel.reports.hear(callback).await
    }

    /// Reads due messages back from the provider, at most `limit`, and stores price, segments and delivery. Returns
    /// how many were read.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn read_back(&self, limit: usize) -> Result<usize, Fault> {
        let channel = &self.channel;
        let due = channel.reports.unread(self.clock.now(), limit).await?;
        let mut readings = Vec::with_capacity(due.len());
        for unread in &due {
            let fetched = channel.gateway.fetch(&unread.sid).await;
            let fetched = fetched.unwrap_or(Fetched::Unavailable);
            readings.push(reading(unread, &fetched, self.clock.now()));
        }
        if !readings.is_empty() {
            channel.reports.record(readings).await?;
        }
        Ok(due.len())
    }
}

fn reading(unread: &Unread, fetched: &Fetched, at: Timestamp) -> Reading {
    let (delivery, price, segments) = match fetched {
        Fetched::Found {
            status,
            code,
            price,
            segments,
        } => (
            Some(Delivery {
                status: *status,
                code: *code,
            }),
            *price,
            *segments,
        ),
        Fetched::Missing | Fetched::Unavailable => (None, None, None),
    };
    let known = delivery.map_or(unread.delivery, |heard| unread.delivery.with(heard));
    let read = JustRead {
        class: unread.class,
        readings: unread.readings,
        was: unread.delivery,
        is: known,
        priced: price.is_some(),
    };
    Reading {
        id: unread.id,
        at,
        delivery,
        price,
        segments,
        again_at: delivery::next_reading(read, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::{gateway::MessageSid, price::Currency};

    #[test]
    fn the_providers_own_figures_win() {
        let sid = MessageSid::parse(&format!("SM{:032}", 1)).unwrap();
        let price = |micros, currency| Price {
            micros,
            currency: Currency::parse(currency).unwrap(),
        };
        let estimate = Estimate {
            segments: 2,
            price: price(51_500, "AUD"),
        };
        let accepted = |price, segments| Sent::Accepted {
            sid: sid.clone(),
            price,
            segments,
        };
        let figures = |sent| match attempt(sent, estimate) {
            Attempt::Accepted(receipt) => (receipt.segments, receipt.price.micros),
            other => panic!("{other:?}"),
        };
        assert_eq!(figures(accepted(Some(price(7_500, "USD")), Some(3))), (3, 7_500));
        assert_eq!(figures(accepted(None, Some(3))), (3, 154_500));
        assert_eq!(
            figures(accepted(None, Some(0))),
            (2, 103_000),
            "a service answers 0 before it has counted"
        );
        assert_eq!(figures(Sent::AcceptedUnreadable), (2, 103_000));
    }
}
