//! Checks a hiker in at a camp and tells the contacts. The only thing in the service that does either.

use std::time::Duration;

use super::{
    CheckIn, CheckInNotice, CheckInRefusal, CheckInSource, Contact, Position, Reach, Recipients, SaveUser,
    SavedUser, StoredCheckIn, StoredUser, User, UserChange, Users, notices::notices, promise::heard,
};
use crate::{
    audit::{AuditEvent, Subject},
    budget::Budget,
    id::AccountId,
    limit::Limit,
    moment::Moment,
    outgoing::Outgoing,
    phone_number::TextableRegions,
    port::{Commit, Fault, until_stored},
    route::{Route, RouteCatalogue, Waypoint},
    time::Timestamp,
};

/// The same camp is announced again only after this long.
pub const ANNOUNCE_AGAIN_AFTER: Duration = Duration::from_mins(30);

/// Lines of history that are read at once to find the check-in that stands.
const READ_AT_ONCE: u32 = 12;

/// A check-in that moves the hiker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// What to store.
    pub change: UserChange,
    /// One message for each contact who is notified.
    pub outgoing: Vec<Outgoing>,
    /// What the audit says.
    pub audit: AuditEvent,
    /// Who is told and who cannot be.
    pub recipients: Recipients,
    /// What the notices are counted under.
    pub counts: Vec<Limit>,
}

/// What a check-in leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckedIn {
    /// The hiker moved; history and messages go with the change.
    Announced(Box<Announcement>),
    /// The same camp within [`ANNOUNCE_AGAIN_AFTER`], and no new contact to notify: nothing changes.
    Repeated {
        /// When it was announced.
        announced_at: Timestamp,
    },
}

/// Decides a check-in at the camp with exactly this code.
///
/// Within [`ANNOUNCE_AGAIN_AFTER`] at the same camp only contacts who were added since receive a message. What the
/// budget has no room for becomes one later message about the newest check-in.
///
/// # Errors
///
/// [`CheckInRefusal`] unless the hiker's own route has such a camp.
pub fn check_in(
    stored: &StoredUser,
    (route, camp): (&Route, &Waypoint),
    (textable, mut budget): (&TextableRegions, Budget),
    source: CheckInSource,
    moment: &Moment,
) -> CheckedIn {
    let (user, at) = (&stored.user, moment.at);
    // A position may lie in the future after a wrong clock or a wrong zone at the adoption. It is not recent if it lies
    // far ahead, because it would otherwise silence its camp until then.
    let since = match &user.position {
        Some(position)
            if position.code == camp.code.as_str() && position.at.within(ANNOUNCE_AGAIN_AFTER, at) =>
        {
            Some(position.at)
        }
        _ => None,
    };
    let (reachable, not_told): (Vec<Contact>, Vec<Contact>) = user
        .contacts
        .iter()
        .filter(|contact| since.is_none_or(|announced| contact.created_at > announced))
        .cloned()
        .partition(|contact| stored.may_tell(contact, textable));
    if let (Some(announced_at), true) = (since, reachable.is_empty()) {
        return CheckedIn::Repeated { announced_at };
    }
    let tag = moment.seed.derived("check-in", 0);
    let (outgoing, recipients) = notices(stored, (route, camp), reachable, (&mut budget, (&tag, at)));
    let contacts_told = recipients.told.len() + recipients.doubtful.len();
    let contacts_told = u32::try_from(contacts_told).unwrap_or(u32::MAX);
    let mut state = user.clone();
    state.position = Some(Position {
        code: camp.code.as_str().to_owned(),
        at,
    });
    let history = line_of_history(user, camp, (source, contacts_told), moment);
    let audit = AuditEvent::new(at, moment.actor, "user.checked_in", Subject::User(stored.id))
        .with("camp", &camp.code)
        .with("source", source.as_str())
        .with("contacts_told", contacts_told)
        .with("contacts_later", recipients.later.len());
    let (replaces, tag) = (stored.revision, moment.seed.derived("user", 0));
    let change = UserChange {
        replaces,
        tag,
        state,
        check_in: Some(history),
        taken_back: None,
        at,
    };
    CheckedIn::Announced(Box::new(Announcement {
        change,
        outgoing,
        audit,
        recipients: Recipients {
            not_told,
            ..recipients
        },
        counts: budget.spent(),
    }))
}

fn line_of_history(
    user: &User,
    camp: &Waypoint,
    (source, contacts_told): (CheckInSource, u32),
    moment: &Moment,
) -> CheckIn {
    CheckIn {
        tag: moment.seed.derived("check-in", 0),
        route: user.route.clone(),
        camp_code: camp.code.as_str().to_owned(),
        camp_name: camp.name.clone(),
        source,
        at: moment.at,
        contacts_told,
        before: user.position.clone(),
        taken_back_at: None,
    }
}

