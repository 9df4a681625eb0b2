//! Accounts: as a list, and one account's page.

use super::{
    console::Console,
    lines::{AccountFilter, AccountLine, AccountPage, Cursor, PAGE_ROWS, PageOf},
    search::{self, SearchError},
    session::AdminCaller,
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
    /// Accounts by e-mail address, newest first. A viewer finds an address only whole.
    ///
    /// # Errors
    ///
    /// A [`SearchError`]; nothing is listed.
    pub async fn accounts(
        &self,
        caller: &AdminCaller,
        search: AccountSearch<'_>,
    ) -> Result<PageOf<AccountLine>, SearchError> {
        self.search(caller, "accounts", &[("email", search.email)])
            .await?;
        let email = search::filled(search.email).map(str::to_ascii_lowercase);
        let filter = AccountFilter {
            email: email.clone(),
            before: search.before,
        };
        let found = self.reader.accounts(filter, PAGE_ROWS).await?;
        Ok(search::whole_only(caller, email.as_deref(), found, |line| {
            &line.email
        }))
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
