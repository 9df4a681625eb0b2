//! Takes the last check-in back, and corrects what contacts have read.

use std::{collections::BTreeSet, time::Duration};

use super::{
    ANNOUNCE_AGAIN_AFTER, CheckIn, CheckInId, CheckInNotice, Correction, SaveUser, StoredCheckIn, StoredUser,
    TakeBack, TakeBackRefusal, UserChange, Users,
};
use crate::{
    audit::{AuditEvent, Subject},
    budget::Budget,
    deadline::Deadline,
    id::AccountId,
    limit::Limit,
    messages,
    moment::Moment,
    outgoing::{Class, OutgoingText, Words},
    phone_number::PhoneNumber,
    port::{Commit, Fault, until_stored},
    route::RouteCatalogue,
    time::Timestamp,
};

/// How long a check-in can be taken back.
pub const TAKE_BACK_WITHIN: Duration = Duration::from_mins(30);

/// How many of the newest check-ins the decision looks at: one camp can be announced again for each new contact.
pub const TAKE_BACK_LOOKS_AT: u32 = 12;

/// A check-in that is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// What to store, with the corrections.
    pub change: UserChange,
    /// What the audit says.
    pub audit: AuditEvent,
    /// What the corrections are counted under.
    pub counts: Vec<Limit>,
    /// The camp's name.
    pub camp_name: String,
    /// Whether an earlier check-in at the same camp stands.
    pub stays: bool,
    /// The promise that the check-in has ended. It stays ended, because its hiker was heard of.
    pub ended: Option<Deadline>,
}

/// Decides about taking back the last check-in; `newest` are the hiker's check-ins, newest first. A camp that was
/// announced again, to contacts who were added in between, is taken back as a whole. Corrections are counted like the
/// texts that they correct.
///
/// # Errors
///
/// [`TakeBackRefusal`]; nothing changes then.
pub fn take_back(
    stored: &StoredUser,
    (newest, mut budget): (&[StoredCheckIn], Budget),
    routes: &dyn RouteCatalogue,
    moment: &Moment,
) -> Result<TakenBack, TakeBackRefusal> {
    let last = newest.first().ok_or(TakeBackRefusal::NoCheckIn)?;
    if last.check_in.taken_back_at.is_some() {
        return Err(TakeBackRefusal::Already);
    }
    if !last.check_in.at.within(TAKE_BACK_WITHIN, moment.at) {
        return Err(TakeBackRefusal::TooLate);
    }
    let announced = same_arrival(newest);
    let standing = newest.get(announced.len()..).unwrap_or_default();
    let standing = standing.iter().find(|made| made.check_in.taken_back_at.is_none());
    let mut state = stored.user.clone();
    let is_here = |position: &super::Position| {
        position.code == last.check_in.camp_code && position.at == last.check_in.at
    };
    if state.position.as_ref().is_some_and(is_here) {
        state.position = announced.last().and_then(|first| first.check_in.before.clone());
    }
    let stays = state
        .position
        .as_ref()
        .is_some_and(|position| position.code == last.check_in.camp_code);
    let ended = stored.ended_by_check_in(last.check_in.at);
    let words = messages::check_in::correction(&stored.user, &last.check_in.camp_name, stays, ended);
    let notices = announced.iter().flat_map(|made| &made.notices);
    let corrections = notices.map(|notice| {
        budget.correct(&notice.phone, moment.at);
        correction(stored, &words, notice, moment.at)
    });
    let taken_back = TakeBack {
        check_ins: announced.iter().map(|made| made.id).collect(),
        corrections: corrections.collect(),
        instead: standing.and_then(|made| notice_of(stored, &made.check_in, routes)),
    };
    let audit = AuditEvent::new(
        moment.at,
        moment.actor,
        "user.check_in_taken_back",
        Subject::User(stored.id),
    )
    .with("camp", &last.check_in.camp_code);
    Ok(TakenBack {
        change: UserChange {
            replaces: stored.revision,
            tag: moment.seed.derived("user", 0),
            state,
            check_in: None,
            taken_back: Some(taken_back),
            at: moment.at,
        },
        audit,
        counts: budget.spent(),
        camp_name: last.check_in.camp_name.clone(),
        stays,
        ended: ended.cloned(),
    })
}

/// The contacts who had a text about these check-ins.
pub fn told(check_ins: &[StoredCheckIn]) -> Vec<&PhoneNumber> {
    let notices = check_ins.iter().flat_map(|made| &made.notices);
    let phones: BTreeSet<&PhoneNumber> = notices.map(|notice| &notice.phone).collect();
    phones.into_iter().collect()
}

/// The newest check-in and those of which it is an announcement again: each within [`ANNOUNCE_AGAIN_AFTER`] of the next.
fn same_arrival(newest: &[StoredCheckIn]) -> &[StoredCheckIn] {
    let is_again = |pair: &[StoredCheckIn]| match pair {
        [later, earlier] => {
            let (later, earlier) = (&later.check_in, &earlier.check_in);
            earlier.taken_back_at.is_none()
                && (&earlier.route, &earlier.camp_code) == (&later.route, &later.camp_code)
                && earlier.at.within(ANNOUNCE_AGAIN_AFTER, later.at)
        }
        _ => false,
    };
    let earlier = newest.windows(2).take_while(|pair| is_again(pair)).count();
    newest.get(..=earlier).unwrap_or(newest)
}

