//! Accounts and what people may ask about their own data, composed.

use std::sync::Arc;

use thunderbird_domain::{
    account::{AccountRules, AccountStore, Accounts, MailTokenStore, SessionStore},
    keyed_lock::KeyedLock,
    privacy::{Exports, Privacy, PrivacyStore},
    token::sealer::TokenSealer,
};

use super::kernel::KernelPorts;

/// What the ports of accounts are, where nothing else has them.
pub struct AccountPorts {
    /// Keeps accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// Keeps sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Keeps mailed tokens.
    pub mail_tokens: Arc<dyn MailTokenStore>,
    /// Reads and deletes what is held about an account.
    pub privacy: Arc<dyn PrivacyStore>,
    /// Seals and opens access tokens.
    pub tokens: Arc<dyn TokenSealer>,
}

impl AccountPorts {
    /// One store, as every port of accounts that keeps something.
    pub fn on<S>(store: &Arc<S>, tokens: Arc<dyn TokenSealer>) -> Self
    where
        S: AccountStore + SessionStore + MailTokenStore + PrivacyStore + 'static,
    {
        Self {
            accounts: store.clone(),
            sessions: store.clone(),
            mail_tokens: store.clone(),
            privacy: store.clone(),
            tokens,
        }
    }

    /// Accounts, and privacy over them.
    pub fn compose(self, kernel: &KernelPorts, rules: AccountRules) -> (Arc<Accounts>, Privacy) {
        let accounts = Arc::new(Accounts {
            accounts: self.accounts,
            sessions: self.sessions,
            mail_tokens: self.mail_tokens,
            limiter: Arc::clone(&kernel.limiter),
            hasher: Arc::clone(&kernel.hasher),
            sealer: self.tokens,
            macs: Arc::clone(&kernel.macs),
            bodies: Arc::clone(&kernel.sealer),
            clock: Arc::clone(&kernel.clock),
            entropy: Arc::clone(&kernel.entropy),
            rules,
            registering: KeyedLock::default(),
            signing_in: KeyedLock::default(),
        });
        let privacy = Privacy {
            accounts: Arc::clone(&accounts),
            store: self.privacy,
            exports: Exports::default(),
        };
        (accounts, privacy)
    }
}
