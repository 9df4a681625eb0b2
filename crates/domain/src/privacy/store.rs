//! The port that reads and deletes across every context.

use super::{Export, RetentionCutoffs};
use crate::{
    audit::AuditEvent,
    id::AccountId,
    limit::LimitKey,
    port::{Commit, PortFuture, Revision},
    sms::inbound::TokenFingerprint,
    time::Timestamp,
};

/// The end of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// Account that is deleted.
    pub account: AccountId,
    /// The account's state in which the password was verified.
    pub replaces: Revision,
    /// When it is deleted (UTC).
    pub at: Timestamp,
    /// Counters that go with it.
    pub clears: Vec<LimitKey>,
    /// What is written into the audit log.
    pub audit: Vec<AuditEvent>,
}

/// Reads and deletes what is held about an account, wherever it is. Contract: `thunderbird_testkit::contract::privacy`.
pub trait PrivacyStore: Send + Sync {
    /// Everything held about an account at one moment; `None` if it does not exist. Of a hiker who was linked to it once, as much as
    /// happened until the link ended: what follows may be somebody else's.
    fn export(&self, account: AccountId) -> PortFuture<'_, Option<Export>>;

    /// Writes one line into the audit log.
    fn record(&self, event: AuditEvent) -> PortFuture<'_, ()>;

    /// Forgets some of what the account has behind it, in one commit of bounded size, and says whether there may be more:
    /// refresh tokens that were replaced, ended sessions, mails that went out or never will, codes, words, questions and
    /// links that are over at `at`, and answers kept for repeated requests. Nothing that is in force goes. The deletion
    /// that follows is then short, however long the account has been in use.
    fn prune(&self, account: AccountId, at: Timestamp) -> PortFuture<'_, bool>;

    /// Forgets some of what is beyond the cutoffs, in one commit of bounded size; says how many rows went. Nothing that is
    /// not beyond it goes, and what is left of the audit log still verifies.
    fn forget(&self, cutoffs: RetentionCutoffs) -> PortFuture<'_, usize>;

    /// Forgets some of the sids of texts that came before `before`, in one commit of bounded size; says how many. The sid
    /// of a text that was signed with one of `believed` stays: an attacker who captured its webhook could replay it.
    fn forget_sids(&self, before: Timestamp, believed: Vec<TokenFingerprint>) -> PortFuture<'_, usize>;

    /// Deletes the account with its sessions, devices, mails, tokens, links and half-made links. Its number is free; the hiker on
    /// it stays, linked to no account.
    ///
    /// [`Commit::Stale`], and nothing deleted, unless the account is at the revision that was verified.
    fn delete(&self, deletion: Deletion) -> PortFuture<'_, Commit>;
}
