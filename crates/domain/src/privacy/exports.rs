//! Whose exports are under way.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{account::AccountId, refusals};

/// Exports that are made at the same time, of all accounts: each is held in memory until it is sent.
const AT_ONCE: usize = 2;

/// The accounts whose exports are under way.
#[derive(Debug, Clone, Default)]
pub struct Exports(Arc<Mutex<HashSet<AccountId>>>);

/// An export under way; the next one may begin when this is dropped.
#[derive(Debug)]
#[must_use = "the next export may begin when this is dropped"]
pub struct Exporting {
    exports: Exports,
    account: AccountId,
}

impl Exports {
    /// The place of an account among those that export, if there is one left.
    pub(super) fn begin(&self, account: AccountId) -> Option<Exporting> {
        let mut under_way = self.under_way();
        if under_way.len() >= AT_ONCE || !under_way.insert(account) {
            refusals::count("export.queue");
            return None;
        }
        drop(under_way);
        Some(Exporting {
            exports: self.clone(),
            account,
        })
    }

    fn under_way(&self) -> MutexGuard<'_, HashSet<AccountId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Exporting {
    fn drop(&mut self) {
        self.exports.under_way().remove(&self.account);
    }
}