/// The text about a check-in as contacts got it; `None` if the catalogue has the camp no more.
fn notice_of(stored: &StoredUser, made: &CheckIn, routes: &dyn RouteCatalogue) -> Option<String> {
    let route = routes.find(&made.route)?;
    let camp = route.camp(&made.camp_code)?;
    Some(messages::check_in::notice(&stored.user, route, camp, made.at))
}

fn correction(stored: &StoredUser, words: &str, notice: &CheckInNotice, at: Timestamp) -> Correction {
    Correction {
        notice: notice.tag,
        text: OutgoingText {
            tag: notice.tag.derived("correction", 0),
            to: notice.phone.clone(),
            class: Class::Safety,
            words: Words::Plain(words.to_owned()),
            not_before: at,
            expires_at: at.plus(Class::Safety.life()),
            user: Some(stored.id),
        },
    }
}

/// Why the web could not take a check-in back.
#[derive(Debug, thiserror::Error)]
pub enum TakeBackError {
    /// No hiker is linked to the account.
    #[error("No phone is linked to this account.")]
    NoUser,
    /// The hiker has no check-in of this id among the newest.
    #[error("There is no such check-in.")]
    Unknown,
    /// It cannot be taken back.
    #[error(transparent)]
    Refused(#[from] TakeBackRefusal),
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Users {
    /// Takes back the last check-in of the hiker that is linked to `account`, if it is this one: the same decision as
    /// for the text UNDO. One that has been taken back stays so.
    ///
    /// # Errors
    ///
    /// [`TakeBackError`]; nothing has changed then.
    pub async fn take_back(&self, account: AccountId, id: CheckInId) -> Result<(), TakeBackError> {
        let moment = self.moment(account);
        until_stored("users", || async {
            let stored = self.store.by_account(account).await?;
            let stored = stored.ok_or(TakeBackError::NoUser)?;
            let newest = self.store.check_ins(stored.id, None, TAKE_BACK_LOOKS_AT).await?;
            let wanted = newest.iter().find(|made| made.id == id);
            let wanted = wanted.ok_or(TakeBackError::Unknown)?;
            if wanted.check_in.taken_back_at.is_some() {
                return Ok(Commit::Stored(()));
            }
            if newest.first().is_some_and(|last| last.id != id) {
                return Err(TakeBackRefusal::NotLast.into());
            }
            let owner = (&stored.user.phone, stored.user.account);
            let budget = self.budgets.of(owner, told(&newest)).await?;
            let taken = take_back(&stored, (&newest, budget), &*self.routes, &moment)?;
            let save = SaveUser {
                change: taken.change,
                outgoing: Vec::new(),
                counts: taken.counts,
                audit: vec![taken.audit],
                deadlines: Vec::new(),
            };
            Ok(self.store.commit(save).await?.map(drop))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        random::Tag,
        route::RouteId,
        user::{CheckInSource, Position},
    };

    fn made(id: i64, minutes: u64, code: &str) -> StoredCheckIn {
        StoredCheckIn {
            id: CheckInId::from_stored(id),
            check_in: CheckIn {
                tag: Tag::from_bytes([0; 16]),
                route: RouteId::from_stored("overland_track"),
                camp_code: code.to_owned(),
                camp_name: code.to_owned(),
                source: CheckInSource::Sms,
                at: Timestamp::EPOCH.plus(Duration::from_mins(minutes)),
                contacts_told: 1,
                before: None::<Position>,
                taken_back_at: None,
            },
            notices: Vec::new(),
        }
    }

    fn ids(newest: &[StoredCheckIn]) -> Vec<i64> {
        same_arrival(newest).iter().map(|made| made.id.get()).collect()
    }

    #[test]
    fn each_announcement_again_follows_the_one_before_within_its_time() {
        let again = [made(3, 50, "RONNY"), made(2, 25, "RONNY"), made(1, 0, "RONNY")];
        assert_eq!(ids(&again), [3, 2, 1], "the first one is older than 30 minutes");
        let next_day = [made(2, 700, "RONNY"), made(1, 0, "RONNY")];
        assert_eq!(ids(&next_day), [2], "that was another arrival");
        let elsewhere = [made(3, 10, "RONNY"), made(2, 5, "WATER"), made(1, 0, "RONNY")];
        assert_eq!(ids(&elsewhere), [3]);
        let mut taken = [made(2, 10, "RONNY"), made(1, 0, "RONNY")];
        taken[1].check_in.taken_back_at = Some(Timestamp::EPOCH);
        assert_eq!(ids(&taken), [2]);
        assert_eq!(ids(&[]), [0_i64; 0]);
    }
}
