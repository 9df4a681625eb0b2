//! What the linked account sees of its hiker, and what it may change besides contacts and check-ins.

use super::{LoggedMessage, SaveUser, StoredCheckIn, StoredUser, TrailName, UserChange, Users, rerouted};
use crate::{
    audit::{AuditEvent, Subject},
    id::{AccountId, CheckInId, MessageId},
    port::{Commit, Fault, until_stored},
    route::{Route, RouteId},
};

/// A hiker as the linked account sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The hiker as stored.
    pub stored: StoredUser,
    /// The name of the camp they last checked in at; `None` when the catalogue no longer has it.
    pub camp_name: Option<String>,
    /// Whether their number is opted out.
    pub opted_out: bool,
}

/// What the account wants to change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileChange {
    /// Another trail name.
    pub trail_name: Option<TrailName>,
    /// Another route; it clears the position.
    pub route: Option<RouteId>,
    /// Whether contacts who are added from now on read the whole number.
    pub shows_number: Option<bool>,
}

/// Why nothing is seen.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No hiker is linked to the account.
    #[error("No phone is linked to this account, or nobody has registered on it.")]
    NoUser,
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeProfileError {
    /// No hiker is linked to the account.
    #[error("No phone is linked to this account, or nobody has registered on it.")]
    NoUser,
    /// The catalogue has no such route.
    #[error("There is no such route.")]
    UnknownRoute,
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Users {
    /// The hiker of the account's phone.
    ///
    /// # Errors
    ///
    /// Fails with [`ProfileError`].
    pub async fn profile(&self, account: AccountId) -> Result<Profile, ProfileError> {
        let stored = self.of(account).await?;
        self.seen(stored).await.map_err(ProfileError::from)
    }

    /// Changes the hiker's name, route, or what contacts read of the number.
    ///
    /// # Errors
    ///
    /// [`ChangeProfileError`]; nothing has changed then.
    pub async fn change_profile(
        &self,
        account: AccountId,
        wanted: &ProfileChange,
    ) -> Result<Profile, ChangeProfileError> {
        let moment = self.moment(account);
        let find = |id| self.routes.find(id).ok_or(ChangeProfileError::UnknownRoute);
        let route: Option<&Route> = wanted.route.as_ref().map(find).transpose()?;
        let stored = until_stored::<_, ChangeProfileError, _>("users", || async {
            let stored = self.store.by_account(account).await?;
            let stored = stored.ok_or(ChangeProfileError::NoUser)?;
            let mut state = stored.user.clone();
            if let Some(name) = &wanted.trail_name {
                state.trail_name = name.clone();
            }
            if let Some(route) = route {
                state.walk(route);
            }
            state.shows_number = wanted.shows_number.unwrap_or(state.shows_number);
            if state == stored.user {
                return Ok(Commit::Stored(stored));
            }
            let changed = AuditEvent::new(moment.at, moment.actor, "user.changed", Subject::User(stored.id));
            let deadlines = rerouted(&stored, &state.route, moment.at);
            let save = SaveUser {
                audit: vec![
                    changed
                        .with("route", &state.route)
                        .with("shows_number", state.shows_number),
                ],
                change: UserChange {
                    replaces: stored.revision,
                    tag: moment.seed.derived("user", 0),
                    state,
                    check_in: None,
                    taken_back: None,
                    at: moment.at,
                },
                outgoing: Vec::new(),
                counts: Vec::new(),
                deadlines,
            };
            Ok(self.store.commit(save).await?.map(|saved| *saved.user))
        })
        .await?;
        Ok(self.seen(stored).await?)
    }

    /// The hiker's newest check-ins below an id, newest first, at most `limit`.
    ///
    /// # Errors
    ///
    /// Fails with [`ProfileError`].
    pub async fn check_ins(
        &self,
        account: AccountId,
        (before, limit): (Option<CheckInId>, u32),
    ) -> Result<Vec<StoredCheckIn>, ProfileError> {
        let stored = self.of(account).await?;
        Ok(self.store.check_ins(stored.id, before, limit).await?)
    }

    /// The newest texts from, to and on behalf of the hiker below an id, newest first, at most `limit`.
    ///
    /// # Errors
    ///
    /// Fails with [`ProfileError`].
    pub async fn messages(
        &self,
        account: AccountId,
        (before, limit): (Option<MessageId>, u32),
    ) -> Result<Vec<LoggedMessage>, ProfileError> {
        let stored = self.of(account).await?;
        Ok(self.log.messages(stored.id, before, limit).await?)
    }

    async fn of(&self, account: AccountId) -> Result<StoredUser, ProfileError> {
        self.store.by_account(account).await?.ok_or(ProfileError::NoUser)
    }

    async fn seen(&self, stored: StoredUser) -> Result<Profile, Fault> {
        let opted_out = self.opt_outs.is_opted_out(&stored.user.phone).await?;
        let camp_name = self.routes.find(&stored.user.route).and_then(|route| {
            let position = stored.user.position.as_ref()?;
            Some(route.camp(&position.code)?.name.clone())
        });
        Ok(Profile {
            stored,
            camp_name,
            opted_out,
        })
    }
}
