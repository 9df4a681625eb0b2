//! Accounts with their sessions and mailed tokens, and what privacy takes away again.

use thunderbird_domain::{
    account::{
        Account, AccountChange, EndReason, EndSessions, ExpireSessions, MailPurpose, MailToken,
        MailTokenIssue, MailTokenRequest, Registration, Session, SessionChange, SessionStart, SessionStore,
        SigningDevice, StartAudit, WhichSessions, password::PasswordHash,
    },
    email::Email,
    outgoing::{Class, Outgoing, OutgoingMail, Words},
    port::{Change, Commit, Fault},
    privacy::{Deletion, PrivacyStore, RetentionCutoffs},
    secret::TokenDigest,
    sms::inbound::TokenFingerprint,
};

use super::hunter::{Hunter, Writes, after, event, hourly, tag};

pub(super) const WRITES: &[&str] = &[
    "accounts.register",
    "accounts.change",
    "sessions.start",
    "sessions.mark_used",
    "sessions.commit",
    "sessions.end",
    "sessions.expire",
    "mail_tokens.issue",
    "mail_tokens.request",
    "privacy.prune",
    "privacy.forget",
    "privacy.forget_sids",
    "privacy.delete",
];

fn email(number: usize) -> Email {
    Email::parse(&format!("hiker{number}@example.org")).unwrap()
}

impl<S: Writes> Hunter<S> {
    pub(super) async fn write_accounts(&self, name: &str) -> Result<(), Fault> {
        let store = self.store();
        match name {
            "accounts.register" => store.register(self.new_account()).await.map(drop),
            "sessions.expire" => store.expire(self.expiry()).await.map(drop),
            "privacy.forget" => self.forget().await,
            "privacy.forget_sids" => {
                let believed = vec![TokenFingerprint::of("token")];
                store.forget_sids(self.now(), believed).await.map(drop)
            }
            _ => match self.account().await? {
                Some(account) => self.write_account(name, &account).await,
                None => Ok(()),
            },
        }
    }

    async fn write_account(&self, name: &str, account: &Account) -> Result<(), Fault> {
        let store = self.store();
        match name {
            "accounts.change" => self.change_account(account).await,
            "sessions.start" => self.start_session(account).await,
            "sessions.end" => SessionStore::end(store, self.end(account)).await.map(drop),
            "mail_tokens.issue" => store.issue(self.issue(account)).await.map(drop),
            "mail_tokens.request" => store.request(self.request(account)).await.map(drop),
            "privacy.prune" => store.prune(account.id, self.now()).await.map(drop),
            // One of many is deleted, or nothing else would happen to accounts.
            "privacy.delete" if self.one_in(4) => self.delete(account).await,
            "privacy.delete" => Ok(()),
            _ => self.use_session(name, account).await,
        }
    }

    pub(super) async fn account(&self) -> Result<Option<Account>, Fault> {
        self.store().by_email(&email(self.below(5))).await
    }

    fn new_account(&self) -> Registration {
        Registration {
            tag: tag(self.ledger.next()),
            email: email(self.below(5)),
            password: PasswordHash::from_stored("$argon2id$one"),
            at: self.now(),
            audit: vec![event("hunt.account")],
        }
    }

    /// The digest of a token that was never seen.
    pub(super) fn digest(&self) -> TokenDigest {
        let mut bytes = [3; 32];
        bytes[..8].copy_from_slice(&self.ledger.next().to_be_bytes());
        TokenDigest::from_bytes(bytes)
    }

    fn letter(&self, account: &Account) -> Outgoing {
        Outgoing::Mail(OutgoingMail {
            tag: tag(self.ledger.next()),
            to: account.email.clone(),
            account: Some(account.id),
            subject: "A subject".to_owned(),
            words: Words::Plain("some words".to_owned()),
            class: Class::Notice,
            is_page: false,
            not_before: None,
            expires_at: after(3_600),
            cap: Some(hourly("hunt.notices", self.below(3), 100_000)),
        })
    }

    async fn change_account(&self, account: &Account) -> Result<(), Fault> {
        let hash = PasswordHash::from_stored(format!("$argon2id${}", self.ledger.next()));
        let change = AccountChange {
            voids: vec![MailPurpose::ResetPassword],
            ends: self.one_in(3).then(|| self.end(account)),
            clears: vec![hourly("hunt.sign_in", self.below(3), 0).key],
            outgoing: vec![self.letter(account)],
            audit: vec![event("hunt.changed")],
            ..AccountChange::new(account, self.now(), |account| account.password = Some(hash))
        };
        if self.store().change(change).await? == Commit::Stored(()) {
            let replaced = format!("account {:?} is replaced at {:?}", account.id, account.revision);
            self.ledger.happens(&replaced, 1);
        }
        Ok(())
    }

