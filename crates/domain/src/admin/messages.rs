//! Texts as a list.

use std::time::Duration;

use super::{
    console::Console,
    lines::{Cursor, MessageFilter, MessageLine, MessageState, PAGE_ROWS, PageOf},
    search::{self, SearchError},
    session::AdminCaller,
};
const DAY: Duration = Duration::from_hours(24);

/// What an operator typed to find texts. An empty field does not narrow the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct MessageSearch<'a> {
    /// The word of a state.
    pub state: &'a str,
    /// An error code of the provider.
    pub error: &'a str,
    /// A number.
    pub phone: &'a str,
    /// First day (UTC) of the list.
    pub since: &'a str,
    /// Last day (UTC) of the list.
    pub until: &'a str,
    /// Where the list continues.
    pub before: Option<Cursor>,
}

impl Console {
    /// Texts by state, error, number and day, newest first. A state that does not exist finds no text.
    ///
    /// # Errors
    ///
    /// A [`SearchError`]; nothing is listed.
    pub async fn messages(
        &self,
        caller: &AdminCaller,
        search: MessageSearch<'_>,
    ) -> Result<PageOf<MessageLine>, SearchError> {
        self.search(caller, "messages", &[("phone", search.phone)])
            .await?;
        let phone = search::filled(search.phone).map(|typed| search::number_prefix(typed, self.region));
        let state = match search::filled(search.state).map(MessageState::parse) {
            Some(None) => return Ok(PageOf::empty()),
            known => known.flatten(),
        };
        let filter = MessageFilter {
            state,
            error: search::filled(search.error).map(str::to_owned),
            phone: phone.clone(),
            since: search::day(search.since),
            until: search::day(search.until).map(|start| start.plus(DAY)),
            before: search.before,
        };
        let found = self.reader.messages(filter, PAGE_ROWS).await?;
        Ok(search::whole_only(caller, phone.as_deref(), found, |line| {
            &line.phone
        }))
    }
}
