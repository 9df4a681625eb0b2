//! Sends what was queued: lease, send, settle. Nothing is sent without a lease, and no lease ends without a settlement.

use std::{sync::Arc, time::Duration};

use super::{
    body,
    delivery::{self, Delivery},
    gateway::{Fetched, GatewayText, MAX_VALIDITY, Sent, SmsGateway},
    outbox::{
        Callback, CallbackResult, LeaseOrder, Leased, LeasedText, Outbox, Reading, SendOutcome, Settlement,
        Unread,
    },
    price::Price,
    retry::{self, Estimate},
};
use crate::{
    opt_out::{OptOutChange, OptOutSource},
    outbox::state::Ended,
    outgoing::{Class, Words},
    phone_number::TextableRegions,
    port::Fault,
    random::{Entropy, Tag},
    secret::{BodySealer, Secret},
    time::{Clock, Timestamp},
};

/// How long a lease holds: far longer than a gateway may take.
pub const LEASE: Duration = Duration::from_mins(1);

/// Texts that [`Deliveries::recover`] looks at in one go.
const RECOVERED_AT_ONCE: usize = 200;

/// The ports that sending texts needs.
pub struct Deliveries {
    /// What waits.
    pub outbox: Arc<dyn Outbox>,
    /// Who sends.
    pub gateway: Arc<dyn SmsGateway>,
    /// Opens sealed words.
    pub sealer: Arc<dyn BodySealer>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Jitter and lease names.
    pub entropy: Arc<dyn Entropy>,
    /// What the operator has decided.
    pub policy: SendingPolicy,
}

/// What the operator decides about sending.
#[derive(Debug, Clone)]
pub struct SendingPolicy {
    /// Regions that may be texted.
    pub regions: TextableRegions,
    /// Texts a day for the whole service; the last fifth is for Safety alone, which is never stopped.
    pub per_day: u32,
    /// The price of a segment until the provider's own is known.
    pub segment_price: Price,
}

impl Deliveries {
    /// Claims at most `limit` due texts of one class.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn lease(&self, class: Class, limit: usize) -> Result<Leased, Fault> {
        let now = self.clock.now();
        let order = LeaseOrder {
            class,
            limit,
            lease: Tag::draw(&*self.entropy),
            now,
            until: now.plus(LEASE),
            daily_room: match class {
                Class::Safety => None,
                Class::Code | Class::Notice => Some(self.policy.per_day - self.policy.per_day / 5),
            },
        };
        self.outbox.lease(order).await
    }

    /// Sends one leased text, once, and says what became of it.
    pub async fn deliver(&self, text: &LeasedText) -> Settlement {
        let (body, validity) = match self.prepare(text) {
            Ok(prepared) => prepared,
            Err(state) => {
                let outcome = SendOutcome::Ended {
                    state,
                    code: None,
                    ambiguous: false,
                };
                return settlement(text, outcome, self.clock.now());
            }
        };
        let estimate = Estimate {
            segments: body::segments(body.expose()),
            price: self.policy.segment_price,
        };
        let handed = GatewayText {
            to: text.to.clone(),
            body,
            validity,
        };
        let sent = self.gateway.send(&handed).await;
        let sent = sent.unwrap_or(Sent::Temporary {
            code: None,
            retry_after: None,
        });
        let now = self.clock.now();
        settlement(text, retry::after(text, sent, estimate, now, &*self.entropy), now)
    }

    /// The words in the clear and the life that is left, or how the text ends instead.
    fn prepare(&self, text: &LeasedText) -> Result<(Secret<String>, Duration), Ended> {
        self.policy.regions.check(&text.to).map_err(|_| Ended::Withheld)?;
        let body = match &text.words {
            Some(Words::Plain(words)) => Secret::new(words.clone()),
            Some(Words::Sealed { sealed, .. }) => self.sealer.open(text.tag, sealed).ok_or(Ended::Failed)?,
            None => return Err(Ended::Failed),
        };
        let left = text.expires_at.since(self.clock.now());
        let whole_seconds = Duration::from_secs(left.as_secs()).min(MAX_VALIDITY);
        if whole_seconds < retry::SHORTEST_LIFE {
            return Err(Ended::Expired);
        }
        Ok((body, whole_seconds))
    }

    /// Stores what became of leased texts.
    ///
    /// # Errors
    ///
    /// The store's fault; nothing was stored then, and the same settlements are to be offered again.
    pub async fn settle(&self, settlements: Vec<Settlement>) -> Result<(), Fault> {
        self.outbox.settle(settlements).await
    }

    /// Settles leases that ended at or before `ended_by` as ambiguous: their holder may have sent or not. Returns
    /// how many there were.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn recover(&self, ended_by: Timestamp) -> Result<usize, Fault> {
        let mut recovered = 0;
        loop {
            let stranded = self.outbox.stranded(ended_by, RECOVERED_AT_ONCE).await?;
            if stranded.is_empty() {
                return Ok(recovered);
            }
            let now = self.clock.now();
            let estimate = Estimate {
                segments: 1,
                price: self.policy.segment_price,
            };
            let judged = |text: &LeasedText| {
                settlement(
                    text,
                    retry::after(text, Sent::Ambiguous, estimate, now, &*self.entropy),
                    now,
                )
            };
            recovered += stranded.len();
            self.outbox.settle(stranded.iter().map(judged).collect()).await?;
        }
    }

    /// Takes a delivery callback.
    ///
    /// # Errors
    ///
    /// The store's fault; the provider is to be asked to call again.
    pub async fn hear(&self, callback: Callback) -> Result<CallbackResult, Fault> {
        self.outbox.hear(callback).await
    }

    /// Reads due messages back from the provider, at most `limit`, and stores price, segments and delivery. Returns
    /// how many were read.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn read_back(&self, limit: usize) -> Result<usize, Fault> {
        let due = self.outbox.unread(self.clock.now(), limit).await?;
        let mut readings = Vec::with_capacity(due.len());
        for unread in &due {
            let fetched = self
                .gateway
                .fetch(&unread.sid)
                .await
                .unwrap_or(Fetched::Unavailable);
            readings.push(reading(unread, &fetched, self.clock.now()));
        }
        if !readings.is_empty() {
            self.outbox.record(readings).await?;
        }
        Ok(due.len())
    }

    /// Erases words whose secret has expired and callbacks that nobody claimed. Returns how many rows changed.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn erase(&self) -> Result<usize, Fault> {
        self.outbox.erase(self.clock.now()).await
    }
}

fn settlement(text: &LeasedText, outcome: SendOutcome, at: Timestamp) -> Settlement {
    let opt_out = retry::tells_opt_out(&outcome).then(|| OptOutChange::Record {
        phone: text.to.clone(),
        source: OptOutSource::Carrier,
        at,
    });
    Settlement {
        id: text.id,
        lease: text.lease,
        at,
        outcome,
        opt_out,
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
    Reading {
        id: unread.id,
        at,
        delivery,
        price,
        segments,
        again_at: delivery::next_reading(unread.readings, known, price.is_some(), at),
    }
}
