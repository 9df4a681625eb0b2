//! The console's questions: joins and ranges over indexes, newest first, paged by key.

mod figures;
mod log;
mod page;
mod people;
mod texts;

use thunderbird_domain::{
    account::AccountId,
    admin::{
        AccountFilter, AccountLine, AccountPage, AuditFilter, AuditLine, ConsoleReader, Figures,
        MessageFilter, MessageLine, OptOutLine, PageOf, UserFilter, UserLine, UserPage,
    },
    port::PortFuture,
    time::Timestamp,
    user::UserId,
};

use super::Store;

const PORT: &str = "console reader";

impl ConsoleReader for Store {
    fn figures(&self, since: Timestamp) -> PortFuture<'_, Figures> {
        self.read(PORT, move |connection| figures::since(connection, since))
    }

    fn users(&self, filter: UserFilter, limit: i64) -> PortFuture<'_, PageOf<UserLine>> {
        self.read(PORT, move |connection| people::users(connection, &filter, limit))
    }

    fn user(&self, id: UserId) -> PortFuture<'_, Option<UserPage>> {
        self.read(PORT, move |connection| people::user(connection, id))
    }

    fn accounts(&self, filter: AccountFilter, limit: i64) -> PortFuture<'_, PageOf<AccountLine>> {
        self.read(PORT, move |connection| {
            people::accounts(connection, &filter, limit)
        })
    }

    fn account(&self, id: AccountId) -> PortFuture<'_, Option<AccountPage>> {
        self.read(PORT, move |connection| people::account(connection, id))
    }

    fn messages(&self, filter: MessageFilter, limit: i64) -> PortFuture<'_, PageOf<MessageLine>> {
        self.read(PORT, move |connection| {
            texts::messages(connection, &filter, limit)
        })
    }

    fn message(&self, id: i64) -> PortFuture<'_, Option<MessageLine>> {
        self.read(PORT, move |connection| texts::message(connection, id))
    }

    fn opt_outs(&self, before: Option<i64>, limit: i64) -> PortFuture<'_, PageOf<OptOutLine>> {
        self.read(PORT, move |connection| log::opt_outs(connection, before, limit))
    }

    fn audit(&self, filter: AuditFilter, limit: i64) -> PortFuture<'_, PageOf<AuditLine>> {
        self.read(PORT, move |connection| log::audit(connection, &filter, limit))
    }
}
