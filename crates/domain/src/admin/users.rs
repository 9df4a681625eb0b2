//! Hikers: as a list, and one hiker's page.

use super::{
    console::Console,
    lines::{Cursor, PAGE_ROWS, PageOf, UserFilter, UserLine, UserPage},
    search::{self, SearchError},
    session::AdminCaller,
};
use crate::{id::UserId, port::Fault, route::RouteId};

/// What an operator typed to find hikers. An empty field does not narrow the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct UserSearch<'a> {
    /// A number, or its beginning.
    pub phone: &'a str,
    /// Beginning of a trail name.
    pub name: &'a str,
    /// Id of a route.
    pub route: &'a str,
    /// Where the list continues.
    pub before: Option<Cursor>,
}

impl Console {
    /// Hikers by number, name and route, newest first. A viewer finds a number only whole.
    ///
    /// # Errors
    ///
    /// A [`SearchError`]; nothing is listed.
    pub async fn users(
        &self,
        caller: &AdminCaller,
        search: UserSearch<'_>,
    ) -> Result<PageOf<UserLine>, SearchError> {
        let fields = [("phone", search.phone), ("name", search.name)];
        self.search(caller, "users", &fields).await?;
        let phone = search::filled(search.phone).map(|typed| search::number_prefix(typed, self.region));
        let filter = UserFilter {
            phone: phone.clone(),
            name: search::filled(search.name).map(str::to_owned),
            route: search::filled(search.route).map(RouteId::from_stored),
            before: search.before,
        };
        let found = self.reader.users(filter, PAGE_ROWS).await?;
        Ok(search::whole_only(caller, phone.as_deref(), found, |line| {
            line.phone.as_str()
        }))
    }

    /// The page of one hiker; `None` if the hiker does not exist.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn user(&self, id: UserId) -> Result<Option<UserPage>, Fault> {
        self.reader.user(id).await
    }
}
