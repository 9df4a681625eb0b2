//! Enrolling an authenticator, and taking it away again.

use super::{Admin, AdminCaller, AdminCommit, AdminName, Console, Totp};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    hex,
    port::{Change, Commit, Fault},
    random::Entropy,
    secret::{Secret, TokenDigest},
};

/// How many recovery codes are given out: each works once in place of a code.
const RECOVERY_CODES: usize = 10;

/// A new authenticator secret, shown once; nothing is stored until a code of it comes back.
#[derive(Debug)]
pub struct Enrolment {
    /// 160 bits in hexadecimal, as the confirming form brings them back.
    pub secret: Secret<String>,
    /// What an authenticator reads.
    pub uri: Secret<String>,
}

/// A recovery code as it is shown once: 80 bits.
#[derive(Debug)]
pub struct RecoveryCode(pub Secret<String>);

/// Why an authenticator was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The code does not belong to the secret.
    #[error("this code does not belong to the authenticator that was shown")]
    WrongCode,
    /// There is one already; the command line takes it away.
    #[error("an authenticator is enrolled already")]
    Enrolled,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// A secret for an authenticator to try.
    ///
    /// # Errors
    ///
    /// [`EnrolError::Enrolled`] when there is one already.
    pub fn offer_totp(&self, caller: &AdminCaller) -> Result<Enrolment, EnrolError> {
        if caller.has_totp {
            return Err(EnrolError::Enrolled);
        }
        let mut bytes = [0; 20];
        self.entropy.fill(&mut bytes);
        let uri = self.totp.provisioning_uri(&bytes, caller.name.as_str());
        let uri = uri.ok_or_else(|| Fault::lasting("authenticator", "no provisioning URI"))?;
        Ok(Enrolment {
            secret: Secret::new(hex::encode(&bytes)),
            uri,
        })
    }

    /// Enrols the authenticator that shows `code` for `secret`, and gives out recovery codes.
    ///
    /// # Errors
    ///
    /// [`EnrolError`].
    pub async fn enrol_totp(
        &self,
        caller: &AdminCaller,
        secret: &Secret<String>,
        code: &str,
    ) -> Result<Vec<RecoveryCode>, EnrolError> {
        let now = self.clock.now();
        let bytes = from_hex(secret.expose()).filter(|bytes| bytes.expose().len() == 20);
        let bytes = bytes.ok_or(EnrolError::WrongCode)?;
        let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let step = self
            .totp
            .step_of(bytes.expose(), &code, now)
            .ok_or(EnrolError::WrongCode)?;
        let admin = self.admins.by_id(caller.id).await?.ok_or(EnrolError::WrongCode)?;
        if admin.totp.is_some() {
            return Err(EnrolError::Enrolled);
        }
        let codes = draw_recovery_codes(&*self.entropy);
        let sealed = self.sealer.seal(admin.tag, secret.expose());
        let state = Admin {
            totp: Some(Totp {
                secret: sealed,
                last_step: step,
            }),
            ..admin.clone()
        };
        let commit = AdminCommit {
            change: Change {
                replaces: admin.revision,
                state,
            },
            at: now,
            spends: None,
            recovery: Some(
                codes
                    .iter()
                    .map(|code| TokenDigest::of(code.0.expose()))
                    .collect(),
            ),
            clears: Vec::new(),
            ends_sessions: false,
            audit: vec![AuditEvent::new(
                now,
                Actor::Admin(admin.id),
                "admin.totp_enrolled",
                Subject::Admin(admin.id),
            )],
        };
        match self.admins.commit(commit).await? {
            Commit::Stored(()) => Ok(codes),
            Commit::Stale => Err(EnrolError::Enrolled),
        }
    }

    /// Takes the second factor away, ends every session. For the command line. Returns `None` if the administrator does not exist.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn reset_totp(&self, name: &AdminName) -> Result<Option<()>, Fault> {
        let Some(admin) = self.admins.by_name(name).await? else {
            return Ok(None);
        };
        let at = self.clock.now();
        let event = AuditEvent::new(at, Actor::System, "admin.totp_reset", Subject::Admin(admin.id));
        let commit = AdminCommit {
            change: Change {
                replaces: admin.revision,
                state: Admin { totp: None, ..admin },
            },
            at,
            spends: None,
            recovery: Some(Vec::new()),
            clears: vec![self.name_counter(name.as_str())],
            ends_sessions: true,
            audit: vec![event],
        };
        match self.admins.commit(commit).await? {
            Commit::Stored(()) => Ok(Some(())),
            Commit::Stale => Err(crate::port::contended("admin store")),
        }
    }
}

fn draw_recovery_codes(entropy: &dyn Entropy) -> Vec<RecoveryCode> {
    let draw = |_| {
        let mut bits = [0; 10];
        entropy.fill(&mut bits);
        RecoveryCode(Secret::new(hex::encode(&bits)))
    };
    (0..RECOVERY_CODES).map(draw).collect()
}

pub(super) fn from_hex(text: &str) -> Option<Secret<Vec<u8>>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    bytes.map(Secret::new)
}
