//! Sends what was queued: lease, send, settle. Nothing is sent without a lease, and every lease ends with a settlement.

use std::{future::Future, sync::Arc, time::Duration};

use super::{
    lease::{LeaseOrder, Leased},
    message::{LeasedMessage, Payload},
    port::Outbox,
    retry::{self, Attempt, SHORTEST_LIFE},
    settle::{SendOutcome, Settlement},
    state::Ended,
};
use crate::{
    opt_out::OptOutChange,
    outgoing::{Class, Words},
    port::Fault,
    random::{Entropy, Tag},
    secret::{BodySealer, Secret},
    time::{Clock, Timestamp},
};

/// Stranded messages that [`Dispatcher::recover`] settles in one commit.
const RECOVERED_AT_ONCE: usize = 200;

/// Later than the end of every lease.
const END_OF_TIME: Timestamp = Timestamp::from_micros(i64::MAX);

/// A message on its way to the provider.
#[derive(Debug)]
pub struct Handover<'a, P: Payload> {
    /// Names the message, the same at every attempt.
    pub tag: Tag,
    /// Recipient, and what else the channel needs.
    pub payload: &'a P,
    /// Its words, opened.
    pub body: Secret<String>,
    /// What is left of its life: at least a second, whole seconds.
    pub life: Duration,
}

/// Hands the messages of one kind to their provider.
pub trait Channel: Send + Sync + 'static {
    /// What this channel sends.
    type Payload: Payload;

    /// How long a lease holds: longer than handing one message over can take.
    const LEASE: Duration;

    /// The classes that its messages have, the most urgent first.
    const CLASSES: &'static [Class];

    /// Whether messages can be sent at all.
    fn is_on(&self) -> bool {
        true
    }

    /// Messages of all classes that may be claimed in a day before `class` has to wait; `None` never waits.
    fn daily_room(&self, _class: Class) -> Option<u32> {
        None
    }

    /// Refuses a message that may not be sent at all.
    ///
    /// # Errors
    ///
    /// How the message ends instead.
    fn check(&self, _payload: &Self::Payload) -> Result<(), Ended> {
        Ok(())
    }

    /// Hands one message over, once. A `Fault` means that nothing was attempted.
    fn hand_over(
        &self,
        message: Handover<'_, Self::Payload>,
    ) -> impl Future<Output = Result<Attempt<<Self::Payload as Payload>::Receipt>, Fault>> + Send;

    /// What an outcome says about the recipient's wish to receive messages.
    fn opt_out(
        &self,
        _payload: &Self::Payload,
        _outcome: &SendOutcome<<Self::Payload as Payload>::Receipt>,
        _at: Timestamp,
    ) -> Option<OptOutChange> {
        None
    }
}

/// Sends the messages of one channel.
pub struct Dispatcher<C: Channel> {
    /// Stores what waits.
    pub outbox: Arc<dyn Outbox<C::Payload>>,
    /// Hands messages over.
    pub channel: C,
    /// Opens sealed words.
    pub sealer: Arc<dyn BodySealer>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Jitter and lease names.
    pub entropy: Arc<dyn Entropy>,
}

impl<C: Channel> Dispatcher<C> {
    /// Whether messages can be sent at all.
    pub fn is_on(&self) -> bool {
        self.channel.is_on()
    }

    /// Claims at most `limit` due messages of one class; claims nothing while the channel is off.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn lease(&self, class: Class, limit: usize) -> Result<Leased<C::Payload>, Fault> {
        if limit == 0 || !self.is_on() {
            return Ok(Leased::default());
        }
        let now = self.clock.now();
        let order = LeaseOrder {
            class,
            limit,
            lease: Tag::draw(&*self.entropy),
            now,
            until: now.plus(C::LEASE),
            daily_room: self.channel.daily_room(class),
        };
        self.outbox.lease(order).await
    }

    /// Sends one leased message, once, and returns how its lease ends.
    pub async fn deliver(&self, message: &LeasedMessage<C::Payload>) -> Settlement<C::Payload> {
        let handover = match self.prepare(message) {
            Ok(handover) => handover,
            Err(state) => return Settlement::of(message, SendOutcome::ended(state), self.clock.now()),
        };
        let attempt = self.channel.hand_over(handover).await;
        let attempt = attempt.unwrap_or(Attempt::Temporary {
            code: None,
            retry_after: None,
        });
        self.settlement(message, attempt, self.clock.now())
    }

    /// Opens the words and measures the life that is left, or says how the message ends instead.
    fn prepare<'a>(&self, message: &'a LeasedMessage<C::Payload>) -> Result<Handover<'a, C::Payload>, Ended> {
        self.channel.check(&message.payload)?;
        let body = match &message.words {
            Some(Words::Plain(words)) => Secret::new(words.clone()),
            Some(Words::Sealed { sealed, .. }) => {
                self.sealer.open(message.tag, sealed).ok_or(Ended::Failed)?
            }
            None => return Err(Ended::Failed),
        };
        let life = Duration::from_secs(message.expires_at.since(self.clock.now()).as_secs());
        if life < SHORTEST_LIFE {
            return Err(Ended::Expired);
        }
        Ok(Handover {
            tag: message.tag,
            payload: &message.payload,
            body,
            life,
        })
    }

    fn settlement(
        &self,
        message: &LeasedMessage<C::Payload>,
        attempt: Attempt<<C::Payload as Payload>::Receipt>,
        at: Timestamp,
    ) -> Settlement<C::Payload> {
        let outcome = retry::after(message, attempt, at, &*self.entropy);
        let opt_out = self.channel.opt_out(&message.payload, &outcome, at);
        Settlement {
            opt_out,
            ..Settlement::of(message, outcome, at)
        }
    }

    /// Stores what became of leased messages.
    ///
    /// # Errors
    ///
    /// The store's fault; nothing was stored then, and the same settlements are to be offered again.
    pub async fn settle(&self, settlements: Vec<Settlement<C::Payload>>) -> Result<(), Fault> {
        self.outbox.settle(settlements).await
    }

    /// Settles the leases that ended without a settlement. Their holder may have sent the message or not, so each
    /// counts as an attempt with an unknown result. Returns how many there were.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn recover(&self) -> Result<usize, Fault> {
        self.take_back(self.clock.now()).await
    }

    /// Settles every lease, at a start: its holder is gone, because one process holds the database.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn recover_from_crash(&self) -> Result<usize, Fault> {
        self.take_back(END_OF_TIME).await
    }

    async fn take_back(&self, ended_by: Timestamp) -> Result<usize, Fault> {
        let mut recovered = 0_usize;
        loop {
            let stranded = self.outbox.stranded(ended_by, RECOVERED_AT_ONCE).await?;
            if stranded.is_empty() {
                return Ok(recovered);
            }
            let now = self.clock.now();
            let settlements = stranded
                .iter()
                .map(|message| self.settlement(message, Attempt::Ambiguous, now));
            self.outbox.settle(settlements.collect()).await?;
            recovered = recovered.saturating_add(stranded.len());
        }
    }

    /// Erases what must not be kept any longer. Returns how many rows changed.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn sweep(&self) -> Result<usize, Fault> {
        self.outbox.sweep(self.clock.now()).await
    }
}
