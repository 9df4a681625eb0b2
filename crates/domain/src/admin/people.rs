//! Registering a hiker, changing a route, removing a hiker.

use super::{AdminCaller, Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    phone_number::{PhoneNumber, PhoneNumberError},
    port::{Commit, Fault},
    random::Tag,
    route::RouteId,
    time::Timestamp,
    user::{TrailName, UserId},
};

/// A hiker to be registered by an operator.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Names the row before it has an id.
    pub tag: Tag,
    /// Their number.
    pub phone: PhoneNumber,
    /// As whom they walk.
    pub trail_name: TrailName,
    /// Their route.
    pub route: RouteId,
    /// Now.
    pub at: Timestamp,
}

/// Why no hiker was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterUserError {
    /// The number cannot be used.
    #[error(transparent)]
    Phone(#[from] PhoneNumberError),
    /// The trail name cannot be used.
    #[error("A trail name has 1 to 30 printable characters.")]
    TrailName,
    /// No such route.
    #[error("There is no such route.")]
    UnknownRoute,
    /// The number is a live hiker's already.
    #[error("This number is registered already.")]
    Registered,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why the route stays what it was.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// No such live hiker.
    #[error("There is no such hiker.")]
    UnknownUser,
    /// No such route.
    #[error("There is no such route.")]
    UnknownRoute,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why nobody was removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveUserError {
    /// No such live hiker.
    #[error("There is no such hiker.")]
    UnknownUser,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Registers a hiker. Nothing is sent: whoever holds the phone has not asked for it.
    ///
    /// # Errors
    ///
    /// [`RegisterUserError`].
    pub async fn register_user(
        &self,
        caller: &AdminCaller,
        phone: &str,
        trail_name: &str,
        route: &str,
    ) -> Result<UserId, RegisterUserError> {
        let phone = PhoneNumber::parse(phone, self.region)?;
        self.textable.check(&phone)?;
        let trail_name = TrailName::parse(trail_name).ok_or(RegisterUserError::TrailName)?;
        let route = self.known_route(route).ok_or(RegisterUserError::UnknownRoute)?;
        let at = self.clock.now();
        let audit = AuditEvent::new(at, Actor::Admin(caller.id), "user.registered", Subject::Stored);
        let user = NewUser {
            tag: Tag::draw(&*self.entropy),
            phone,
            trail_name,
            route,
            at,
        };
        match self.actions.register_user(user, audit).await? {
            Commit::Stored(id) => Ok(id),
            Commit::Stale => Err(RegisterUserError::Registered),
        }
    }

    /// Puts a hiker on another route; the position is cleared, contacts stay.
    ///
    /// # Errors
    ///
    /// [`RouteError`].
    pub async fn change_route(
        &self,
        caller: &AdminCaller,
        user: UserId,
        route: &str,
    ) -> Result<(), RouteError> {
        let route = self.known_route(route).ok_or(RouteError::UnknownRoute)?;
        let event = AuditEvent::new(
            self.clock.now(),
            Actor::Admin(caller.id),
            "user.route_changed",
            Subject::User(user),
        )
        .with("route", route.as_str());
        if self
            .actions
            .change_route(user, route.as_str().to_owned(), event)
            .await?
        {
            Ok(())
        } else {
            Err(RouteError::UnknownUser)
        }
    }

    /// Ends a hiker's time on the number. The number is unregistered until START; history stays.
    ///
    /// # Errors
    ///
    /// [`RemoveUserError`].
    pub async fn remove_user(&self, caller: &AdminCaller, user: UserId) -> Result<(), RemoveUserError> {
        let event = AuditEvent::new(
            self.clock.now(),
            Actor::Admin(caller.id),
            "user.removed",
            Subject::User(user),
        );
        if self.actions.remove_user(user, event).await? {
            Ok(())
        } else {
            Err(RemoveUserError::UnknownUser)
        }
    }

    fn known_route(&self, raw: &str) -> Option<RouteId> {
        self.routes
            .all()
            .iter()
            .map(crate::route::Route::id)
            .find(|id| id.as_str() == raw)
            .cloned()
    }
}
