//! The promise to be out by a time, as the linked account sets, moves and ends it: the decisions that the texts OUT,
//! LATE, BACK and OUT OFF lead to.

use std::{fmt, time::Duration};

use super::{SaveUser, StoredUser, Users, close_promise, promise::set_promise};
use crate::{
    budget::Budgets,
    deadline::{
        DeadlineChange, Delay, Due, DueRefusal, How, LATE_COUNTS_ONCE, NewDeadline, Plan, PlanRefusal,
        Reason, SetBy, StoredDeadline, Watcher,
    },
    id::{AccountId, DeadlineId},
    limit::{Limit, Verdict},
    messages,
    moment::Moment,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::PhoneNumber,
    port::{Commit, Fault, Revision, until_stored},
    refusals,
};

/// Names one state of one promise. A stage that is sent makes another state of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TripVersion {
    id: DeadlineId,
    revision: i64,
}

impl TripVersion {
    /// The state as stored.
    pub fn of(stored: &StoredDeadline) -> Self {
        let revision = match stored.revision {
            Revision::Absent => 0,
            Revision::At(counter) => counter,
        };
        Self {
            id: stored.id,
            revision,
        }
    }

    /// Reads what [`fmt::Display`] prints; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, revision) = text.split_once('-')?;
        let read = Self {
            id: DeadlineId::from_stored(id.parse().ok()?),
            revision: revision.parse().ok()?,
        };
        (read.to_string() == text).then_some(read)
    }
}

impl fmt::Display for TripVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.id.get(), self.revision)
    }
}

/// What a new time is to take the place of. Two tabs that set a time at once do not overwrite each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TripStands {
    /// No time is set.
    Nothing,
    /// This state is the present one.
    At(TripVersion),
}

/// A promise as the linked account sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// The promise as stored.
    pub stored: StoredDeadline,
    /// Whom an alarm would reach, and who cannot be reached.
    pub contacts: Vec<Watcher>,
}

