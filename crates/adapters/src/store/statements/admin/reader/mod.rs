//! The console's questions: joins and ranges over indexes, newest first, paged by key.

mod figures;
mod log;
mod page;
mod people;
mod texts;
mod watch;

use thunderbird_domain::{
    account::AccountId,
    admin::{
        AccountFilter, AccountLine, AccountPage, AdminReader, AuditFilter, AuditLine, Cursor, Figures,
        MessageFilter, MessageLine, OptOutLine, PageOf, PromisePage, UserFilter, UserLine, UserPage,
        WatchList,
    },
    id::{DeadlineId, MessageId},
    phone_number::PhoneNumber,
    port::PortFuture,
    time::Timestamp,
    user::{ContactOf, UserId},
};

use super::{Store, contact_of, user};

const PORT: &str = "admin reader";

impl AdminReader for Store {
    fn figures(&self, since: Timestamp) -> PortFuture<'_, Figures> {
        self.read(PORT, move |connection| figures::since(connection, since))
    }

    fn users(&self, filter: UserFilter, limit: u32) -> PortFuture<'_, PageOf<UserLine>> {
        self.read(PORT, move |connection| people::users(connection, &filter, limit))
    }

    fn user(&self, id: UserId) -> PortFuture<'_, Option<UserPage>> {
        self.read(PORT, move |connection| people::user(connection, id))
    }

    fn linked_account(&self, phone: &PhoneNumber) -> PortFuture<'_, Option<AccountId>> {
        let phone = phone.clone();
        self.read_here(PORT, move |connection| user::linked_account(connection, &phone))
    }

    fn hikers_of_contact(&self, phone: &PhoneNumber) -> PortFuture<'_, Vec<ContactOf>> {
        let phone = phone.clone();
        self.read_here(PORT, move |connection| contact_of::of_phone(connection, &phone))
    }

    fn accounts(&self, filter: AccountFilter, limit: u32) -> PortFuture<'_, PageOf<AccountLine>> {
        self.read(PORT, move |connection| {
            people::accounts(connection, &filter, limit)
        })
    }

    fn account(&self, id: AccountId) -> PortFuture<'_, Option<AccountPage>> {
        self.read(PORT, move |connection| people::account(connection, id))
    }

    fn messages(&self, filter: MessageFilter, limit: u32) -> PortFuture<'_, PageOf<MessageLine>> {
        self.read(PORT, move |connection| {
            texts::messages(connection, &filter, limit)
        })
    }

    fn message(&self, id: MessageId) -> PortFuture<'_, Option<MessageLine>> {
        self.read(PORT, move |connection| texts::message(connection, id))
    }

    fn opt_outs(&self, before: Option<Cursor>, limit: u32) -> PortFuture<'_, PageOf<OptOutLine>> {
        self.read(PORT, move |connection| log::opt_outs(connection, before, limit))
    }

    fn watch(&self, limit: u32) -> PortFuture<'_, WatchList> {
        self.read(PORT, move |connection| watch::watch(connection, limit))
    }

    fn promise(&self, id: DeadlineId, now: Timestamp) -> PortFuture<'_, Option<PromisePage>> {
        self.read(PORT, move |connection| watch::promise(connection, id, now))
    }

    fn audit(&self, filter: AuditFilter, limit: u32) -> PortFuture<'_, PageOf<AuditLine>> {
        self.read_log(PORT, move |connection| log::audit(connection, &filter, limit))
    }
}
