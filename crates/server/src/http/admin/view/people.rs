//! Hikers and accounts as pages show them.

use thunderbird_domain::{
    admin::{AccountLine, CheckInLine, ContactLine, LinkLine, SessionLine, UserLine},
    route::{Route, RouteCatalogue},
};

use super::{Eyes, moment, visible};

/// A route in a menu.
pub struct RouteChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Every route.
pub fn route_choices(routes: &dyn RouteCatalogue) -> Vec<RouteChoice> {
    let choice = |route: &Route| RouteChoice {
        id: route.id().as_str().to_owned(),
        name: route.name().to_owned(),
    };
    routes.all().iter().map(choice).collect()
}

/// A hiker.
pub struct UserView {
    /// The row.
    pub id: i64,
    /// As whom they walk.
    pub trail_name: String,
    /// Their number.
    pub phone: String,
    /// Their route's name, or its id when it is not in the catalogue.
    pub route: String,
    /// Their last position and when.
    pub position: String,
    /// Their account, or 0.
    pub account: i64,
    /// When their time on the number began.
    pub since: String,
    /// Whether it has ended.
    pub ended: bool,
    /// When.
    pub until: String,
}

impl UserView {
    /// A hiker, seen with `eyes`.
    pub fn of(line: &UserLine, routes: &dyn RouteCatalogue, eyes: Eyes) -> Self {
        let known = routes
            .all()
            .iter()
            .find(|route| route.id().as_str() == line.route);
        let position = line.position.as_ref();
        Self {
            id: line.id.get(),
            trail_name: visible(&line.trail_name),
            phone: eyes.phone(&line.phone),
            route: known.map_or_else(|| visible(&line.route), |route| route.name().to_owned()),
            position: position.map_or_else(
                || "none yet".to_owned(),
                |(code, at)| format!("{}, {}", visible(code), moment(*at)),
            ),
            account: line
                .account
                .map_or(0, thunderbird_domain::account::AccountId::get),
            since: moment(line.started_at),
            ended: line.ended_at.is_some(),
            until: line.ended_at.map(moment).unwrap_or_default(),
        }
    }
}

/// A SafeCheck contact.
pub struct ContactView {
    /// Their name.
    pub name: String,
    /// Their number.
    pub phone: String,
    /// Whether they do not want our texts.
    pub opted_out: bool,
}

impl ContactView {
    /// A contact, seen with `eyes`.
    pub fn of(line: &ContactLine, eyes: Eyes) -> Self {
        Self {
            name: visible(&line.name),
            phone: eyes.phone(&line.phone),
            opted_out: line.opted_out,
        }
    }
}

/// A check-in.
pub struct CheckInView {
    /// The camp.
    pub camp: String,
    /// When.
    pub at: String,
    /// How it came.
    pub source: String,
    /// How many contacts a notice was queued for.
    pub told: i64,
}

impl From<&CheckInLine> for CheckInView {
    fn from(line: &CheckInLine) -> Self {
        Self {
            camp: visible(&format!("{} ({})", line.name, line.code)),
            at: moment(line.at),
            source: visible(&line.source),
            told: line.contacts_told,
        }
    }
}

/// An account.
pub struct AccountView {
    /// The row.
    pub id: i64,
    /// Its address.
    pub email: String,
    /// Whether the address is proven.
    pub verified: &'static str,
    /// When it was made.
    pub since: String,
    /// What it is in.
    pub state: String,
    /// Whether it is disabled.
    pub disabled: bool,
}

impl AccountView {
    /// An account, seen with `eyes`.
    pub fn of(line: &AccountLine, eyes: Eyes) -> Self {
        Self {
            id: line.id.get(),
            email: eyes.email(&line.email),
            verified: if line.verified { "yes" } else { "no" },
            since: moment(line.created_at),
            state: line
                .disabled_at
                .map_or_else(|| "active".to_owned(), |at| format!("disabled {}", moment(at))),
            disabled: line.disabled_at.is_some(),
        }
    }
}

/// A live session.
pub struct SessionView {
    /// What its client calls itself.
    pub agent: String,
    /// When it began.
    pub since: String,
    /// When it was last used.
    pub seen: String,
}

impl From<&SessionLine> for SessionView {
    fn from(line: &SessionLine) -> Self {
        Self {
            agent: line
                .user_agent
                .as_deref()
                .map_or_else(|| "unnamed client".to_owned(), visible),
            since: moment(line.created_at),
            seen: moment(line.last_seen_at),
        }
    }
}

/// A proven number.
pub struct LinkView {
    /// The number.
    pub phone: String,
    /// From when to when.
    pub span: String,
}

impl LinkView {
    /// A link, seen with `eyes`.
    pub fn of(line: &LinkLine, eyes: Eyes) -> Self {
        let end = line.ended_at.map_or_else(|| "today".to_owned(), moment);
        Self {
            phone: eyes.phone(&line.phone),
            span: format!("{} to {end}", moment(line.started_at)),
        }
    }
}
