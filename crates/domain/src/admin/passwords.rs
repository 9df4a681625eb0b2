//! Changing an administrator's password. Only the command line does.

use super::{Admin, AdminCommit, AdminName, Console};
use crate::{
    account::password::{Hashed, Password, PasswordError},
    audit::{Actor, AuditEvent, Subject},
    port::{Change, Commit, Fault, contended},
};

/// Why the password stays what it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeAdminPasswordError {
    /// No administrator of this name.
    #[error("There is no administrator of this name.")]
    Unknown,
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
    /// Sets a new password and ends every session of the administrator, in one commit.
    ///
    /// # Errors
    ///
    /// [`ChangeAdminPasswordError`].
    pub async fn change_admin_password(
        &self,
        name: &AdminName,
        password: &str,
    ) -> Result<(), ChangeAdminPasswordError> {
        let password = Password::parse_apart_from(password, &[name.as_str()])?;
        let Hashed::Done(hash) = self.hasher.hash(&password).await? else {
            return Err(ChangeAdminPasswordError::Busy);
        };
        let admin = self
            .admins
            .by_name(name)
            .await?
            .ok_or(ChangeAdminPasswordError::Unknown)?;
        let at = self.clock.now();
        let event = AuditEvent::new(
            at,
            Actor::System,
            "admin.password_changed",
            Subject::Admin(admin.id),
        );
        let commit = AdminCommit {
            change: Change {
                replaces: admin.revision,
                state: Admin {
                    password: hash,
                    ..admin
                },
            },
            at,
            spends: None,
            recovery: None,
            clears: vec![self.name_counter(name.as_str())],
            ends_sessions: true,
            audit: vec![event],
        };
        match self.admins.commit(commit).await? {
            Commit::Stored(()) => Ok(()),
            Commit::Stale => Err(contended("admin store").into()),
        }
    }
}
