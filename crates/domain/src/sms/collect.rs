//! Fetches texts that no webhook brought, and receives them as a webhook would have.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::{
    inbound::Sender,
    late::Late,
    receive::{Messages, ReceiveError},
    received_texts::{Listing, ReceivedText, ReceivedTexts},
    reception::ReceptionLog,
};
use crate::{
    keyed_lock::KeyedLock,
    port::Fault,
    time::{Clock, Timestamp},
};

/// How far back is read behind what seems to be known. The provider may list a text later than it has received it.
const OVERLAP: Duration = Duration::from_hours(1);

/// How far back is read at most.
const FARTHEST: Duration = Duration::from_hours(7 * 24);

/// Late answers to one sender in one round: to the newest texts. What the others say is done all the same.
const ANSWERS: u32 = 3;

/// Where texts come from that no webhook brought.
#[derive(Clone)]
pub struct MissedTexts {
    /// The provider's list.
    pub list: Arc<dyn ReceivedTexts>,
    /// How far it was read.
    pub log: Arc<dyn ReceptionLog>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// What one round has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Collected {
    /// Texts that no webhook had brought, and that are stored now.
    pub fetched: u64,
    /// By how much the oldest of them is late.
    pub lag: Duration,
    /// Entries that are no texts, or whose sid stands for another text.
    pub unreadable: u64,
}

/// Why not every missed text is stored.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The provider could not be asked, or has more than is read at once.
    #[error("the provider's list of received texts cannot be read")]
    Unavailable,
    /// A store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl MissedTexts {
    /// Receives what the provider has received and we have not. Texts younger than `youngest` are left to their webhooks.
    ///
    /// # Errors
    ///
    /// [`CollectError`] unless everything is stored; what could be stored is.
    pub async fn collect(
        &self,
        (receiver, senders): (&Messages, &KeyedLock<Sender>),
        youngest: Duration,
    ) -> Result<Collected, CollectError> {
        let now = self.clock.now();
        let until = now.minus(youngest);
        let since = since(self.log.last().await?.and_then(|last| last.read_to), now);
        let Listing::Texts {
            texts,
            unreadable,
            is_whole,
        } = self.list.since(since).await?
        else {
            return Err(CollectError::Unavailable);
        };
        let in_time =
            |text: &ReceivedText| text.texted_at >= since && (youngest.is_zero() || text.texted_at <= until);
        let texts = texts.into_iter().filter(in_time).collect();
        let missed = self.missed(receiver, texts).await?;
        let mut collected = Collected {
            unreadable: u64::try_from(unreadable).unwrap_or(u64::MAX),
            ..Collected::default()
        };
        let mut failed = None;
        for (text, is_answered) in missed {
            let late = Late {
                texted_at: text.texted_at,
                is_answered,
            };
            let _guard = senders.lock(&text.message.from).await;
            match receiver.receive_late(text.message, late).await {
                Ok(true) => collected.count(now.since(late.texted_at)),
                Ok(false) => {}
                Err(ReceiveError::SidReused) => collected.unreadable = collected.unreadable.saturating_add(1),
                Err(ReceiveError::Fault(fault)) => failed = Some(fault),
            }
        }
        match failed {
            Some(fault) => Err(fault.into()),
            None if is_whole => {
                self.log.read_to(until).await?;
                Ok(collected)
            }
            None => Err(CollectError::Unavailable),
        }
    }

    /// Those that are not stored, the oldest first, and whether each is answered.
    async fn missed(
        &self,
        receiver: &Messages,
        texts: Vec<ReceivedText>,
    ) -> Result<Vec<(ReceivedText, bool)>, Fault> {
        let sids = texts.iter().map(|text| text.message.sid.clone()).collect();
        let unseen = receiver.inbox.unseen(sids).await?;
        let mut missed: Vec<ReceivedText> = texts;
        missed.retain(|text| unseen.contains(&text.message.sid));
        missed.sort_by(|one, other| {
            let order = |text: &ReceivedText| (text.texted_at, text.message.sid.clone());
            order(one).cmp(&order(other))
        });
        missed.dedup_by(|one, other| one.message.sid == other.message.sid);
        let mut answers: HashMap<Sender, u32> = HashMap::new();
        let mut judged: Vec<_> = missed
            .into_iter()
            .rev()
            .map(|text| {
                let count = answers.entry(text.message.from.clone()).or_default();
                *count = count.saturating_add(1);
                let is_answered = *count <= ANSWERS;
                (text, is_answered)
            })
            .collect();
        judged.reverse();
        Ok(judged)
    }
}

impl Collected {
    fn count(&mut self, late: Duration) {
        self.fetched = self.fetched.saturating_add(1);
        self.lag = self.lag.max(late);
    }
}

/// From when on the list is read.
fn since(read_to: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let known = read_to.map_or(now, |read_to| read_to.min(now));
    known.minus(OVERLAP).max(now.minus(FARTHEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_an_hour_farther_back_than_it_was_read_and_a_week_at_most() {
        let now = Timestamp::from_micros(1_795_074_000_000_000);
        let hours = |hours| Duration::from_hours(hours);
        assert_eq!(since(None, now), now.minus(OVERLAP));
        assert_eq!(since(Some(now), now), now.minus(OVERLAP));
        assert_eq!(since(Some(now.plus(hours(26))), now), now.minus(OVERLAP));
        assert_eq!(since(Some(now.minus(hours(30))), now), now.minus(hours(31)));
        assert_eq!(since(Some(now.minus(hours(300))), now), now.minus(FARTHEST));
    }
}
