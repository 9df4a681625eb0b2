//! The watchdog outside.

use thunderbird_adapters::watchdog::HttpWatchdog;
use thunderbird_domain::{deadline::Watchdog, secret::Secret};
use thunderbird_testkit::{
    contract::{self, WatchdogBench},
    watchdog::{Ear, FakeWatchdog, MemoryWatchdog},
};

/// The real client in front of a server that can misbehave.
struct Http {
    server: FakeWatchdog,
    client: HttpWatchdog,
}

impl WatchdogBench for Http {
    fn watchdog(&self) -> &dyn Watchdog {
        &self.client
    }

    fn set(&self, ear: Ear) {
        self.server.set(ear);
    }

    fn heard(&self) -> usize {
        self.server.asked().len()
    }
}

/// The one that only counts.
struct Memory(MemoryWatchdog);

impl WatchdogBench for Memory {
    fn watchdog(&self) -> &dyn Watchdog {
        &self.0
    }

    fn set(&self, ear: Ear) {
        self.0.set(ear);
    }

    fn heard(&self) -> usize {
        self.0.heard()
    }
}

#[tokio::test]
async fn http_keeps_the_contract_of_a_watchdog() {
    contract::watchdog(async || {
        let server = FakeWatchdog::start().await;
        let client = HttpWatchdog::new(Secret::new(server.url())).unwrap();
        Http { server, client }
    })
    .await;
}

#[tokio::test]
async fn memory_keeps_the_contract_of_a_watchdog() {
    contract::watchdog(async || Memory(MemoryWatchdog::default())).await;
}

#[tokio::test]
async fn a_fault_does_not_repeat_the_address() {
    let url = FakeWatchdog::start().await.url();
    let client = HttpWatchdog::new(Secret::new(url)).unwrap();
    let fault = client.ping().await.unwrap_err();
    assert!(!format!("{fault:?} {fault}").contains("0f1e2d3c"), "{fault:?}");
}
