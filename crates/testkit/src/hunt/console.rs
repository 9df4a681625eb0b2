//! The console, its administrators, and what belongs to the whole service: limits, idempotency keys, the key ring.

use thunderbird_domain::{
    account::{AccountId, password::PasswordHash},
    admin::{
        Admin, AdminActions, AdminCommit, AdminName, AdminSession, AdminSessions, AdminStore, NewAdmin,
        NewAdminSession, Queueing, Role,
    },
    idempotency::{Claim, IdempotencyKey, IdempotencyStore, KeptAnswer, KeyedRequest, Owner, RequestDigest},
    limit::Verdict,
    port::{Change, Commit, Fault},
    privacy::PrivacyStore,
    secret::TokenDigest,
    token::{
        key_memory::RingChange,
        key_ring::{KeyPurpose, RingKey},
    },
};

use super::hunter::{Hunter, Writes, after, event, hourly, number, tag};

pub(super) const WRITES: &[&str] = &[
    "console.resend",
    "console.send",
    "console.change_opt_out",
    "console.record",
    "privacy.record",
    "admins.create",
    "admins.commit",
    "admin_sessions.begin",
    "admin_sessions.seen",
    "admin_sessions.end",
    "limits.take",
    "limits.give_back",
    "requests.claim",
    "requests.settle",
    "requests.forget",
    "keys.remember",
    "keys.replace",
    "keys.void",
    "health.ping_writer",
];

/// How many a limit lets through, of about three times as many that ask.
const QUOTA: u32 = 7;

impl<S: Writes> Hunter<S> {
    pub(super) async fn write_for_console(&self, name: &str) -> Result<(), Fault> {
        let store = self.store();
        match name {
            "console.resend" => self.resend().await,
            "console.send" => self.send().await,
            "console.change_opt_out" => {
                let change = self.opt_out(self.phone());
                store
                    .change_opt_out(change, Vec::new(), event("hunt.opt_out"))
                    .await
                    .map(drop)
            }
            "console.record" | "privacy.record" => self.record(name).await,
            "limits.take" => self.take().await,
            "limits.give_back" => {
                store
                    .give_back(vec![hourly("hunt.texts", self.below(6), 1)], self.now())
                    .await
            }
            "requests.claim" => self.claim().await,
            "requests.settle" => {
                let answer = KeptAnswer {
                    status: 201,
                    body: "{}".to_owned(),
                };
                IdempotencyStore::settle(store, request(self.ledger.shared("settled", 3)), Some(answer)).await
            }
            "requests.forget" => IdempotencyStore::forget(store, after(0)).await.map(drop),
            "health.ping_writer" => store.ping_writer().await,
            ring if ring.starts_with("keys.") => self.write_ring(ring).await,
            _ => self.write_admins(name).await,
        }
    }

    async fn write_ring(&self, name: &str) -> Result<(), Fault> {
        let store = self.store();
        let key = || RingKey {
            id: format!("k{}", self.below(5)),
            purpose: KeyPurpose::Token,
            born_at: after(0),
        };
        match name {
            "keys.remember" if self.one_in(2) => {
                store
                    .remember(RingChange::dropped(vec![key().id], self.now()))
                    .await
            }
            "keys.remember" => {
                store
                    .remember(RingChange::seen(vec![key(), key()], self.now()))
                    .await
            }
            "keys.replace" => store.replace(vec![key()], event("hunt.keys_replaced")).await,
            // It ends everything that others work with.
            _ if self.one_in(8) => store.void(self.now()).await.map(drop),
            _ => Ok(()),
        }
    }

    async fn resend(&self) -> Result<(), Fault> {
        let Some(text) = self.ledger.state().given_up.pop() else {
            return Ok(());
        };
        self.store()
            .resend(text, self.now(), event("hunt.resend"))
            .await
            .map(drop)
    }

    async fn send(&self) -> Result<(), Fault> {
        // A form that is sent twice has the same number.
        let form = self.ledger.shared("sent", 2);
        let mut text = self.text(number(usize::try_from(form % 6).unwrap()));
        text.tag = tag(u64::MAX - form);
        let name = text.tag;
        if self.store().send(text, event("hunt.send")).await? == Queueing::Queued {
            self.ledger.happens(&format!("the text {name:?} is queued"), 1);
        }
        Ok(())
    }