/// How the account ends a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TripEnd {
    /// The hiker is out, as the text BACK says.
    Back,
    /// The trip does not take place, as the text OUT OFF says.
    Withdrawn,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum TripError {
    /// No hiker is linked to the account.
    #[error("No phone is linked to this account, or no hiker has registered on it.")]
    NoUser,
    /// No promise is watched.
    #[error("No time is set.")]
    NothingSet,
    /// Another state stands than the caller has seen.
    #[error("The time was changed since you read it. Read it again.")]
    Changed,
    /// The catalogue does not have the hiker's route any more.
    #[error("Your route is not listed any more. Choose another one.")]
    UnknownRoute,
    /// The time cannot be promised.
    #[error("The time cannot be promised.")]
    Due(DueRefusal),
    /// What is known of the trip cannot be stored.
    #[error("A part of the plan is not accepted.")]
    Plan(PlanRefusal),
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Users {
    /// The promise that is watched.
    ///
    /// # Errors
    ///
    /// [`TripError::NoUser`], [`TripError::NothingSet`] or a fault.
    pub async fn trip(&self, account: AccountId) -> Result<Trip, TripError> {
        let stored = self.hiker_of(account).await?;
        seen(&stored).ok_or(TripError::NothingSet)
    }

    /// The newest promises below an id, open and closed, newest first, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`TripError::NoUser`] or a fault.
    pub async fn trips(
        &self,
        account: AccountId,
        (before, limit): (Option<DeadlineId>, u32),
    ) -> Result<Vec<StoredDeadline>, TripError> {
        let stored = self.hiker_of(account).await?;
        Ok(self.deadlines.of_user(stored.id, before, limit).await?)
    }

    /// Promises a time: `2026-11-22T18:00`, local to the route, or an instant as RFC 3339 writes it. It takes the place
    /// of what stands. The hiker's phone receives the time, so that the hiker reads of a time that a stranger has set.
    ///
    /// # Errors
    ///
    /// [`TripError`]; nothing has changed then.
    pub async fn set_trip(
        &self,
        account: AccountId,
        (out_by, plan): (&str, Plan),
        stands: TripStands,
    ) -> Result<Trip, TripError> {
        let plan = plan.checked().map_err(TripError::Plan)?;
        let moment = self.moment(account);
        until_stored("users", || async {
            let stored = self.hiker_of(account).await?;
            if !agrees(stored.open_deadline(), stands) {
                return Err(TripError::Changed);
            }
            let route = self.routes.find(&stored.user.route);
            let zone = route.ok_or(TripError::UnknownRoute)?.time_zone().clone();
            let due = Due::parse_dated(out_by, moment.at, &zone).map_err(TripError::Due)?;
            if let Some(trip) = seen(&stored).filter(|trip| trip.stored.deadline.due_at == due.at) {
                return self.replan(&stored, trip, &plan, &moment).await;
            }
            let new = NewDeadline {
                due_at: due.at,
                zone,
                set_by: SetBy::Web,
                plan: Some(plan.clone()),
            };
            self.promise(&stored, new, &moment).await
        })
        .await
    }

    /// Moves the time of the promise that is watched, as the text LATE does. The same delay within half an hour counts
    /// once, by text or by web.
    ///
    /// # Errors
    ///
    /// [`TripError`]; nothing has changed then.
    pub async fn extend_trip(&self, account: AccountId, by: Delay) -> Result<Trip, TripError> {
        let moment = self.moment(account);
        until_stored("users", || async {
            let stored = self.hiker_of(account).await?;
            let trip = seen(&stored).ok_or(TripError::NothingSet)?;
            let deadline = &trip.stored.deadline;
            let delay = by.as_duration();
            if deadline.set_by == SetBy::Late(delay) && deadline.set_at.within(LATE_COUNTS_ONCE, moment.at) {
                return Ok(Commit::Stored(trip));
            }
            let new = NewDeadline {
                due_at: deadline.due_at.max(moment.at).plus(delay),
                zone: deadline.zone.clone(),
                set_by: SetBy::Late(delay),
                plan: None,
            };
            self.promise(&stored, new, &moment).await
        })
        .await
    }

    /// Ends the promise that is watched. Contacts who were alerted are stood down, and those who know the time hear that
    /// it is over.
    ///
    /// # Errors
    ///
    /// [`TripError`]; nothing has changed then.
    pub async fn end_trip(
        &self,
        account: AccountId,
        end: TripEnd,
        stands: Option<TripVersion>,
    ) -> Result<StoredDeadline, TripError> {
        let moment = self.moment(account);
        let reason = match end {
            TripEnd::Back => Reason::Back,
            TripEnd::Withdrawn => Reason::Withdrawn,
        };
        until_stored("users", || async {
            let stored = self.hiker_of(account).await?;
            let closed = close_promise(&stored, &reason, &self.textable, &moment);
            let (Some(closed), Some(open)) = (closed, stored.open_deadline()) else {
                return ended_before(&stored, end)
                    .map(Commit::Stored)
                    .ok_or(TripError::NothingSet);
            };
            if !stands.is_none_or(|seen| agrees(Some(open), TripStands::At(seen))) {
                return Err(TripError::Changed);
            }
            let ended = StoredDeadline {
                id: open.id,
                revision: Revision::At(open.revision.next()),
                deadline: closed.change.state.clone(),
            };
            let save = SaveUser::unmoved(&stored, &moment).with_promise(Some(closed));
            Ok(self.commit_promise(save).await?.map(|_| ended))
        })
        .await
    }

    /// Stores what is known of the trip, whose time stands. Nothing is texted, because nothing changes for anybody.
    async fn replan(
        &self,
        stored: &StoredUser,
        trip: Trip,
        plan: &Plan,
        moment: &Moment,
    ) -> Result<Commit<Trip>, TripError> {
        if trip.stored.deadline.plan == *plan {
            return Ok(Commit::Stored(trip));
        }
        let mut state = trip.stored.deadline.clone();
        state.plan = plan.clone();
        let mut save = SaveUser::unmoved(stored, moment);
        save.deadlines = vec![DeadlineChange::of(&trip.stored, state)];
        let saved = self.store.commit(save).await?;
        Ok(match saved {
            Commit::Stored(saved) => seen(&saved.user).map_or(Commit::Stale, Commit::Stored),
            Commit::Stale => Commit::Stale,
        })
    }

    /// Stores a new time, with the text to the hiker's phone that says so.
    async fn promise(
        &self,
        stored: &StoredUser,
        new: NewDeadline,
        moment: &Moment,
    ) -> Result<Commit<Trip>, TripError> {
        let set = set_promise(stored, new, &self.textable, moment);
        let mut save = SaveUser::unmoved(stored, moment);
        if let (Some(promise), Some(count)) = (set.promise(), self.echoes(&stored.user.phone, moment).await?)
        {
            let words =
                messages::deadline::set(promise, &stored.watchers(), &self.textable, stored.is_in_alarm());
            save.outgoing.push(echo(stored, &words, moment));
            save.counts.push(count);
        }
        save.deadlines = set.changes;
        save.outgoing.extend(set.outgoing);
        save.audit.push(set.audit);
        let saved = self.commit_promise(save).await?;
        Ok(match saved {
            Commit::Stored(saved) => seen(&saved.user).map_or(Commit::Stale, Commit::Stored),
            Commit::Stale => Commit::Stale,
        })
    }

    /// What one more text about a time that was set by web counts under; `None` if the hiker's phone had enough of them
    /// today. The time is set all the same, because the web client shows it.
    async fn echoes(&self, hiker: &PhoneNumber, moment: &Moment) -> Result<Option<Limit>, Fault> {
        let limit = Budgets::echo(&self.budgets, hiker);
        let counted = self.budgets.limiter.counted(vec![limit.key.clone()]).await?;
        let verdict = counted.judge(std::slice::from_ref(&limit), moment.at);
        if verdict != Verdict::Allowed {
            refusals::count(limit.key.scope());
            return Ok(None);
        }
        Ok(Some(limit))
    }

    async fn hiker_of(&self, account: AccountId) -> Result<StoredUser, TripError> {
        self.store.by_account(account).await?.ok_or(TripError::NoUser)
    }
}

/// The newest promise, if it was ended in the same way: a request that is sent again because its answer was lost.
fn ended_before(stored: &StoredUser, end: TripEnd) -> Option<StoredDeadline> {
    let how = match end {
        TripEnd::Back => How::Back,
        TripEnd::Withdrawn => How::Withdrawn,
    };
    let newest = stored.deadline.as_ref()?;
    let closed = newest.deadline.closed.as_ref()?;
    (closed.how == how).then(|| newest.clone())
}

fn seen(stored: &StoredUser) -> Option<Trip> {
    Some(Trip {
        stored: stored.open_deadline()?.clone(),
        contacts: stored.watchers(),
    })
}

fn agrees(open: Option<&StoredDeadline>, stands: TripStands) -> bool {
    match (open, stands) {
        (None, TripStands::Nothing) => true,
        (Some(open), TripStands::At(version)) => TripVersion::of(open) == version,
        _ => false,
    }
}

/// What the hiker's phone receives about a time that was set by web.
fn echo(stored: &StoredUser, words: &str, moment: &Moment) -> Outgoing {
    /// The text is worth reading only while the time is fresh.
    const LIFE: Duration = Duration::from_hours(6);
    Outgoing::Text(OutgoingText {
        tag: moment.seed.derived("trip echo", 0),
        to: stored.user.phone.clone(),
        class: Class::Notice,
        words: Words::Plain(messages::deadline::set_by_web(words)),
        not_before: moment.at,
        expires_at: moment.at.plus(LIFE),
        user: Some(stored.id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_it_is_printed_and_in_no_other_way() {
        let version = TripVersion {
            id: DeadlineId::from_stored(12),
            revision: 3,
        };
        assert_eq!(version.to_string(), "12-3");
        assert_eq!(TripVersion::parse("12-3"), Some(version));
        for other in ["", "12", "12-", "-3", "012-3", "12-+3", "12-3 ", "a-b"] {
            assert_eq!(TripVersion::parse(other), None, "{other:?}");
        }
    }
}
