//! The port of what an operator is to hear of, and of what became of it.

use crate::{
    deadline::Unclaimed,
    id::{DeadlineId, MessageId},
    outbox::state::SendState,
    page::OutgoingPage,
    phone_number::PhoneNumber,
    port::PortFuture,
    time::Timestamp,
};

/// A text about somebody's safety that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedText {
    /// The store's id of the text.
    pub id: MessageId,
    /// Who should have read it; `None` if the number in the row cannot be read.
    pub to: Option<PhoneNumber>,
    /// How it ended.
    pub state: SendState,
    /// The provider's error code.
    pub code: Option<u32>,
}

/// What the store shows that an operator is to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Troubles {
    /// Alarms that no contact deals with although an hour has passed, or whose claim has ended.
    pub unclaimed: Vec<Unclaimed>,
    /// Alarms of which no contact was reached.
    pub unreached: Vec<DeadlineId>,
    /// Alarms and texts about safety to others than the hiker that ended within a day without arriving, and were not told
    /// yet. At most 200, the oldest first.
    pub failed: Vec<FailedText>,
}

/// So many pages of a day in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFigure {
    /// Whether they go by mail.
    pub by_mail: bool,
    /// The state that they have.
    pub state: SendState,
    /// How many there are.
    pub count: u64,
}

/// What an operator is to hear of. Contract: `thunderbird_testkit::contract::page_log`.
///
/// An event is reported once, or again after the pause of its kind ([`OutgoingPage::is_news`]). In the commit that stores it its
/// page is queued, for the address, for the mailbox or for both. Beyond the limit of its kind, and where it
/// [is minor](OutgoingPage::is_minor), it is counted in the page that tells of the same minutes together.
pub trait PageLog: Send + Sync {
    /// What is to be told.
    fn troubles(&self, now: Timestamp) -> PortFuture<'_, Troubles>;

    /// Stores events, those that are news. Any other change may store them, too, as an
    /// [`Outgoing::Page`](crate::outgoing::Outgoing) of its own commit.
    fn note(&self, pages: Vec<OutgoingPage>, at: Timestamp) -> PortFuture<'_, ()>;

    /// Forgets events that are over, so that the next one of that name is news at once. One that is not known is none.
    fn forget(&self, events: Vec<String>) -> PortFuture<'_, ()>;

    /// The pages that were queued within a day before `now`, by channel and state, the address first. One that waits for its
    /// time and was not tried yet does not count: events that are reported together wait for the end of their minutes.
    fn figures(&self, now: Timestamp) -> PortFuture<'_, Vec<PageFigure>>;
}
