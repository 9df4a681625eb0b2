//! Random histories of links, transfers, releases, registrations and restarts against a model: a number has at most one
//! account and an account one number, and a hiker's account is always that of the number's live link.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod model;
mod world;

use std::path::Path;

use proptest::{collection::vec, prelude::*, test_runner::Config};
use thunderbird_adapters::store::{Store, migrate};
use thunderbird_testkit::memory::MemoryStore;

use crate::world::{World, live};

const ACCOUNTS: usize = 3;
const PHONES: usize = 3;

/// One step of a history; the numbers choose an account and a phone.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A code is texted and typed.
    LinkByCode(usize, usize),
    /// A code is texted and another one typed.
    GuessWrong(usize, usize),
    /// Words are texted and confirmed.
    LinkByWords(usize, usize),
    /// Words are texted and never confirmed.
    BeginByWords(usize, usize),
    /// The account lets its phone go.
    ReleaseOnWeb(usize),
    /// The phone leaves its account.
    ReleaseByText(usize),
    /// A hiker texts START.
    Register(usize),
    /// The service starts again.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let (account, phone) = (0..ACCOUNTS, 0..PHONES);
    let pair = (account.clone(), phone.clone());
    prop_oneof![
        4 => pair.clone().prop_map(|(account, phone)| Step::LinkByCode(account, phone)),
        1 => pair.clone().prop_map(|(account, phone)| Step::GuessWrong(account, phone)),
        4 => pair.clone().prop_map(|(account, phone)| Step::LinkByWords(account, phone)),
        1 => pair.prop_map(|(account, phone)| Step::BeginByWords(account, phone)),
        2 => account.prop_map(Step::ReleaseOnWeb),
        2 => phone.clone().prop_map(Step::ReleaseByText),
        4 => phone.prop_map(Step::Register),
        1 => Just(Step::Restart),
    ]
}

fn opened(path: &Path) -> Store {
    migrate::up(path).unwrap();
    Store::open(path).unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    #[test]
    fn in_memory_every_history_agrees_with_the_model(steps in vec(step(), 1..40)) {
        block_on(async { live(World::new(MemoryStore::default()).await, &steps, || None).await });
    }
}

proptest! {
    #![proptest_config(Config { cases: 40, failure_persistence: None, ..Config::default() })]

    #[test]
    fn in_sqlite_every_history_agrees_with_the_model(steps in vec(step(), 1..25)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("thunderbird.db");
        block_on(async { live(World::new(opened(&path)).await, &steps, || Some(opened(&path))).await });
    }
}
