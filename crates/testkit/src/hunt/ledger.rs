//! What was acknowledged, and what must not have been.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use thunderbird_domain::{
    id::{MessageId, UserId},
    mail::outbox::LeasedMail,
    port::Fault,
    secret::TokenDigest,
    sms::outbox::LeasedText,
};

/// What the tasks of a hunt have seen together.
#[derive(Default)]
pub struct Ledger {
    numbers: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    /// How often each write was acknowledged.
    acknowledged: BTreeMap<&'static str, u64>,
    /// The first words of faults, with the write.
    faults: BTreeMap<String, u64>,
    shared: BTreeMap<&'static str, u64>,
    happened: BTreeMap<String, u32>,
    handed_out: BTreeSet<String>,
    violations: BTreeSet<String>,
    /// Events that were recorded for sure.
    pub(super) recorded: BTreeSet<u64>,
    /// Texts that came in for sure, by their sids.
    pub(super) received: BTreeSet<String>,
    /// First attempts of texts that were handed out.
    pub(super) claimed: u64,
    pub(super) texts: Vec<LeasedText>,
    pub(super) mails: Vec<LeasedMail>,
    /// Texts that were taken over, with their sids.
    pub(super) taken_over: Vec<(MessageId, String)>,
    /// Sessions of the console.
    pub(super) console: Vec<TokenDigest>,
    /// Hikers, some of whom have gone.
    pub(super) hikers: Vec<UserId>,
    /// Texts that were given up.
    pub(super) given_up: Vec<MessageId>,
}

impl Ledger {
    /// A number that no other write gets.
    pub(super) fn next(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// A number that the next so many of a kind get, at about the same time.
    pub(super) fn shared(&self, kind: &'static str, times: u64) -> u64 {
        let mut state = self.state();
        let number = state.shared.entry(kind).or_default();
        *number += 1;
        (*number - 1) / times
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("no hunter panics while it holds the ledger")
    }

    pub(super) fn acknowledged(&self, name: &'static str) {
        *self.state().acknowledged.entry(name).or_default() += 1;
    }

    pub(super) fn failed(&self, name: &str, fault: &Fault) {
        *self
            .state()
            .faults
            .entry(format!("{:?}, {name}: {fault:?}", fault.retry()))
            .or_default() += 1;
    }

    /// Notes what may happen so many times.
    pub(super) fn happens(&self, what: &str, at_most: u32) {
        let mut state = self.state();
        let times = state.happened.entry(what.to_owned()).or_default();
        *times += 1;
        if *times > at_most {
            let times = *times;
            state.violations.insert(format!("{what}: {times} times"));
        }
    }

    /// Notes that somebody has this to send, who must be alone.
    pub(super) fn hands_out(&self, what: &str) {
        let mut state = self.state();
        if !state.handed_out.insert(what.to_owned()) {
            state
                .violations
                .insert(format!("{what} is handed out twice at a time"));
        }
    }

    /// Notes that this may be handed out again from now on.
    pub(super) fn takes_back(&self, what: &str) {
        self.state().handed_out.remove(what);
    }

    /// How many writes were acknowledged.
    pub fn total(&self) -> u64 {
        self.state().acknowledged.values().sum()
    }

    /// Whether this write was acknowledged at least once.
    pub fn has_seen(&self, name: &str) -> bool {
        self.state().acknowledged.contains_key(name)
    }

    /// The faults, each with how often it came.
    pub fn faults(&self) -> Vec<String> {
        let state = self.state();
        let faults = state.faults.iter();
        faults
            .map(|(fault, times)| format!("{times} × {fault}"))
            .collect()
    }

    /// What happened more often than it may.
    pub fn violations(&self) -> Vec<String> {
        self.state().violations.iter().cloned().collect()
    }

    /// The numbers of the events whose recording was acknowledged.
    pub fn recorded(&self) -> BTreeSet<u64> {
        self.state().recorded.clone()
    }

    /// The sids of the texts whose storing was acknowledged.
    pub fn received(&self) -> BTreeSet<String> {
        self.state().received.clone()
    }

    /// How many texts were handed out for the first time.
    pub fn claimed(&self) -> u64 {
        self.state().claimed
    }
}
