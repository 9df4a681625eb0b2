//! Closes from the console what is overdue or in alarm.

use super::{AdminCaller, Console};
use crate::{
    audit::Actor,
    deadline::{Reason, State, Verdict, closed_by_operator_text},
    id::DeadlineId,
    moment::Moment,
    port::{Commit, Fault, until_stored},
    random::Tag,
    user::{SaveUser, StoredUser, close_promise},
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
    /// passed.
    ///
    /// # Errors
    ///
    /// [`ClosePromiseError`]; nothing has changed then.
    pub async fn close_promise(
        &self,
        caller: &AdminCaller,
        id: DeadlineId,
        verdict: Verdict,
    ) -> Result<(), ClosePromiseError> {
        let moment = Moment {
            at: self.clock.now(),
            seed: Tag::draw(&*self.entropy),
            actor: Actor::Admin(caller.id),
        };
        until_stored("user store", || async {
            let page = self.reader.promise(id).await?.ok_or(ClosePromiseError::Unknown)?;
            let deadline = &page.watched.stored.deadline;
            match deadline.state() {
                State::Closed => return Err(ClosePromiseError::Over),
                State::Armed => return Err(ClosePromiseError::Ahead),
                State::Asking | State::Alarmed => {}
            }
            let live = self.live_user(deadline.user).await?;
            let stored = live.ok_or(ClosePromiseError::Unknown)?;
            let Some(save) = self.closing(&stored, id, verdict, &moment) else {
                return Ok(Commit::Stale);
            };
            Ok(match self.users.commit(save).await? {
                Commit::Stored(_) => Commit::Stored(()),
                Commit::Stale => Commit::Stale,
            })
        })
        .await
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
        let is_this = |(closed, _)| closed == id;
        let mut changes = closed.changes().into_iter();
        let state = changes.find(|change| change.replaces.is_some_and(is_this))?.state;
        let mut save = SaveUser::unmoved(stored, moment).with_promise(Some(closed));
        save.outgoing
            .push(closed_by_operator_text(&state, verdict, moment.at));
        Some(save)
    }
}
