//! Accounts: as a list, and one account's page.

use super::{
    console::Console,
    lines::{AccountFilter, AccountLine, AccountPage, Cursor, PAGE_ROWS, PageOf},
    search,
};
use crate::{id::AccountId, port::Fault};

/// What an operator typed to find accounts. An empty field does not narrow the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountSearch<'a> {
    /// Beginning of an e-mail address.
    pub email: &'a str,
    /// Where the list continues.
    pub before: Option<Cursor>,
}

impl Console {
    /// Accounts by e-mail address, newest first.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn accounts(&self, search: AccountSearch<'_>) -> Result<PageOf<AccountLine>, Fault> {
        let filter = AccountFilter {
            email: search::filled(search.email).map(str::to_ascii_lowercase),
            before: search.before,
        };
        self.reader.accounts(filter, PAGE_ROWS).await
    }

    /// The page of one account; `None` if the account does not exist.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn account(&self, id: AccountId) -> Result<Option<AccountPage>, Fault> {
        self.reader.account(id).await
    }
}