    async fn start_session(&self, account: &Account) -> Result<(), Fault> {
        let limit = hourly("hunt.sign_in", self.below(3), 100_000);
        let device = self.signing_device(account).await?;
        let start = SessionStart {
            tag: tag(self.ledger.next()),
            account: account.id,
            verified: account.revision,
            refresh: self.digest(),
            user_agent: None,
            device,
            at: self.now(),
            clears: limit.key.clone(),
            limits: vec![limit],
            counts: vec![hourly("hunt.texts", self.below(6), 100_000)],
            audit: StartAudit {
                started: event("hunt.session"),
                ended: event("hunt.session_ended"),
            },
        };
        self.store().start(start).await.map(drop)
    }

    /// A device that is known, if there is one; now and then one that is new.
    async fn signing_device(&self, account: &Account) -> Result<SigningDevice, Fault> {
        let new = SigningDevice::New(self.digest());
        if self.one_in(2) {
            return Ok(new);
        }
        let export = self.store().export(account.id).await?;
        let devices = export.map(|export| export.devices).unwrap_or_default();
        let known = self.among(&devices);
        Ok(known.map_or(new, |device| SigningDevice::Known(device.id)))
    }

    async fn use_session(&self, name: &str, account: &Account) -> Result<(), Fault> {
        let sessions = self.store().of_account(account.id).await?;
        let Some(session) = self.among(&sessions) else {
            return Ok(());
        };
        if name == "sessions.mark_used" {
            return self
                .store()
                .mark_used(session.id, session.generation, self.now())
                .await;
        }
        let change = SessionChange {
            change: Change {
                replaces: session.revision,
                state: Session {
                    generation: session.generation + 1,
                    current: self.digest(),
                    used: false,
                    successor: None,
                    ..session.clone()
                },
            },
            at: self.now(),
            outgoing: Vec::new(),
            audit: vec![event("hunt.refreshed")],
        };
        if SessionStore::commit(self.store(), change).await? == Commit::Stored(()) {
            let replaced = format!("session {:?} is replaced at {:?}", session.id, session.revision);
            self.ledger.happens(&replaced, 1);
        }
        Ok(())
    }

    fn end(&self, account: &Account) -> EndSessions {
        EndSessions {
            account: account.id,
            which: WhichSessions::All,
            at: self.now(),
            reason: EndReason::EndedByOwner,
            audit: event("hunt.session_ended"),
        }
    }

    fn expiry(&self) -> ExpireSessions {
        ExpireSessions {
            account: None,
            // Now and then all that were started are over.
            at: if self.one_in(6) {
                after(34_560_000)
            } else {
                self.now()
            },
            audit: event("hunt.session_expired"),
        }
    }

    fn issue(&self, account: &Account) -> MailTokenIssue {
        let purpose = [MailPurpose::ResetPassword, MailPurpose::VerifyEmail][self.below(2)];
        MailTokenIssue {
            token: MailToken {
                purpose,
                account: account.id,
                email: account.email.clone(),
                digest: self.digest(),
                created_at: self.now(),
                expires_at: after(3_600),
            },
            outgoing: vec![self.letter(account)],
            audit: vec![event("hunt.mailed")],
        }
    }

    fn request(&self, account: &Account) -> MailTokenRequest {
        MailTokenRequest {
            limits: vec![
                hourly("hunt.mail", self.below(4), 100_000),
                hourly("hunt.source", self.below(4), 100_000),
            ],
            at: self.now(),
            audit: vec![event("hunt.requested")],
            issue: self.one_in(2).then(|| self.issue(account)),
        }
    }

    /// Retention that spares what is looked at in the end: texts and the audit log.
    async fn forget(&self) -> Result<(), Fault> {
        let now = self.now();
        let cutoffs = RetentionCutoffs {
            sessions: now,
            devices: now,
            mail_tokens: now,
            codes: now,
            words: now,
            ..RetentionCutoffs::at(now)
        };
        PrivacyStore::forget(self.store(), cutoffs).await.map(drop)
    }

    async fn delete(&self, account: &Account) -> Result<(), Fault> {
        let deletion = Deletion {
            account: account.id,
            replaces: account.revision,
            at: self.now(),
            clears: vec![hourly("hunt.sign_in", self.below(3), 0).key],
            audit: vec![event("hunt.deleted")],
        };
        if self.store().delete(deletion).await? == Commit::Stored(()) {
            self.ledger
                .happens(&format!("account {:?} is deleted", account.id), 1);
        }
        Ok(())
    }
}
