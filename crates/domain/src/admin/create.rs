//! Making an administrator. Only the command line does.

use super::{AdminName, Console, NewAdmin, Role};
use crate::{
    account::password::{Hashed, Password, PasswordError},
    audit::{Actor, AuditEvent, Subject},
    port::{Commit, Fault},
    random::Tag,
};

/// Why no administrator was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateAdminError {
    /// The name is taken.
    #[error("There is an administrator of this name already.")]
    NameTaken,
    /// The password is outside the limits or too easy to guess.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The password hasher has no room.
    #[error("The password hasher is busy. Please try again.")]
    Busy,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Makes an administrator.
    ///
    /// # Errors
    ///
    /// [`CreateAdminError`].
    pub async fn create_admin(
        &self,
        name: AdminName,
        role: Role,
        password: &str,
    ) -> Result<(), CreateAdminError> {
        let password = Password::parse_apart_from(password, &[name.as_str()])?;
        let Hashed::Done(hash) = self.hasher.hash(&password).await? else {
            return Err(CreateAdminError::Busy);
        };
        let now = self.clock.now();
        let audit =
            AuditEvent::new(now, Actor::System, "admin.created", Subject::Stored).with("role", role.as_str());
        let new = NewAdmin {
            tag: Tag::draw(&*self.entropy),
            name,
            role,
            password: hash,
            created_at: now,
            audit,
        };
        match self.admins.create(new).await? {
            Commit::Stored(_) => Ok(()),
            Commit::Stale => Err(CreateAdminError::NameTaken),
        }
    }
}
