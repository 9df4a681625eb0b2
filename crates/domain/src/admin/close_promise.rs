//! Closes from the console what is overdue or in alarm.

use super::{AdminCaller, Console};
use crate::{
    audit::Actor,
    deadline::{Kind, Reason, State, Verdict, closed_by_operator_text, counts},
    id::DeadlineId,
    moment::Moment,
    port::{Commit, Fault, until_stored},
    random::Tag,
    user::{SaveUser, StoredUser, TripVersion, close_promise},
};

/// Why nothing was closed.
#[derive(Debug, thiserror::Error)]
pub enum ClosePromiseError {
    /// It does not exist, or the hiker's time on the number has ended and it is closed with that.
    #[error("There is no such promise.")]
    Unknown,
    /// It is closed already.
    #[error("It is closed already.")]
    Over,
    /// It is not what the operator has seen any more: the hiker has asked for help, a contact acts, or an alert has left.
    #[error("It has changed since it was shown.")]
    Changed,
    /// It is a promise, and the hiker asks for help as well: the call for help has to be closed first.
    #[error("A call for help of this hiker is open.")]
    CallOpen,
    /// The promised time lies ahead, so no question and no alert is due. Only the hiker may withdraw it.
    #[error("The promised time lies ahead.")]
    Ahead,
    /// A port failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Closes a promise that is overdue or a call for help, because the operator knows what became of the hiker. Who was
    /// alerted and who knows the time reads it, and so does the hiker. With a call for help a promise ends whose time has
    /// passed. It is closed only in the state that the operator has `seen`, so that no call for help is closed that came
    /// after the page was shown.
    ///
    /// # Errors
    ///
    /// [`ClosePromiseError`]; nothing has changed then.
    pub async fn close_promise(
        &self,
        caller: &AdminCaller,
        (id, seen): (DeadlineId, Option<TripVersion>),
        verdict: Verdict,
    ) -> Result<(), ClosePromiseError> {
        let moment = Moment {
            at: self.clock.now(),
            seed: Tag::draw(&*self.entropy),
            actor: Actor::Admin(caller.id),
        };
        until_stored("user store", || async {
            let stored = self.closable(id, seen).await?;
            let save = stored.and_then(|stored| self.closing(&stored, id, verdict, &moment));
            let Some(save) = save else {
                return Ok(Commit::Stale);
            };
            let events = counts::events(&save.deadlines, moment.at);
            Ok(match self.users.commit(save).await? {
                Commit::Stored(_) => {
                    counts::count(events);
                    Commit::Stored(())
                }
                Commit::Stale => Commit::Stale,
            })
        })
        .await
    }

    /// The hiker whose promise or call may be closed; `None` if it was closed while it was looked for. It is compared with
    /// what was `seen` in the state that the commit replaces.
    async fn closable(
        &self,
        id: DeadlineId,
        seen: Option<TripVersion>,
    ) -> Result<Option<StoredUser>, ClosePromiseError> {
        let page = self.reader.promise(id).await?.ok_or(ClosePromiseError::Unknown)?;
        let shown = &page.watched.stored.deadline;
        if !shown.is_open() {
            return Err(ClosePromiseError::Over);
        }
        let live = self.live_user(shown.user).await?;
        let stored = live.ok_or(ClosePromiseError::Unknown)?;
        let (promise, call) = (stored.open_deadline(), stored.open_call());
        let Some(open) = promise.into_iter().chain(call).find(|open| open.id == id) else {
            return Ok(None);
        };
        if open.deadline.kind == Kind::Out && call.is_some() {
            return Err(ClosePromiseError::CallOpen);
        }
        if open.deadline.state() == State::Armed {
            return Err(ClosePromiseError::Ahead);
        }
        if seen != Some(TripVersion::of(open)) {
            return Err(ClosePromiseError::Changed);
        }
        Ok(Some(stored))
    }

    /// What to store; `None` if the promise was closed or replaced since it was looked at.
    fn closing(
        &self,
        stored: &StoredUser,
        id: DeadlineId,
        verdict: Verdict,
        moment: &Moment,
    ) -> Option<SaveUser> {
        let closed = close_promise(stored, &Reason::Operator(verdict), &self.textable, moment)?;
        let changes = closed.changes();
        let ends = |id: DeadlineId| {
            let mut replaced = changes.iter();
            replaced.find(|change| change.replaces.is_some_and(|(closed, _)| closed == id))
        };
        let state = &ends(id)?.state;
        let standing = stored.open_deadline().filter(|open| ends(open.id).is_none());
        let standing = standing.map(|standing| &standing.deadline);
        let text = closed_by_operator_text(state, verdict, standing, moment.at);
        let mut save = SaveUser::unmoved(stored, moment).with_promise(Some(closed));
        save.outgoing.push(text);
        Some(save)
    }
}
