//! A watchdog outside hears of us while promises are watched in time.

use std::time::Duration;

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_testkit::{
    eventually_holds,
    watchdog::{Ear, FakeWatchdog},
};

use crate::moved_clock::Trip;

const MINUTE: Duration = Duration::from_secs(61);

impl Trip {
    async fn says(&self, event: &str) {
        eventually_holds(event, async || self.world.service.output().contains(event)).await;
    }

    /// A promise that cannot be read stays due for ever.
    pub(crate) fn writes_that_it_cannot_be_read(&self) {
        self.writes("UPDATE deadlines SET zone = 'Nowhere/At_All', next_due_at = 1");
    }

    fn writes(&self, change: &str) {
        let path = self.world.service.database();
        let mut db = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        db.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
        db.batch_execute(change).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_watchdog_hears_of_us_each_minute_and_nothing_while_a_stage_is_late() {
    let watchdog = FakeWatchdog::start().await;
    let heard = async |count: usize| {
        eventually_holds(&format!("sign of life number {count}"), async || {
            watchdog.asked().len() >= count
        })
        .await;
    };
    let settings = [
        ("THUNDERBIRD_WATCHDOG_URL", &*watchdog.url()),
        ("THUNDERBIRD_METRICS_BIND", "127.0.0.1:0"),
    ];
    let mut trip = Trip::begin_with(&settings).await;
    heard(1).await;
    trip.sam.text("OUT THU 6PM").await;
    trip.passes(MINUTE);
    heard(2).await;
    assert_eq!(watchdog.asked()[1], "GET /ping/0f1e2d3c HTTP/1.1");
    trip.writes_that_it_cannot_be_read();
    let before = watchdog.asked().len();
    trip.passes(MINUTE);
    trip.says("watchdog.withheld").await;
    trip.passes(MINUTE);
    let withheld = "watchdog_pings_total{outcome=\"withheld\"}";
    trip.world.service.shows(withheld, "2").await;
    assert_eq!(watchdog.asked().len(), before, "a stage is late");
    trip.writes("UPDATE deadlines SET zone = 'Australia/Hobart', next_due_at = 9000000000000000");
    trip.passes(MINUTE);
    heard(before + 1).await;
    watchdog.set(Ear::Answers(500));
    trip.passes(MINUTE);
    trip.says("watchdog.unheard").await;
    let output = trip.world.service.output();
    assert!(!output.contains("0f1e2d3c"), "the address is a secret");
}
