//! Tokens that travel by mail: to choose a new password, to show that an address is right.

use std::time::Duration;

use crate::{
    audit::AuditEvent,
    email::Email,
    id::AccountId,
    limit::{Limit, Verdict},
    outgoing::Outgoing,
    port::{Commit, PortFuture},
    secret::TokenDigest,
    time::Timestamp,
};

/// What a mailed token lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailPurpose {
    /// Choose a new password.
    ResetPassword,
    /// Show that mail to the address reaches the owner.
    VerifyEmail,
}

impl MailPurpose {
    /// How long such a token is good for.
    pub const fn life(self) -> Duration {
        match self {
            Self::ResetPassword => Duration::from_mins(30),
            Self::VerifyEmail => Duration::from_hours(24),
        }
    }
}

/// A token that was mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailToken {
    /// What it is for.
    pub purpose: MailPurpose,
    /// Whose account it is about.
    pub account: AccountId,
    /// Where it was sent.
    pub email: Email,
    /// How it is found.
    pub digest: TokenDigest,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// A new token and the mail that carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailTokenIssue {
    /// The token to store.
    pub token: MailToken,
    /// The mail that carries it.
    pub outgoing: Vec<Outgoing>,
    /// What is written into the audit log.
    pub audit: Vec<AuditEvent>,
}

/// Somebody asks for a token to be mailed, to an address that an account may have or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailTokenRequest {
    /// What the request counts under.
    pub limits: Vec<Limit>,
    /// When the mail is asked for (UTC).
    pub at: Timestamp,
    /// What is written into the audit log, whether anybody has the address or not.
    pub audit: Vec<AuditEvent>,
    /// The token, if somebody has the address.
    pub issue: Option<MailTokenIssue>,
}

/// Keeps mailed tokens; they are spent by [`AccountStore::change`](super::AccountStore::change). Contract:
/// `thunderbird_testkit::contract::mail_token`.
pub trait MailTokenStore: Send + Sync {
    /// Stores a token with its mail and audit, and ends every older one of its purpose and account.
    ///
    /// [`Commit::Stale`], and nothing stored, if the account is gone.
    fn issue(&self, issue: MailTokenIssue) -> PortFuture<'_, Commit>;

    /// Counts a request under its limits and, unless one of them refuses, issues its token if it has one. With a token or
    /// without, it is one commit: how long it takes does not tell which. If the token's account is gone, the request is one
    /// without a token.
    fn request(&self, request: MailTokenRequest) -> PortFuture<'_, Verdict>;

    /// The token of this purpose and digest, unless it was spent or replaced; its time may be over.
    fn find(&self, purpose: MailPurpose, digest: TokenDigest) -> PortFuture<'_, Option<MailToken>>;
}
