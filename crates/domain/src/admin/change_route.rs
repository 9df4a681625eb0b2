//! Puts a hiker on another route from the console.

use super::{AdminCaller, Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::UserId,
    port::{Commit, Fault, until_stored},
    random::Tag,
    user::{SaveUser, StoredUser, UserChange, rerouted},
};

/// Why the route was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRouteError {
    /// The hiker does not exist any more, or never did.
    #[error("There is no such hiker.")]
    UnknownUser,
    /// The catalogue lacks the route.
    #[error("There is no such route.")]
    UnknownRoute,
    /// The hiker is on this route already, so the position stays.
    #[error("Nothing was changed: the hiker is on this route already.")]
    SameRoute,
    /// A port failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Puts a hiker on another route. Clears the position as [`crate::user::User::walk`] does, and keeps the contacts.
    ///
    /// # Errors
    ///
    /// [`ChangeRouteError`]; nothing has changed then.
    pub async fn change_route(
        &self,
        caller: &AdminCaller,
        user: UserId,
        route: &str,
    ) -> Result<(), ChangeRouteError> {
        let route = self.known_route(route).ok_or(ChangeRouteError::UnknownRoute)?;
        let (at, tag) = (self.clock.now(), Tag::draw(&*self.entropy));
        until_stored("user store", || async {
            let stored = self.live_user(user).await?.ok_or(ChangeRouteError::UnknownUser)?;
            let mut state = stored.user.clone();
            state.walk(route);
            if state == stored.user {
                return Err(ChangeRouteError::SameRoute);
            }
            let changed = AuditEvent::new(
                at,
                Actor::Admin(caller.id),
                "user.route_changed",
                Subject::User(user),
            );
            let deadlines = rerouted(&stored, route.id(), at);
            let save = SaveUser {
                change: UserChange {
                    replaces: stored.revision,
                    tag,
                    state,
                    check_in: None,
                    taken_back: None,
                    at,
                },
                outgoing: Vec::new(),
                counts: Vec::new(),
                audit: vec![changed.with("route", route.id())],
                deadlines,
            };
            Ok(match self.users.commit(save).await? {
                Commit::Stored(_) => Commit::Stored(()),
                Commit::Stale => Commit::Stale,
            })
        })
        .await
    }

    /// The hiker with this id, as long as their time on the number lasts.
    pub(super) async fn live_user(&self, user: UserId) -> Result<Option<StoredUser>, Fault> {
        let Some(page) = self.reader.user(user).await? else {
            return Ok(None);
        };
        let live = self.users.by_phone(&page.user.phone).await?;
        Ok(live.filter(|stored| stored.id == user))
    }
}
