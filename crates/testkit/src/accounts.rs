//! Accounts over the memory store, with a clock that moves on command and a hasher that counts.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use thunderbird_domain::{
    account::{
        Account, AccountRules, Accounts, Caller, Grant, LoginAttempt, LoginError, MailLinks, OpaqueToken,
        RegisterError, Registrant, UserAgent,
        password::{Password, PasswordAttempt},
    },
    email::Email,
    limit::Source,
    outgoing::{Outgoing, Words},
    secret::{BodySealer as _, Secret},
};

use crate::{
    clock::StoppedClock,
    crypto::{InstantHasher, PlainSealer, RememberingTokens, TestMacs},
    entropy::SeededEntropy,
    memory::MemoryStore,
};

/// Accounts, and the world they live in.
pub struct TestAccounts {
    /// The use cases.
    pub accounts: Arc<Accounts>,
    /// Their store.
    pub store: MemoryStore,
    /// Their clock.
    pub clock: StoppedClock,
    /// Their hasher.
    pub hasher: Arc<InstantHasher>,
}

impl Default for TestAccounts {
    fn default() -> Self {
        Self::with(|_| {})
    }
}

impl TestAccounts {
    /// Accounts with the default limits and a mailer, but for what `change` changes.
    pub fn with(change: impl FnOnce(&mut AccountRules)) -> Self {
        let (store, clock) = (MemoryStore::default(), StoppedClock::default());
        let hasher = Arc::new(InstantHasher::default());
        let mut rules = AccountRules {
            registration_open: true,
            access_token_life: Duration::from_mins(30),
            registrations_per_hour: 10,
            login_failures_per_10_min: 20,
            sessions_per_hour: 1_000,
            resets_per_hour: 3,
            mail: Some(MailLinks::new("https://hike.example.org")),
        };
        change(&mut rules);
        let accounts = Arc::new(Accounts {
            accounts: Arc::new(store.clone()),
            sessions: Arc::new(store.clone()),
            mail_tokens: Arc::new(store.clone()),
            limiter: Arc::new(store.clone()),
            hasher: hasher.clone(),
            sealer: Arc::new(RememberingTokens::default()),
            macs: Arc::new(TestMacs::default()),
            bodies: Arc::new(PlainSealer),
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(SeededEntropy::default()),
            rules,
            registering: thunderbird_domain::keyed_lock::KeyedLock::default(),
            signing_in: thunderbird_domain::keyed_lock::KeyedLock::default(),
        });
        Self {
            accounts,
            store,
            clock,
            hasher,
        }
    }

    /// Registers `name`@example.org from `source`.
    pub async fn try_register(
        &self,
        name: &str,
        password: &str,
        source: u8,
    ) -> Result<Account, RegisterError> {
        let email = Email::parse(&format!("{name}@example.org")).unwrap();
        let password = Password::parse(password, &email).unwrap();
        self.accounts
            .register(Registrant {
                email,
                password,
                source: source_of(source),
            })
            .await
    }

    /// Registers `name`@example.org, who is new.
    pub async fn register(&self, name: &str, password: &str) -> Account {
        self.try_register(name, password, 200).await.unwrap()
    }

    /// Signs in from `source`.
    pub async fn login_from(
        &self,
        source: u8,
        identifier: &str,
        password: &str,
    ) -> Result<Grant, LoginError> {
        self.login_on(None, source, identifier, password).await
    }

    /// Signs in from `source` with a device's token.
    pub async fn login_on(
        &self,
        device: Option<OpaqueToken>,
        source: u8,
        identifier: &str,
        password: &str,
    ) -> Result<Grant, LoginError> {
        let attempt = LoginAttempt {
            identifier: identifier.to_owned(),
            password: PasswordAttempt::parse(password).unwrap(),
            device,
            source: source_of(source),
            user_agent: UserAgent::parse("a test"),
        };
        self.accounts.login(attempt).await
    }

    /// Signs `name`@example.org in.
    pub async fn login(&self, name: &str, password: &str) -> Result<Grant, LoginError> {
        self.login_from(1, &format!("{name}@example.org"), password).await
    }

    /// Whose access token this is.
    pub async fn caller(&self, grant: &Grant) -> Caller {
        self.accounts
            .authenticate(grant.access_token.expose())
            .await
            .unwrap()
    }

    /// Whether an access token still lets its bearer in.
    pub async fn lets_in(&self, grant: &Grant) -> bool {
        self.accounts
            .authenticate(grant.access_token.expose())
            .await
            .is_ok()
    }

    /// The token in the newest mailed link.
    pub fn mailed_token(&self) -> OpaqueToken {
        let text = self.mails().pop().expect("a mail").1;
        let (_, rest) = text.split_once("#token=").expect("a link");
        OpaqueToken::parse(rest.split_whitespace().next().unwrap()).expect("a token")
    }

    /// Every mail queued so far: recipient and text.
    pub fn mails(&self) -> Vec<(String, String)> {
        let mails = self
            .store
            .queued()
            .into_iter()
            .filter_map(|outgoing| match outgoing {
                Outgoing::Mail(mail) => Some(mail),
                Outgoing::Text(_) | Outgoing::Newest(_) | Outgoing::Page(_) => None,
            });
        mails
            .map(|mail| {
                let text = match mail.words {
                    Words::Plain(text) => text,
                    Words::Sealed { sealed, .. } => {
                        PlainSealer.open(mail.tag, &sealed).unwrap().expose().clone()
                    }
                };
                (mail.to.as_str().to_owned(), text)
            })
            .collect()
    }

    /// The actions of the audit log, oldest first.
    pub fn audited(&self) -> Vec<&'static str> {
        self.store.audited().iter().map(|event| event.action).collect()
    }
}

/// The refresh token of a grant.
pub fn refresh_token(grant: &Grant) -> OpaqueToken {
    OpaqueToken::parse(grant.refresh_token.expose()).unwrap()
}

/// The device's token of a grant.
pub fn device_token(grant: &Grant) -> OpaqueToken {
    let token = grant.device_token.as_ref().expect("a sign-in's grant");
    OpaqueToken::parse(token.expose()).unwrap()
}

/// A new password as a client sends it.
pub fn new_password(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn source_of(last: u8) -> Source {
    Source::of(Ipv4Addr::new(192, 0, 2, last).into())
}
