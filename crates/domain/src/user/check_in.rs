//! Checks a hiker in at a camp and tells the contacts. The only thing in the service that does either.

use std::time::Duration;

use super::{
    CheckIn, CheckInRefusal, CheckInSource, Contact, Position, Recipients, SaveUser, SavedUser,
    StoredCheckIn, StoredUser, UserChange, Users,
};
use crate::{
    audit::{AuditEvent, Subject},
    id::AccountId,
    messages,
    moment::Moment,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::TextableRegions,
    port::{Commit, Fault, until_stored},
    route::{Route, RouteCatalogue, Waypoint},
    time::Timestamp,
};

/// The same camp is announced again only after this long.
pub const ANNOUNCE_AGAIN_AFTER: Duration = Duration::from_mins(30);

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
/// Within [`ANNOUNCE_AGAIN_AFTER`] at the same camp only contacts who were added since receive a message.
///
/// # Errors
///
/// [`CheckInRefusal`] unless the hiker's own route has such a camp.
pub fn check_in(
    stored: &StoredUser,
    (route, camp): (&Route, &Waypoint),
    textable: &TextableRegions,
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
    let (told, not_told): (Vec<Contact>, Vec<Contact>) = user
        .contacts
        .iter()
        .filter(|contact| since.is_none_or(|announced| contact.created_at > announced))
        .cloned()
        .partition(|contact| stored.may_tell(contact, textable));
    if let (Some(announced_at), true) = (since, told.is_empty()) {
        return CheckedIn::Repeated { announced_at };
    }
    let outgoing = notices(stored, (route, camp), &told, moment);
    let contacts_told = u32::try_from(told.len()).unwrap_or(u32::MAX);
    let mut state = user.clone();
    state.position = Some(Position {
        code: camp.code.as_str().to_owned(),
        at,
    });
    let history = CheckIn {
        tag: moment.seed.derived("check-in", 0),
        route: user.route.clone(),
        camp_code: camp.code.as_str().to_owned(),
        camp_name: camp.name.clone(),
        source,
        at,
        contacts_told,
    };
    let audit = AuditEvent::new(at, moment.actor, "user.checked_in", Subject::User(stored.id))
        .with("camp", &camp.code)
        .with("source", source.as_str())
        .with("contacts_told", contacts_told);
    let (replaces, tag) = (stored.revision, moment.seed.derived("user", 0));
    let change = UserChange {
        replaces,
        tag,
        state,
        check_in: Some(history),
        at,
    };
    CheckedIn::Announced(Box::new(Announcement {
        change,
        outgoing,
        audit,
        recipients: Recipients { told, not_told },
    }))
}

/// One message for each contact.
fn notices(
    stored: &StoredUser,
    (route, camp): (&Route, &Waypoint),
    told: &[Contact],
    moment: &Moment,
) -> Vec<Outgoing> {
    let notice = messages::check_in::notice(stored.user.trail_name.as_str(), route, camp, moment.at);
    let message = |(place, contact): (usize, &Contact)| {
        Outgoing::Text(OutgoingText {
            tag: moment.seed.derived("check-in notice", place),
            to: contact.phone.clone(),
            class: Class::Safety,
            words: Words::Plain(notice.clone()),
            not_before: moment.at,
            expires_at: moment.at.plus(Class::Safety.life()),
            user: Some(stored.id),
        })
    };
    told.iter().enumerate().map(message).collect()
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
            match check_in(&stored, place, &self.textable, CheckInSource::Web, &moment) {
                CheckedIn::Announced(announced) => {
                    let Announcement {
                        change,
                        outgoing,
                        audit,
                        ..
                    } = *announced;
                    let Some(history) = change.check_in.clone() else {
                        return Ok(Commit::Stale);
                    };
                    let saved = self
                        .store
                        .commit(SaveUser {
                            change,
                            outgoing,
                            audit: vec![audit],
                        })
                        .await?;
                    let Commit::Stored(SavedUser {
                        check_in: Some(id), ..
                    }) = saved
                    else {
                        return Ok(Commit::Stale);
                    };
                    Ok(Commit::Stored(WebCheckIn {
                        check_in: StoredCheckIn {
                            id,
                            check_in: history,
                        },
                        announced: true,
                    }))
                }
                CheckedIn::Repeated { .. } => {
                    let newest = self.store.check_ins(stored.id, None, 1).await?.pop();
                    Ok(newest.map_or(Commit::Stale, |check_in| {
                        Commit::Stored(WebCheckIn {
                            check_in,
                            announced: false,
                        })
                    }))
                }
            }
        })
        .await
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
