//! The whole service over the memory store.

use std::{sync::Arc, time::Duration};

use thunderbird_adapters::store::{Store, migrate};
use thunderbird_domain::{
    account::{AccountRules, MailLinks},
    budget::SendingLimits,
    forecast::ForecastLimits,
    outbox::caps::DailyCap,
    phone::CodeLimits,
    phone_number::{PhoneNumber, Region, TextableRegions},
    sms::{context::SmsRules, deliver::SendingPolicy, keyword::CarrierKeywords, price::Price},
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
    Ports,
    account::AccountPorts,
    compose,
    console::{ConsolePorts, ConsoleRules},
    edge::EdgePorts,
    forecast::ForecastPorts,
    gateway::Texts,
    kernel::KernelPorts,
    mail::{MailPorts, Mails},
    pager::PagerPorts,
    rules::Rules,
    sms::SmsPorts,
    user::UserPorts,
    voice::VoicePorts,
};
use crate::http::app::{App, EdgeSettings};

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
    let store = Arc::new(store.clone());
    let ports = Ports {
        kernel: KernelPorts {
            sealer: Arc::new(PlainSealer),
            routes: Arc::new(MemoryCatalogue::tasmania()),
            limiter: store.clone(),
            hasher: Arc::new(InstantHasher::default()),
            console_hasher: Arc::new(InstantHasher::default()),
            macs: Arc::new(TestMacs::default()),
            clock: Arc::new(clock),
            entropy: Arc::new(SeededEntropy::default()),
        },
        accounts: AccountPorts::on(&store, Arc::new(RememberingTokens::default())),
        phones: store.clone(),
        users: UserPorts::on(&store),
        voice: VoicePorts::on(&store),
        sms: SmsPorts::on(&store, Texts::to(Arc::new(RecordingGateway::default()))),
        forecasts: ForecastPorts {
            store: store.clone(),
            forecasters: Vec::new(),
        },
        mail: MailPorts::on(&store, Mails::default()),
        pager: PagerPorts::on(&store),
        console: ConsolePorts::on(&Arc::new(scratch_store())),
        edge: EdgePorts {
            idempotency: store.clone(),
            store_health: store,
            simulator: None,
        },
    };
    compose(ports, rules(), EdgeSettings::default())
}

/// What an operator would have chosen.
fn rules() -> Rules {
    let au = Region::parse("AU").expect("a region");
    Rules {
        console: ConsoleRules {
            region: au,
            textable: TextableRegions::new(vec![au]),
            failures_per_source: 20,
        },
        forecasts: ForecastLimits::default(),
        sending: SendingPolicy {
            regions: TextableRegions::new(vec![au]),
            cap: DailyCap { per_day: 2_000 },
            segment_price: Price::parse("AUD 0.0515").expect("a price"),
        },
        sms: SmsRules {
            pagers: thunderbird_domain::page::Pagers::default(),
            region: au,
            textable: TextableRegions::new(vec![au]),
            carrier_keywords: CarrierKeywords::Own,
            contacts_page: None,
            answers_per_hour: 10,
            calls: false,
        },
        accounts: AccountRules {
            registration_open: true,
            access_token_life: Duration::from_mins(30),
            registrations_per_hour: 10,
            login_failures_per_10_min: 20,
            sessions_per_hour: 60,
            resets_per_hour: 3,
            mail: Some(MailLinks::new("https://hike.example.org")),
        },
        codes: CodeLimits::default(),
        budgets: SendingLimits::default(),
        our_number: PhoneNumber::simulator(),
    }
}

/// An empty database of its own, for the console's questions, which are SQL and nothing else.
fn scratch_store() -> Store {
    let path = tempfile::tempdir().expect("a folder").keep().join("console.db");
    migrate::up(&path).expect("a fresh database");
    Store::open(&path).expect("a database")
}
