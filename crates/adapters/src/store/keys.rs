//! The aggregates that a write decides about.
//!
//! SQLite has one writer, so a write sees everything that was stored before it, and an engine for SQLite drops these
//! keys unread. An engine with several writers locks the number of each key, in ascending order, before the write reads
//! anything. The numbers are a protocol between versions that run at the same time: they must never change.

use sha2::{Digest as _, Sha256};
use thunderbird_domain::{
    id::{AccountId, AdminId},
    idempotency::{KeyedRequest, Owner},
    limit::LimitKey,
};

/// One aggregate that a write decides about, borrowed from what the write is given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key<'a> {
    /// What belongs to a phone number: its hiker, conversation, link, opt-out and newest text.
    Phone(&'a str),
    /// A text as its provider names it.
    Sid(&'a str),
    /// An account with its sessions, codes and words.
    Account(AccountId),
    /// The number of codes that the whole service sends in an hour.
    Codes,
    /// One counter of a limit.
    Limit(&'a LimitKey),
    /// An administrator of the console.
    Admin(AdminId),
    /// The key ring's ids.
    Ring,
    /// A client's idempotency key.
    Request(&'a KeyedRequest),
    /// The queue of one class of texts, by the class's word.
    Queue(&'static str),
    /// The queue of mails.
    Mails,
    /// The queue of pages, and what they have reported.
    Pages,
    /// The calls to contacts.
    Calls,
    /// One text that we sent.
    Text(i64),
    /// The audit log, for the process that seals it.
    AuditLog,
}

/// Why a write needs no key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unkeyed {
    /// A unique index refuses the second of two.
    UniqueIndex,
    /// The statement that changes a row also compares what it replaces.
    OneStatement,
    /// It only adds rows, about which no other write decides.
    Appends,
    /// It takes whichever rows are due, at most a few hundred, and taking one twice changes nothing.
    Sweep,
    /// It changes nothing.
    NoChange,
}

/// The lock's number: the first eight bytes of SHA-256 over the kind and the name, every part preceded by its length.
impl From<Key<'_>> for i64 {
    fn from(key: Key<'_>) -> Self {
        match key {
            Key::Phone(phone) => number("phone", [phone.as_bytes()]),
            Key::Sid(sid) => number("sid", [sid.as_bytes()]),
            Key::Account(id) => number("account", [&id.get().to_be_bytes()]),
            Key::Codes => number("codes", []),
            Key::Limit(limit) => number("limit", [limit.scope().as_bytes(), limit.subject()]),
            Key::Admin(id) => number("admin", [&id.get().to_be_bytes()]),
            Key::Ring => number("ring", []),
            Key::Request(request) => {
                let (owner, id) = match request.owner {
                    Owner::Account(id) => ("account", id.get()),
                    Owner::Admin(id) => ("admin", id.get()),
                };
                let (route, key) = (request.route.as_bytes(), request.key.as_str().as_bytes());
                number("request", [owner.as_bytes(), &id.to_be_bytes(), route, key])
            }
            Key::Queue(class) => number("queue", [class.as_bytes()]),
            Key::Mails => number("mails", []),
            Key::Pages => number("pages", []),
            Key::Calls => number("calls", []),
            Key::Text(id) => number("text", [&id.to_be_bytes()]),
            Key::AuditLog => number("audit log", []),
        }
    }
}

fn number<const PARTS: usize>(kind: &str, name: [&[u8]; PARTS]) -> i64 {
    let mut hasher = Sha256::new();
    for part in [kind.as_bytes()].into_iter().chain(name) {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part);
    }
    let digest = hasher.finalize();
    digest
        .first_chunk()
        .map_or(0, |first: &[u8; 8]| i64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use thunderbird_domain::{
        id::{AccountId, AdminId},
        limit::LimitKey,
    };

    use super::Key;

    /// Computed by hand: two versions that run at the same time must lock the same numbers.
    #[test]
    fn the_number_of_a_key_never_changes() {
        let limit = LimitKey::new("login.source", [1, 2]);
        let known = [
            (Key::Phone("+15550100"), -1_913_908_786_848_039_934),
            (Key::Account(AccountId::from_stored(7)), 8_277_980_129_281_958_365),
            (Key::Codes, -8_355_380_412_182_733_643),
            (Key::Limit(&limit), -43_921_350_508_699_234),
            (Key::Queue("safety"), 237_436_227_971_242_104),
        ];
        for (key, expected) in known {
            assert_eq!(i64::from(key), expected, "{key:?}");
        }
    }

    #[test]
    fn equal_names_of_different_kinds_have_different_numbers() {
        let (first, second) = (LimitKey::new("a", *b"bc"), LimitKey::new("ab", *b"c"));
        let keys = [
            Key::Account(AccountId::from_stored(1)),
            Key::Admin(AdminId::from_stored(1)),
            Key::Text(1),
            Key::Phone("1"),
            Key::Queue("1"),
            Key::Codes,
            Key::Ring,
            Key::Mails,
            Key::Pages,
            Key::Calls,
            Key::AuditLog,
            Key::Limit(&first),
            Key::Limit(&second),
        ];
        let numbers: BTreeSet<i64> = keys.into_iter().map(i64::from).collect();
        assert_eq!(numbers.len(), keys.len());
    }
}