    async fn record(&self, name: &str) -> Result<(), Fault> {
        let number = self.ledger.next();
        let event = event("hunt.record").with("number", number);
        if name == "privacy.record" {
            PrivacyStore::record(self.store(), event).await?;
        } else {
            AdminActions::record(self.store(), event).await?;
        }
        self.ledger.state().recorded.insert(number);
        Ok(())
    }

    /// About twenty ask at the same time, under two limits in either order.
    async fn take(&self) -> Result<(), Fault> {
        let subject = self.ledger.shared("taken", 20);
        let narrow = hourly("hunt.narrow", usize::try_from(subject).unwrap(), QUOTA);
        let mut limits = vec![narrow, hourly("hunt.texts", self.below(6), 100_000)];
        if self.one_in(2) {
            limits.reverse();
        }
        let taken = self.store().take(limits, self.now(), Vec::new()).await?;
        if taken == Verdict::Allowed {
            self.ledger
                .happens(&format!("limit {subject} lets one through"), QUOTA);
        }
        Ok(())
    }

    async fn claim(&self) -> Result<(), Fault> {
        let number = self.ledger.shared("claimed", 3);
        if self.store().claim(request(number), self.now()).await? == Claim::Fresh {
            self.ledger.happens(&format!("request {number} is new"), 1);
        }
        Ok(())
    }

    async fn write_admins(&self, name: &str) -> Result<(), Fault> {
        let store = self.store();
        let of_console = AdminName::parse(["ada", "grace", "mary"][self.below(3)]).unwrap();
        if name == "admins.create" {
            return store.create(self.new_admin(of_console)).await.map(drop);
        }
        let Some(admin) = store.by_name(&of_console).await? else {
            return Ok(());
        };
        match name {
            "admins.commit" => self.change_admin(&admin).await,
            "admin_sessions.begin" => store.begin(self.new_session(&admin)).await.map(drop),
            "admin_sessions.seen" => store.seen(self.session(), self.now()).await,
            _ => AdminSessions::end(store, self.session(), event("hunt.signed_out")).await,
        }
    }

    fn new_admin(&self, name: AdminName) -> NewAdmin {
        NewAdmin {
            tag: tag(self.ledger.next()),
            name,
            role: Role::Operator,
            password: PasswordHash::from_stored("hash"),
            created_at: after(0),
            audit: event("hunt.admin"),
        }
    }

    async fn change_admin(&self, admin: &Admin) -> Result<(), Fault> {
        let mut state = admin.clone();
        state.password = PasswordHash::from_stored(format!("hash {}", self.ledger.next()));
        let commit = AdminCommit {
            change: Change {
                replaces: admin.revision,
                state,
            },
            at: self.now(),
            spends: None,
            recovery: self.one_in(4).then(|| vec![self.digest()]),
            clears: vec![hourly("hunt.sign_in", self.below(3), 0).key],
            ends_sessions: self.one_in(4),
            audit: vec![event("hunt.admin_changed")],
        };
        if AdminStore::commit(self.store(), commit).await? == Commit::Stored(()) {
            let replaced = format!("admin {:?} is replaced at {:?}", admin.id, admin.revision);
            self.ledger.happens(&replaced, 1);
        }
        Ok(())
    }

    /// One of the last few that were begun.
    fn session(&self) -> TokenDigest {
        let begun = &self.ledger.state().console;
        let last = &begun[begun.len().saturating_sub(8)..];
        self.among(last).copied().unwrap_or_else(|| self.digest())
    }

    fn new_session(&self, admin: &Admin) -> NewAdminSession {
        let digest = self.digest();
        self.ledger.state().console.push(digest);
        NewAdminSession {
            session: AdminSession {
                digest,
                admin: admin.id,
                complete: true,
                created_at: self.now(),
                last_seen_at: self.now(),
                expires_at: after(3_600),
            },
            replaces: self.one_in(2).then(|| self.session()),
            spends: None,
            limits: vec![hourly("hunt.sign_in", self.below(3), 100_000)],
            counted_at: self.now(),
            clears: self
                .one_in(4)
                .then(|| hourly("hunt.sign_in", self.below(3), 0).key),
            audit: event("hunt.signed_in"),
        }
    }
}

fn request(number: u64) -> KeyedRequest {
    KeyedRequest {
        // No write deletes this account, and its keys with it.
        owner: Owner::Account(AccountId::from_stored(1_000_000_000)),
        route: "POST /api/user/checkins",
        key: IdempotencyKey::parse(&format!("key-{number}")).unwrap(),
        digest: RequestDigest::of(b"body"),
    }
}