/// The texts as they were just queued.
fn queued(stored: &StoredUser, outgoing: &[Outgoing]) -> Vec<CheckInNotice> {
    let notice = |outgoing: &Outgoing| match outgoing {
        Outgoing::Text(text) => Some(CheckInNotice {
            tag: text.tag,
            phone: text.to.clone(),
            name: stored.user.contact(&text.to)?.name.clone(),
            reach: Reach::OnItsWay,
        }),
        Outgoing::Newest(_) | Outgoing::Mail(_) | Outgoing::Page(_) => None,
    };
    outgoing.iter().filter_map(notice).collect()
}

/// Why the web's check-in failed.
#[derive(Debug, thiserror::Error)]
pub enum CheckInError {
    /// No hiker is linked to the account.
    #[error("No phone is linked to this account.")]
    NoUser,
    /// There is no such camp.
    #[error(transparent)]
    Refused(#[from] CheckInRefusal),
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A check-in as the web shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebCheckIn {
    /// The line of history: the new one, or the one that was announced before.
    pub check_in: StoredCheckIn,
    /// Whether it was announced just now.
    pub announced: bool,
}

impl Users {
    /// Checks in the hiker that is linked to `account`, at the camp with exactly this code: the same decision as for
    /// the text CHECKIN.
    ///
    /// # Errors
    ///
    /// [`CheckInError`]; no contact received a message.
    pub async fn check_in(&self, account: AccountId, code: &str) -> Result<WebCheckIn, CheckInError> {
        let moment = self.moment(account);
        until_stored("users", || async {
            let stored = self
                .store
                .by_account(account)
                .await?
                .ok_or(CheckInError::NoUser)?;
            let place = stored.camp(code, &*self.routes)?;
            let contacts = stored.user.contacts.iter().map(|contact| &contact.phone);
            let owner = (&stored.user.phone, stored.user.account);
            let rules = (&self.textable, self.budgets.of(owner, contacts).await?);
            match check_in(&stored, place, rules, CheckInSource::Web, &moment) {
                CheckedIn::Announced(announced) => self.announce(&stored, *announced, &moment).await,
                CheckedIn::Repeated { .. } => self.repeat(&stored, &moment).await,
            }
        })
        .await
    }

    /// Stores a check-in that moves the hiker.
    async fn announce(
        &self,
        stored: &StoredUser,
        announced: Announcement,
        moment: &Moment,
    ) -> Result<Commit<WebCheckIn>, CheckInError> {
        let Some(history) = announced.change.check_in.clone() else {
            return Ok(Commit::Stale);
        };
        let notices = queued(stored, &announced.outgoing);
        let save = SaveUser {
            change: announced.change,
            outgoing: announced.outgoing,
            counts: announced.counts,
            audit: vec![announced.audit],
            deadlines: Vec::new(),
        };
        let save = save.with_promise(heard(stored, &self.textable, moment));
        let saved = self.commit_promise(save).await?;
        let Commit::Stored(SavedUser {
            check_in: Some(id), ..
        }) = saved
        else {
            return Ok(Commit::Stale);
        };
        let check_in = StoredCheckIn {
            id,
            check_in: history,
            notices,
        };
        Ok(Commit::Stored(WebCheckIn {
            check_in,
            announced: true,
        }))
    }

    /// The same camp again: nothing moves, but a promise whose time has passed is closed all the same.
    async fn repeat(&self, stored: &StoredUser, moment: &Moment) -> Result<Commit<WebCheckIn>, CheckInError> {
        if let Some(heard) = heard(stored, &self.textable, moment) {
            let unmoved = SaveUser::unmoved(stored, moment).with_promise(Some(heard));
            if self.commit_promise(unmoved).await? == Commit::Stale {
                return Ok(Commit::Stale);
            }
        }
        let mut before = None;
        loop {
            let page = self.store.check_ins(stored.id, before, READ_AT_ONCE).await?;
            let Some(oldest) = page.last().map(|made| made.id) else {
                return Ok(Commit::Stale);
            };
            let standing = page
                .into_iter()
                .find(|made| made.check_in.taken_back_at.is_none());
            if let Some(check_in) = standing {
                return Ok(Commit::Stored(WebCheckIn {
                    check_in,
                    announced: false,
                }));
            }
            before = Some(oldest);
        }
    }
}

impl StoredUser {
    /// Whether a contact may be texted.
    pub fn may_tell(&self, contact: &Contact, textable: &TextableRegions) -> bool {
        !self.opted_out_contacts.contains(&contact.phone) && textable.check(&contact.phone).is_ok()
    }

    /// The hiker's route and the camp on it with exactly this code.
    ///
    /// # Errors
    ///
    /// [`CheckInRefusal`] when there is none.
    pub fn camp<'a>(
        &self,
        code: &str,
        routes: &'a dyn RouteCatalogue,
    ) -> Result<(&'a Route, &'a Waypoint), CheckInRefusal> {
        let route = routes
            .find(&self.user.route)
            .ok_or(CheckInRefusal::UnknownRoute)?;
        match (route.camp(code), route.peak(code)) {
            (Some(camp), _) => Ok((route, camp)),
            (None, Some(_)) => Err(CheckInRefusal::Peak),
            (None, None) => Err(CheckInRefusal::UnknownCamp),
        }
    }
}
