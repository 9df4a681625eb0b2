//! A sign-in, as several suites make one.

use thunderbird_domain::{
    account::{Account, OpaqueToken, SessionStart, SigningDevice, StartAudit},
    audit::{Actor, AuditEvent, Subject},
    limit::LimitKey,
    random::Tag,
    secret::TokenDigest,
};

use super::account::NOON;

/// The refresh token that a sign-in with this number gives.
pub(super) fn token(fill: u8) -> OpaqueToken {
    OpaqueToken::parse(&format!("{fill:02x}").repeat(32)).unwrap()
}

/// The digest of the token that its device gets.
pub(super) fn device(fill: u8) -> TokenDigest {
    TokenDigest::from_bytes([fill; 32])
}

/// A sign-in that no limit refuses, on a device of its own.
pub(super) fn start_of(account: &Account, fill: u8) -> SessionStart {
    let event = |action| AuditEvent::new(NOON, Actor::System, action, Subject::Account(account.id));
    SessionStart {
        tag: Tag::from_bytes([fill; 16]),
        account: account.id,
        verified: account.revision,
        refresh: token(fill).digest(),
        user_agent: None,
        device: SigningDevice::New(device(fill)),
        at: NOON,
        limits: Vec::new(),
        counts: Vec::new(),
        clears: LimitKey::new("test.other", account.id.get().to_be_bytes()),
        audit: StartAudit {
            started: event("session.started"),
            ended: event("session.ended"),
        },
    }
}
