//! The port that stores the messages of one channel.

use super::{
    lease::{LeaseOrder, Leased},
    message::{LeasedMessage, Payload, Progress},
    settle::Settlement,
};
use crate::{port::PortFuture, random::Tag, time::Timestamp};

/// Stores the messages of one channel. Contracts: `thunderbird_testkit::contract::outbox` for texts,
/// `thunderbird_testkit::contract::mail_outbox` for mails.
pub trait Outbox<P: Payload>: Send + Sync {
    /// Queues messages that belong to no other change, such as an operator's test. If a tag is queued already, its
    /// row stays as it is.
    fn queue(&self, messages: Vec<P::Queued>, at: Timestamp) -> PortFuture<'_, ()>;

    /// What is known of the message with this tag.
    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<P>>>;

    /// Claims due messages of one class. Texts: of each recipient only the earliest that is not ended. Mails: in order
    /// of queueing.
    ///
    /// In the commit of the claim: a message that is not wanted any more ends as withheld, one with less than a second
    /// of life ends as expired, and beyond `daily_room` nothing is claimed. Two leases never claim the same message.
    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<P>>;

    /// Ends leases, all settlements or none. A settlement whose lease no longer holds the message changes nothing,
    /// except that a message known to be accepted is never sent again. Sealed words of an ended message are erased.
    fn settle(&self, settlements: Vec<Settlement<P>>) -> PortFuture<'_, ()>;

    /// Messages whose lease ended at or before `now` without being settled, at most `limit`; they stay leased.
    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMessage<P>>>;

    /// Erases sealed words whose secret has expired, and what else the channel must not keep. A channel that can be
    /// off also ends waiting messages with less than a second of life, because no lease does it then. An alarm that waits
    /// for a moment that no pause explains ([`LONGEST_ALARM_WAIT`](super::retry::LONGEST_ALARM_WAIT)) is due now. At most
    /// 500 rows of each. Returns how many rows it changed.
    fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize>;
}
