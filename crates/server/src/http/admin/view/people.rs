//! Hikers and accounts as pages show them.

use thunderbird_domain::{
    account::AccountId,
    admin::{AccountLine, AccountStatus, CheckInLine, ContactLine, LinkLine, SessionLine, UserLine},
    route::Route,
    user::{CheckInNotice, Reach, Trouble},
};

use super::{Redaction, moment, visible};

/// A route in a menu.
pub struct RouteChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Every route.
pub fn route_choices(routes: &[Route]) -> Vec<RouteChoice> {
    let choice = |route: &Route| RouteChoice {
        id: route.id().as_str().to_owned(),
        name: route.name().to_owned(),
    };
    routes.iter().map(choice).collect()
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
    /// Id of their account, if the number is linked to one.
    pub account: Option<i64>,
    /// When their time on the number began.
    pub since: String,
    /// Whether it has ended.
    pub ended: bool,
    /// When.
    pub until: String,
}

impl UserView {
    /// A hiker, seen with `redaction`.
    pub fn of(line: &UserLine, routes: &[Route], redaction: Redaction) -> Self {
        let known = routes.iter().find(|route| *route.id() == line.route);
        let position = line.position.as_ref();
        Self {
            id: line.id.get(),
            trail_name: visible(line.trail_name.as_str()),
            phone: redaction.phone(&line.phone),
            route: known.map_or_else(|| visible(line.route.as_str()), |route| route.name().to_owned()),
            position: position.map_or_else(
                || "none yet".to_owned(),
                |position| format!("{}, {}", visible(&position.code), moment(position.at)),
            ),
            account: line.account.map(AccountId::get),
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
    /// Why the last text did not arrive; empty if it did.
    pub trouble: &'static str,
    /// Row id of the contact.
    pub id: i64,
    /// Their e-mail address; empty if the hiker has given none.
    pub email: String,
    /// Whether its owner has stopped our mails.
    pub mails_stopped: bool,
}

impl ContactView {
    /// A contact, seen with `redaction`.
    pub fn of(line: &ContactLine, redaction: Redaction) -> Self {
        Self {
            name: visible(line.name.as_str()),
            phone: redaction.phone(&line.phone),
            opted_out: line.opted_out,
            trouble: line.trouble.map(Trouble::words).unwrap_or_default(),
            id: line.id.get(),
            email: line
                .email
                .as_ref()
                .map(|(email, _)| redaction.email(email.as_str()))
                .unwrap_or_default(),
            mails_stopped: line.email.as_ref().is_some_and(|(_, stopped)| *stopped),
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
    pub source: &'static str,
    /// How many contacts a notice was queued for.
    pub told: u32,
    /// When it was taken back; empty if it stands.
    pub taken_back: String,
    /// What became of the notice to each contact.
    pub notices: Vec<NoticeView>,
}

/// A notice of a check-in to one contact.
pub struct NoticeView {
    /// The contact's name, or the number of one who has none or is a contact no more.
    pub to: String,
    /// How far it has come.
    pub reach: &'static str,
    /// Whether it did not arrive.
    pub bad: bool,
}

impl CheckInView {
    /// A check-in, seen with `redaction`.
    pub fn of(line: &CheckInLine, redaction: Redaction) -> Self {
        let notice = |notice: &CheckInNotice| NoticeView {
            to: match notice.name.as_str() {
                "" => redaction.phone(&notice.phone),
                name => visible(name),
            },
            reach: notice.reach.words(),
            bad: matches!(notice.reach, Reach::Failed(_) | Reach::Withheld),
        };
        Self {
            camp: visible(&format!("{} ({})", line.name, line.code)),
            at: moment(line.at),
            source: line.source.as_str(),
            told: line.contacts_told,
            taken_back: line.taken_back_at.map(moment).unwrap_or_default(),
            notices: line.notices.iter().map(notice).collect(),
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
    /// An account, seen with `redaction`.
    pub fn of(line: &AccountLine, redaction: Redaction) -> Self {
        Self {
            id: line.id.get(),
            email: redaction.email(&line.email),
            verified: if line.verified { "yes" } else { "no" },
            since: moment(line.created_at),
            state: match line.status {
                AccountStatus::Active => "active".to_owned(),
                AccountStatus::DisabledAt(at) => format!("disabled {}", moment(at)),
            },
            disabled: line.status.is_disabled(),
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
    /// A link, seen with `redaction`.
    pub fn of(line: &LinkLine, redaction: Redaction) -> Self {
        let end = line.ended_at.map_or_else(|| "today".to_owned(), moment);
        Self {
            phone: redaction.phone(&line.phone),
            span: format!("{} to {end}", moment(line.started_at)),
        }
    }
}
