//! Leases: which due messages a worker may take, decided in the commit that claims them.

use super::{
    message::{LeasedMessage, Payload},
    retry::SHORTEST_LIFE,
};
use crate::{outgoing::Class, random::Tag, time::Timestamp};

/// Most messages that one lease takes.
pub const MAX_LEASE: usize = 256;

/// What a worker asks for: messages of one class that are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseOrder {
    /// Class of the messages.
    pub class: Class,
    /// At most this many (and never more than [`MAX_LEASE`]).
    pub limit: usize,
    /// Names the lease; only its holder may settle.
    pub lease: Tag,
    /// The present.
    pub now: Timestamp,
    /// When the lease ends by itself; the result of a message that it still holds is then unknown.
    pub until: Timestamp,
    /// Messages of all classes that may be claimed in a day (UTC) before this class has to wait; `None` never waits.
    /// A message counts once, at its first attempt.
    pub daily_room: Option<u32>,
}

/// What a lease took, and what it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased<P: Payload> {
    /// The messages to send, in the order of the store.
    pub messages: Vec<LeasedMessage<P>>,
    /// How many ended because they are not wanted any more, for example after an opt-out.
    pub withheld: u32,
    /// How many ended because their life was over.
    pub expired: u32,
    /// Whether messages wait because of the daily cap.
    pub capped: bool,
    /// Messages of all classes claimed today.
    pub claimed_today: u32,
}

impl<P: Payload> Default for Leased<P> {
    fn default() -> Self {
        Self {
            messages: Vec::new(),
            withheld: 0,
            expired: 0,
            capped: false,
            claimed_today: 0,
        }
    }
}

/// What the commit that would claim a message does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Hand it to the worker.
    Send,
    /// Its life is over.
    Expire,
    /// It is not wanted any more.
    Withhold,
    /// It waits: the daily cap leaves no room for its class.
    Wait,
}

/// What the claiming commit reads about one due message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// End of its life.
    pub expires_at: Timestamp,
    /// Whether a condition of sending is gone: the recipient has opted out, or the cause was closed. The store reads
    /// it in the claiming commit, so nothing is handed over after the commit that ended the condition.
    pub unwanted: bool,
    /// How often it was claimed before.
    pub attempts: u32,
}

impl Due {
    /// Decides about a due message. `claimed_today` counts the messages of all classes. An opt-out wins over the end
    /// of life, and both over the cap; only a first attempt needs room below the cap.
    pub fn claim(&self, order: &LeaseOrder, claimed_today: u32) -> Claim {
        let room = !self.is_first() || order.daily_room.is_none_or(|room| claimed_today < room);
        if self.unwanted {
            Claim::Withhold
        } else if self.expires_at.since(order.now) < SHORTEST_LIFE {
            Claim::Expire
        } else if room {
            Claim::Send
        } else {
            Claim::Wait
        }
    }

    /// True before its first attempt: the one that the daily cap counts.
    pub const fn is_first(&self) -> bool {
        self.attempts == 0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

    fn order(daily_room: Option<u32>) -> LeaseOrder {
        LeaseOrder {
            class: Class::Notice,
            limit: 1,
            lease: Tag::from_bytes([1; 16]),
            now: NOW,
            until: NOW.plus(Duration::from_mins(1)),
            daily_room,
        }
    }

    fn due(millis: u64, unwanted: bool, attempts: u32) -> Due {
        Due {
            expires_at: NOW.plus(Duration::from_millis(millis)),
            unwanted,
            attempts,
        }
    }

    #[test]
    fn an_opt_out_is_seen_before_the_end_of_life_and_the_cap() {
        assert_eq!(due(1_000, true, 0).claim(&order(Some(9)), 0), Claim::Withhold);
        assert_eq!(due(999, true, 0).claim(&order(Some(9)), 9), Claim::Withhold);
        assert_eq!(due(999, false, 0).claim(&order(Some(9)), 9), Claim::Expire);
        assert_eq!(due(1_000, false, 0).claim(&order(Some(9)), 8), Claim::Send);
        assert_eq!(due(1_000, false, 0).claim(&order(Some(9)), 9), Claim::Wait);
    }

    #[test]
    fn another_attempt_needs_no_room_below_the_cap() {
        assert_eq!(due(1_000, false, 1).claim(&order(Some(9)), 9), Claim::Send);
        assert_eq!(due(1_000, false, 0).claim(&order(None), 9_999), Claim::Send);
    }
}
