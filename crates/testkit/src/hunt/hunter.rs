//! One task that writes, and the small pools that its values come from.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    account::{AccountStore, MailTokenStore, SessionStore},
    admin::{AdminActions, AdminSessions, AdminStore},
    audit::{Actor, AuditEvent, Subject},
    deadline::DeadlineStore,
    health::StoreHealth,
    idempotency::IdempotencyStore,
    limit::{Limit, LimitKey, Quota, RateLimiter, Rule},
    mail::outbox::MailPayload,
    outbox::port::Outbox,
    phone::PhoneStore,
    phone_number::PhoneNumber,
    privacy::PrivacyStore,
    random::{Tag, uniform_below},
    sms::{
        inbound::Inbox,
        outbox::{DeliveryReports, TextPayload},
    },
    time::Timestamp,
    token::key_memory::KeyMemory,
    user::UserStore,
};

use super::ledger::Ledger;
use crate::entropy::SeededEntropy;

/// Defines [`Writes`] from the ports that write.
macro_rules! writes {
    ($($port:path),+ $(,)?) => {
        /// Everything that writes.
        pub trait Writes: Clone + 'static $(+ $port)+ {}

        impl<S> Writes for S where S: Clone + 'static $(+ $port)+ {}
    };
}

writes! {
    AccountStore,
    AdminActions,
    AdminSessions,
    AdminStore,
    DeadlineStore,
    DeliveryReports,
    IdempotencyStore,
    Inbox,
    KeyMemory,
    MailTokenStore,
    Outbox<MailPayload>,
    Outbox<TextPayload>,
    PhoneStore,
    PrivacyStore,
    RateLimiter,
    SessionStore,
    StoreHealth,
    UserStore,
}

/// When everything happens; no lease, code or session runs out meanwhile.
const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// One task that writes.
pub(super) struct Hunter<S> {
    pub(super) stores: Vec<S>,
    pub(super) dice: SeededEntropy,
    pub(super) ledger: Arc<Ledger>,
}

impl<S: Writes> Hunter<S> {
    pub(super) fn store(&self) -> &S {
        &self.stores[self.below(self.stores.len())]
    }

    pub(super) fn below(&self, bound: usize) -> usize {
        usize::try_from(uniform_below(&self.dice, u32::try_from(bound).unwrap())).unwrap()
    }

    pub(super) fn one_in(&self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(super) fn among<'a, T>(&self, some: &'a [T]) -> Option<&'a T> {
        (!some.is_empty()).then(|| &some[self.below(some.len())])
    }

    pub(super) fn phone(&self) -> PhoneNumber {
        number(self.below(6))
    }

    pub(super) fn now(&self) -> Timestamp {
        after(self.below(30))
    }
}

pub(super) fn number(last: usize) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+614915700{last:02}")).unwrap()
}

pub(super) fn after(seconds: usize) -> Timestamp {
    START.plus(Duration::from_secs(u64::try_from(seconds).unwrap()))
}

/// A tag that only this number has.
pub(super) fn tag(number: u64) -> Tag {
    let mut bytes = [7; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Tag::from_bytes(bytes)
}

pub(super) fn event(action: &'static str) -> AuditEvent {
    AuditEvent::new(START, Actor::System, action, Subject::Service)
}

pub(super) fn hourly(scope: &'static str, subject: usize, events: u32) -> Limit {
    let per = Duration::from_hours(1);
    Limit {
        key: LimitKey::new(scope, subject.to_be_bytes()),
        rule: Rule::Quota(Quota { events, per }),
    }
}
