//! Registers a hiker from the console.

use super::{AdminCaller, Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::UserId,
    phone_number::{PhoneNumber, PhoneNumberError},
    port::{Fault, Revision, until_stored},
    random::Tag,
    route::{Route, RouteId},
    user::{TrailName, User, UserChange},
};

/// What an operator typed to register a hiker.
#[derive(Debug, Clone, Copy)]
pub struct NewUser<'a> {
    /// Number of the hiker.
    pub phone: &'a str,
    /// Name that the hiker shall have.
    pub trail_name: &'a str,
    /// Id of a route.
    pub route: &'a str,
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
    /// The catalogue lacks the route.
    #[error("There is no such route.")]
    UnknownRoute,
    /// A live hiker has the number already.
    #[error("This number is registered already.")]
    Registered,
    /// A port failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Registers a hiker, who joins the account that the number is linked to. Sends nothing, because the owner of the
    /// phone has not asked for it.
    ///
    /// # Errors
    ///
    /// [`RegisterUserError`].
    pub async fn register_user(
        &self,
        caller: &AdminCaller,
        new: NewUser<'_>,
    ) -> Result<UserId, RegisterUserError> {
        let phone = PhoneNumber::parse(new.phone, self.region)?;
        self.textable.check(&phone)?;
        let trail_name = TrailName::parse(new.trail_name).ok_or(RegisterUserError::TrailName)?;
        let route = self
            .known_route(new.route)
            .ok_or(RegisterUserError::UnknownRoute)?;
        let (at, tag) = (self.clock.now(), Tag::draw(&*self.entropy));
        until_stored("admin actions", || async {
            if self.users.by_phone(&phone).await?.is_some() {
                return Err(RegisterUserError::Registered);
            }
            let account = self.reader.linked_account(&phone).await?;
            let change = UserChange {
                replaces: Revision::Absent,
                tag,
                state: User::begin((phone.clone(), trail_name.clone()), route, account, at),
                check_in: None,
                taken_back: None,
                at,
            };
            let audit = AuditEvent::new(at, Actor::Admin(caller.id), "user.registered", Subject::Stored);
            Ok(self.actions.register_user(change, audit).await?)
        })
        .await
    }

    /// The route of the catalogue with this id.
    pub(super) fn known_route(&self, raw: &str) -> Option<&Route> {
        self.routes.find(&RouteId::from_stored(raw))
    }
}
