//! Hikers: as a list, and one hiker's page.

use super::{Console, Cursor, MessageLine, PAGE_ROWS, PageOf, search};
use crate::{
    id::{AccountId, UserId},
    phone_number::PhoneNumber,
    port::Fault,
    route::RouteId,
    time::Timestamp,
    user::{CheckInSource, ContactName, Position, TrailName},
};

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

/// Which hikers a list has.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Beginning of a number in E.164.
    pub phone: Option<String>,
    /// Beginning of a trail name, in upper or lower case.
    pub name: Option<String>,
    /// Route that they are on.
    pub route: Option<RouteId>,
    /// Only rows below this one.
    pub before: Option<Cursor>,
}

/// A hiker in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLine {
    /// Id of the hiker.
    pub id: UserId,
    /// Number of the hiker.
    pub phone: PhoneNumber,
    /// Name that the hiker chose.
    pub trail_name: TrailName,
    /// Route of the hiker; the catalogue may not have it any more.
    pub route: RouteId,
    /// Last check-in on this route.
    pub position: Option<Position>,
    /// Account that the number is linked to.
    pub account: Option<AccountId>,
    /// When their time on the number began.
    pub started_at: Timestamp,
    /// When their time on the number ended; `None` while it lasts.
    pub ended_at: Option<Timestamp>,
}

/// A check-in in a hiker's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInLine {
    /// When the hiker checked in.
    pub at: Timestamp,
    /// Code of the camp.
    pub code: String,
    /// Name of the camp at that time.
    pub name: String,
    /// How the check-in was made.
    pub source: CheckInSource,
    /// Number of contacts for whom a notice was queued.
    pub contacts_told: u32,
}

/// A SafeCheck contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLine {
    /// Name that the hiker gave the contact.
    pub name: ContactName,
    /// Number of the contact.
    pub phone: PhoneNumber,
    /// True if the number is opted out.
    pub opted_out: bool,
}

/// Everything on a hiker's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPage {
    /// The hiker as a list shows it.
    pub user: UserLine,
    /// True if the hiker's number is opted out.
    pub opted_out: bool,
    /// Contacts, oldest first.
    pub contacts: Vec<ContactLine>,
    /// Last check-ins, newest first.
    pub check_ins: Vec<CheckInLine>,
    /// Last texts of the hiker's time on the number, oldest first.
    pub conversation: Vec<MessageLine>,
}

impl Console {
    /// Hikers by number, name and route, newest first.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn users(&self, search: UserSearch<'_>) -> Result<PageOf<UserLine>, Fault> {
        let filter = UserFilter {
            phone: search::filled(search.phone).map(|typed| search::number_prefix(typed, self.region)),
            name: search::filled(search.name).map(str::to_owned),
            route: search::filled(search.route).map(RouteId::from_stored),
            before: search.before,
        };
        self.reader.users(filter, PAGE_ROWS).await
    }

    /// The page of one hiker; `None` if there is no such hiker.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn user(&self, id: UserId) -> Result<Option<UserPage>, Fault> {
        self.reader.user(id).await
    }
}
