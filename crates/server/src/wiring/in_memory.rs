//! The whole service over the memory store.

use std::{sync::Arc, time::Duration};

use thunderbird_adapters::store::{Store, migrate};
use thunderbird_domain::{
    account::{AccountRules, MailLinks},
    phone::CodeLimits,
    phone_number::{PhoneNumber, Region, TextableRegions},
    sms::{case::SmsRules, deliver::SendingPolicy, keyword::CarrierKeywords, price::Price},
};
use thunderbird_testkit::{
    catalogue::MemoryCatalogue,
    clock::StoppedClock,
    crypto::{InstantHasher, PlainSealer, RememberingTokens, TestMacs},
    entropy::SeededEntropy,
    gateway::RecordingGateway,
    memory::MemoryStore,
};

use super::{
    Ports, Rules,
    account::AccountPorts,
    compose,
    console::{ConsolePorts, ConsoleRules},
    gateway::Texts,
    mail::Mails,
};
use crate::http::app::{App, Edge};

/// The whole service over the memory store, for tests of the HTTP layer.
pub fn in_memory() -> App {
    in_memory_with(&MemoryStore::default(), StoppedClock::default())
}

/// The same over a store and a clock that the test keeps.
///
/// # Panics
///
/// When no database can be made for the console's questions.
pub fn in_memory_with(store: &MemoryStore, clock: StoppedClock) -> App {
    let ports = Ports {
        accounts: AccountPorts::on(&Arc::new(store.clone()), Arc::new(RememberingTokens::default())),
        bodies: Arc::new(PlainSealer),
        catalogue: Arc::new(MemoryCatalogue::tasmania()),
        clock: Arc::new(clock),
        console: ConsolePorts::on(&Arc::new(scratch_store())),
        entropy: Arc::new(SeededEntropy::default()),
        hasher: Arc::new(InstantHasher::default()),
        inbox: Arc::new(store.clone()),
        limiter: Arc::new(store.clone()),
        macs: Arc::new(TestMacs::default()),
        mail_outbox: Arc::new(store.clone()),
        mails: Mails::default(),
        outbox: Arc::new(store.clone()),
        idempotency: Arc::new(store.clone()),
        message_log: Arc::new(store.clone()),
        opt_outs: Arc::new(store.clone()),
        phones: Arc::new(store.clone()),
        simulator: None,
        store_health: Arc::new(store.clone()),
        texts: Texts::to(Arc::new(RecordingGateway::default())),
        users: Arc::new(store.clone()),
    };
    let au = Region::parse("AU").expect("a region");
    let rules = Rules {
        console: ConsoleRules {
            region: au,
            textable: TextableRegions::new(vec![au]),
            failures_per_source: 20,
        },
        sending: SendingPolicy {
            regions: TextableRegions::new(vec![au]),
            per_day: 2_000,
            segment_price: Price::parse("AUD 0.0515").expect("a price"),
        },
        sms: SmsRules {
            region: au,
            textable: TextableRegions::new(vec![au]),
            carrier_keywords: CarrierKeywords::Own,
            answers_per_hour: 10,
        },
        accounts: AccountRules {
            registration_open: true,
            access_token_life: Duration::from_mins(30),
            registrations_per_hour: 10,
            login_failures_per_10_min: 20,
            resets_per_hour: 3,
            mail: Some(MailLinks::new("https://hike.example.org")),
        },
        codes: CodeLimits::default(),
        our_number: PhoneNumber::simulator(),
    };
    compose(ports, rules, Edge::default())
}

/// An empty database of its own, for the console's questions, which are SQL and nothing else.
fn scratch_store() -> Store {
    let path = tempfile::tempdir().expect("a folder").keep().join("console.db");
    migrate::up(&path).expect("a fresh database");
    Store::open(&path).expect("a database")
}
