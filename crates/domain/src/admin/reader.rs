//! The port that answers the console's questions.

use super::lines::{
    AccountFilter, AccountLine, AccountPage, AuditFilter, AuditLine, Cursor, Figures, MessageFilter,
    MessageLine, OptOutLine, PageOf, PromisePage, UserFilter, UserLine, UserPage, WatchList,
};
use crate::{
    id::{AccountId, DeadlineId, MessageId, UserId},
    phone_number::PhoneNumber,
    port::PortFuture,
    time::Timestamp,
    user::ContactOf,
};

/// Answers the console's questions; no answer reads a growing table from end to end. Contract:
/// `thunderbird_testkit::contract::admin_reader`.
pub trait AdminReader: Send + Sync {
    /// Counts since `since`.
    fn figures(&self, since: Timestamp) -> PortFuture<'_, Figures>;

    /// Hikers, newest first.
    fn users(&self, filter: UserFilter, limit: u32) -> PortFuture<'_, PageOf<UserLine>>;

    /// Everything on the page of one hiker; `None` if the hiker does not exist.
    fn user(&self, id: UserId) -> PortFuture<'_, Option<UserPage>>;

    /// Account that this number is linked to now; `None` if it is linked to no account.
    fn linked_account(&self, phone: &PhoneNumber) -> PortFuture<'_, Option<AccountId>>;

    /// The live hikers that have chosen the number as a contact, in the order in which they did.
    fn hikers_of_contact(&self, phone: &PhoneNumber) -> PortFuture<'_, Vec<ContactOf>>;

    /// Accounts, newest first.
    fn accounts(&self, filter: AccountFilter, limit: u32) -> PortFuture<'_, PageOf<AccountLine>>;

    /// Everything on the page of one account; `None` if the account does not exist.
    fn account(&self, id: AccountId) -> PortFuture<'_, Option<AccountPage>>;

    /// Texts, newest first.
    fn messages(&self, filter: MessageFilter, limit: u32) -> PortFuture<'_, PageOf<MessageLine>>;

    /// One text; `None` if the text does not exist.
    fn message(&self, id: MessageId) -> PortFuture<'_, Option<MessageLine>>;

    /// Opt-outs that are in force, newest first.
    fn opt_outs(&self, before: Option<Cursor>, limit: u32) -> PortFuture<'_, PageOf<OptOutLine>>;

    /// Open promises, those in alarm first, then in the order of the promised times.
    fn watch(&self, limit: u32) -> PortFuture<'_, WatchList>;

    /// One promise with the texts, calls and mails about it, accounted for at `now`; `None` if it does not exist.
    fn promise(&self, id: DeadlineId, now: Timestamp) -> PortFuture<'_, Option<PromisePage>>;

    /// Lines of the audit log, newest first.
    fn audit(&self, filter: AuditFilter, limit: u32) -> PortFuture<'_, PageOf<AuditLine>>;
}
