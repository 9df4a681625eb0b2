//! Disabling an administrator, and enabling it again. Only the command line does.

use super::{Admin, AdminCommit, AdminName, Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    port::{Change, Commit, Fault, contended},
};

/// Whether an administrator may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminState {
    /// With name and password.
    Enabled,
    /// Not at all.
    Disabled,
}

/// Why an administrator's state stays what it was.
#[derive(Debug, thiserror::Error)]
pub enum AdminStateError {
    /// No administrator of this name.
    #[error("There is no administrator of this name.")]
    Unknown,
    /// It is in this state already.
    #[error("Nothing was changed: this administrator is so already.")]
    AlreadySo,
    /// Without it the console would be closed to everybody.
    #[error(
        "No other administrator is enabled, so the console would be closed. Say --even-the-last to disable this one all \
         the same."
    )]
    LastOne,
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Disables an administrator and ends every session of it, in one commit. The last one that is enabled stays, unless
    /// `even_the_last`.
    ///
    /// # Errors
    ///
    /// [`AdminStateError`].
    pub async fn disable_admin(&self, name: &AdminName, even_the_last: bool) -> Result<(), AdminStateError> {
        let admin = self.in_state(name, AdminState::Enabled).await?;
        if !even_the_last {
            let all = self.admins.list().await?;
            let another = |other: &Admin| other.id != admin.id && other.disabled_at.is_none();
            if !all.iter().any(another) {
                return Err(AdminStateError::LastOne);
            }
        }
        self.set_state(admin, AdminState::Disabled).await
    }

    /// Lets an administrator sign in again. Its earlier sessions stay ended.
    ///
    /// # Errors
    ///
    /// [`AdminStateError`].
    pub async fn enable_admin(&self, name: &AdminName) -> Result<(), AdminStateError> {
        let admin = self.in_state(name, AdminState::Disabled).await?;
        self.set_state(admin, AdminState::Enabled).await
    }

    /// The administrator of this name, if it is in this state.
    async fn in_state(&self, name: &AdminName, state: AdminState) -> Result<Admin, AdminStateError> {
        let admin = self.admins.by_name(name).await?.ok_or(AdminStateError::Unknown)?;
        if admin.disabled_at.is_none() == (state == AdminState::Enabled) {
            Ok(admin)
        } else {
            Err(AdminStateError::AlreadySo)
        }
    }

    async fn set_state(&self, admin: Admin, state: AdminState) -> Result<(), AdminStateError> {
        let at = self.clock.now();
        let (disabled_at, action) = match state {
            AdminState::Enabled => (None, "admin.enabled"),
            AdminState::Disabled => (Some(at), "admin.disabled"),
        };
        let event = AuditEvent::new(at, Actor::System, action, Subject::Admin(admin.id));
        let clears = vec![self.name_counter(admin.name.as_str())];
        let commit = AdminCommit {
            change: Change {
                replaces: admin.revision,
                state: Admin { disabled_at, ..admin },
            },
            at,
            spends: None,
            recovery: None,
            clears,
            // Also when it is enabled: a session that began at the moment of the disabling must not come to life.
            ends_sessions: true,
            audit: vec![event],
        };
        match self.admins.commit(commit).await? {
            Commit::Stored(()) => Ok(()),
            Commit::Stale => Err(contended("admin store").into()),
        }
    }
}
