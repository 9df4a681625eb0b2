//! Registering a hiker, changing a route, removing a hiker.

use super::{AdminCaller, Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::UserId,
    outgoing::Outgoing,
    phone::{Deciding, LinkEndReason, PhoneChange},
    phone_number::{PhoneNumber, PhoneNumberError},
    port::{Commit, Fault, until_stored},
    random::Tag,
    route::RouteId,
    time::Timestamp,
    user::TrailName,
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

/// A hiker whose time on the number ends by an operator's decision, and all that goes with it, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveUser {
    /// Who.
    pub user: UserId,
    /// When.
    pub at: Timestamp,
    /// The end of the number's link, if it has one.
    pub link: Option<PhoneChange>,
    /// The mail to the account that the number was linked to.
    pub outgoing: Vec<Outgoing>,
    /// Who did what.
    pub audit: Vec<AuditEvent>,
}

/// What became of a removal.
#[must_use = "only a stored removal happened"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Stored.
    Stored,
    /// The number was linked, or its link ended, meanwhile; nothing was stored.
    Stale,
    /// There is no such live hiker.
    UnknownUser,
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

    /// Ends a hiker's time on the number. The number is unregistered until START; history stays. Its link ends with it,
    /// which the account is told by mail.
    ///
    /// # Errors
    ///
    /// [`RemoveUserError`].
    pub async fn remove_user(&self, caller: &AdminCaller, user: UserId) -> Result<(), RemoveUserError> {
        until_stored("console actions", || async {
            let remove = self.removal(caller, user).await?;
            match self.actions.remove_user(remove).await? {
                Removal::Stored => Ok(Commit::Stored(())),
                Removal::Stale => Ok(Commit::Stale),
                Removal::UnknownUser => Err(RemoveUserError::UnknownUser),
            }
        })
        .await
    }

    async fn removal(&self, caller: &AdminCaller, user: UserId) -> Result<RemoveUser, RemoveUserError> {
        let by = Deciding {
            actor: Actor::Admin(caller.id),
            at: self.clock.now(),
            entropy: &*self.entropy,
        };
        let page = self
            .reader
            .user(user)
            .await?
            .ok_or(RemoveUserError::UnknownUser)?;
        let view = match page.user.account {
            Some(account) => self.phones.view(account, &page.user.phone).await?,
            None => None,
        };
        let ended = view.and_then(|view| view.release(LinkEndReason::Operator, &by));
        let removed = AuditEvent::new(by.at, by.actor, "user.removed", Subject::User(user));
        let mut remove = RemoveUser {
            user,
            at: by.at,
            link: None,
            outgoing: Vec::new(),
            audit: vec![removed],
        };
        if let Some(ended) = ended {
            let mut change = PhoneChange::of(page.user.phone, by.at);
            change.link = Some(ended.plan);
            remove.link = Some(change);
            remove.outgoing = ended.outgoing;
            remove.audit.extend(ended.audit);
        }
        Ok(remove)
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
