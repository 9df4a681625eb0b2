//! Reading and deleting what is held about an account, wherever it is.

mod chunk;
mod delete;
mod export;
mod forget;
mod forget_promises;
mod forget_texts;
mod prune;

use std::slice;

use thunderbird_domain::{
    account::AccountId,
    audit::AuditEvent,
    port::{Commit, PortFuture},
    privacy::{Deletion, Export, PrivacyStore, RetentionCutoffs},
    sms::inbound::TokenFingerprint,
    time::Timestamp,
};

use super::{Abort, Key, Keys, Store, Unkeyed, audit, dialect};

const PORT: &str = "privacy store";

impl PrivacyStore for Store {
    fn export(&self, account: AccountId) -> PortFuture<'_, Option<Export>> {
        // In one snapshot: a deletion in between would leave half of it.
        self.read_log(PORT, move |connection| {
            dialect::in_one_snapshot(connection, |connection| export::export(connection, account))
        })
    }

    fn record(&self, event: AuditEvent) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::Appends), move |connection| {
            Ok(audit::append(connection, slice::from_ref(&event), None)?)
        })
    }

    fn forget(&self, cutoffs: RetentionCutoffs) -> PortFuture<'_, usize> {
        self.transact(PORT, Keys::none(Unkeyed::Sweep), move |connection| {
            Ok(forget::forget(connection, cutoffs)?)
        })
    }

    fn forget_sids(&self, before: Timestamp, believed: Vec<TokenFingerprint>) -> PortFuture<'_, usize> {
        Box::pin(async move {
            // They may stand behind any number of sids that have to stay; no write waits for that search.
            let found = self
                .read(PORT, move |connection| {
                    forget_texts::spent_sids(connection, before, &believed)
                })
                .await?;
            if found.is_empty() {
                return Ok(0);
            }
            self.transact(PORT, Keys::none(Unkeyed::Sweep), move |connection| {
                Ok(forget_texts::forget_sids(connection, &found)?)
            })
            .await
        })
    }

    fn prune(&self, account: AccountId, at: Timestamp) -> PortFuture<'_, bool> {
        self.transact(PORT, Keys::on([Key::Account(account)]), move |connection| {
            Ok(prune::prune(connection, account, at)?)
        })
    }

    fn delete(&self, deletion: Deletion) -> PortFuture<'_, Commit> {
        let account = Key::Account(deletion.account);
        let keys = Keys::on(deletion.clears.iter().map(Key::Limit).chain([account]));
        self.transact(PORT, keys, move |connection| {
            if delete::delete(connection, &deletion)? {
                Ok(Commit::Stored(()))
            } else {
                Err(Abort::Undo(Commit::Stale))
            }
        })
    }
}
