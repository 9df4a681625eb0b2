//! Who is at the console, and signing out.

use std::time::Duration;

use super::{
    admin::{Admin, AdminName, Role},
    console::Console,
};
use crate::{
    account::OpaqueToken,
    audit::{Actor, AuditEvent, Subject},
    id::AdminId,
    port::Fault,
    secret::TokenDigest,
};

/// How often, at most, a session's last use is written down.
const SIGHTING: Duration = Duration::from_secs(30);

/// Who is at the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminCaller {
    /// Which administrator.
    pub id: AdminId,
    /// As whom it signed in.
    pub name: AdminName,
    /// What it may do.
    pub role: Role,
    /// Whether a second factor is enrolled.
    pub has_totp: bool,
    /// The session, to end it.
    pub session: TokenDigest,
}

/// How far somebody has come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Signed in.
    Complete(AdminCaller),
    /// The password was right; the second factor is awaited.
    AwaitsCode(AdminCaller),
}

impl Console {
    /// Who holds this cookie, if its session is live. Sees the session row every time, so an ended one is over at once; one
    /// whose time is over is ended, so that a clock that is set back does not bring it back.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn presence(&self, cookie: &str) -> Result<Option<Presence>, Fault> {
        let Some(token) = OpaqueToken::parse(cookie) else {
            return Ok(None);
        };
        let Some((session, admin)) = self.sessions.by_digest(token.digest()).await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        if !session.is_live(now) {
            let subject = Subject::Admin(admin.id);
            let over = AuditEvent::new(now, Actor::System, "admin.session_expired", subject);
            self.sessions.end(session.digest, over).await?;
            return Ok(None);
        }
        if admin.disabled_at.is_some() {
            return Ok(None);
        }
        if now.since(session.last_seen_at) >= SIGHTING {
            self.sessions.seen(session.digest, now).await?;
        }
        let caller = caller(&admin, session.digest);
        Ok(Some(if session.complete {
            Presence::Complete(caller)
        } else {
            Presence::AwaitsCode(caller)
        }))
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn sign_out(&self, caller: &AdminCaller) -> Result<(), Fault> {
        let now = self.clock.now();
        let event = AuditEvent::new(
            now,
            Actor::Admin(caller.id),
            "admin.signed_out",
            Subject::Admin(caller.id),
        );
        self.sessions.end(caller.session, event).await
    }
}

pub(super) fn caller(admin: &Admin, session: TokenDigest) -> AdminCaller {
    AdminCaller {
        id: admin.id,
        name: admin.name.clone(),
        role: admin.role,
        has_totp: admin.totp.is_some(),
        session,
    }
}
