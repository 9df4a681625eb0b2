//! Hikers as a list and a page show them.

use super::{messages::MessageLine, page::Cursor};
use crate::{
    email::Email,
    id::{AccountId, ContactId, UserId},
    phone_number::PhoneNumber,
    route::RouteId,
    time::Timestamp,
    user::{CheckInNotice, CheckInSource, ContactName, Position, TrailName, Trouble},
};

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
    /// When the hiker took it back.
    pub taken_back_at: Option<Timestamp>,
    /// Those notices, as far as they are still kept.
    pub notices: Vec<CheckInNotice>,
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
    /// Why the last text did not arrive, if it did not.
    pub trouble: Option<Trouble>,
    /// Row id of the contact.
    pub id: ContactId,
    /// The e-mail address, if the hiker has given one that can be read, and whether its owner has stopped our mails.
    pub email: Option<(Email, bool)>,
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
