//! A trip in a world whose clocks the test moves: the machine's, the one that counts the time that passes, and Twilio's.

use std::{fs, process::Command, time::Duration};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use thunderbird_adapters::clock::SystemClock;
use thunderbird_domain::time::{Clock as _, Timestamp};
use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::FakeTwilio,
    service::{
        Contact, Hiker, Service, Webhook, World,
        phones::{DAD, MUM, SAM},
    },
};

use crate::BINARY;

/// Stands between the service and the C library. The file `clock` says by how many seconds the time of day is ahead, and
/// by how many the time that passes.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, id, now);
    if (id != CLOCK_REALTIME && id != CLOCK_MONOTONIC) return result;
    char text[64] = {0};
    int file = syscall(SYS_openat, AT_FDCWD, "clock", O_RDONLY | O_CLOEXEC);
    if (file < 0) return result;
    long length = syscall(SYS_read, file, text, sizeof text - 1);
    syscall(SYS_close, file);
    if (length <= 0) return result;
    char *rest = text;
    long long wall = strtoll(rest, &rest, 10), passed = strtoll(rest, &rest, 10);
    now->tv_sec += id == CLOCK_REALTIME ? wall : passed;
    return result;
}
"#;

/// Thursday, 10 January 2030, 8 o'clock in Hobart.
const MORNING: &str = "2030-01-10T08:00:00+11:00";

fn instant(at: &str) -> Timestamp {
    let at: jiff::Timestamp = at.parse().unwrap();
    Timestamp::from_micros(at.as_microsecond())
}

/// An instant of that day, such as `18:40`.
pub fn day(time: &str) -> Timestamp {
    on(10, time)
}

/// An instant of another day of that month.
pub fn on(day: usize, time: &str) -> Timestamp {
    instant(&format!("2030-01-{day}T{time}:00+11:00"))
}

/// A hiker with two contacts, in a world whose clock the test moves.
pub struct Trip {
    pub world: World,
    pub sam: Hiker,
    pub mum: Contact,
    pub dad: Contact,
    /// By how many seconds the true time is ahead of the real one.
    truth: i64,
    /// By how many the machine's clock is ahead of the real time.
    wall: i64,
    passed: i64,
    /// By how many seconds Twilio's dates are ahead of the true time; nothing if its answers have no date.
    dates: Option<i64>,
}

impl Trip {
    pub async fn begin() -> Self {
        Self::begin_with(&[]).await
    }

    /// The same with these settings.
    pub async fn begin_with(settings: &[(&str, &str)]) -> Self {
        let builder = Service::builder(BINARY);
        let (source, shim) = (builder.folder().join("shim.c"), builder.folder().join("shim.so"));
        fs::write(&source, SHIM).unwrap();
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&shim, &source])
            .status();
        assert!(made.unwrap().success());
        let wall = instant(MORNING).as_seconds() - SystemClock.now().as_seconds();
        fs::write(builder.folder().join("clock"), format!("{wall} 0")).unwrap();
        let builder = builder
            .env("LD_PRELOAD", shim.to_str().unwrap())
            .env("THUNDERBIRD_CARRIER_KEYWORDS", "own");
        let builder = settings
            .iter()
            .fold(builder, |builder, (name, value)| builder.env(name, value));
        let twilio = FakeTwilio::start().await;
        twilio.dates_ahead(Some(wall));
        let world = World::around_twilio(builder, twilio).await;
        let (sam, mum, dad) = (world.hiker(SAM), world.contact(MUM), world.contact(DAD));
        let sam = sam.registered().await;
        sam.text("SAFE 0491570110 Mum").await;
        sam.text("SAFE 0491570313 Dad").await;
        Self {
            world,
            sam,
            mum,
            dad,
            truth: wall,
            wall,
            passed: 0,
            dates: Some(0),
        }
    }

    /// The same with a promise to be out by 6 pm, of which all is asked that is asked.
    pub async fn asked() -> Self {
        let mut trip = Self::begin().await;
        let set = trip.sam.says("OUT THU 6PM").await;
        assert!(set.starts_with("Set: out by Thu 10 Jan 6:00 pm"), "{set}");
        trip.goes_through_every_question().await;
        trip
    }

    /// The true time goes on until the last question was asked; each is asked when it is due.
    pub async fn goes_through_every_question(&mut self) {
        for (time, part) in [
            ("17:01", "you are due out by"),
            ("18:01", "we have not heard that you are out"),
            ("18:31", "Last question"),
        ] {
            self.moves_to(day(time));
            self.sam.texts_with(part, 1).await;
        }
    }

    /// The true time.
    pub fn now(&self) -> Timestamp {
        let now = SystemClock.now().as_micros() + self.truth * 1_000_000;
        Timestamp::from_micros(now)
    }

    /// Lets time pass: every clock goes on.
    pub fn passes(&mut self, span: Duration) {
        let seconds = i64::try_from(span.as_secs()).unwrap();
        self.passed += seconds;
        self.sleeps(span);
    }

    /// Lets the machine sleep: what counts the time that passes stands still.
    pub fn sleeps(&mut self, span: Duration) {
        let seconds = i64::try_from(span.as_secs()).unwrap();
        self.truth += seconds;
        self.twilio_shows(self.dates);
        self.steps(seconds);
    }

    /// Lets Twilio's answers show a time that is this many seconds ahead of the true one, or none.
    pub fn twilio_shows(&mut self, ahead: Option<i64>) {
        self.dates = ahead;
        self.world
            .twilio
            .dates_ahead(ahead.map(|ahead| self.truth + ahead));
    }

    /// Sets the machine's clock, this many seconds ahead or back.
    pub fn steps(&mut self, seconds: i64) {
        self.wall += seconds;
        let folder = self.world.service.folder();
        let (next, clock) = (folder.join("clock.next"), folder.join("clock"));
        fs::write(&next, format!("{} {}", self.wall, self.passed)).unwrap();
        fs::rename(&next, &clock).unwrap();
    }

    pub fn moves_to(&mut self, at: Timestamp) {
        self.passes(at.since(self.now()));
    }

    /// A text of Sam's that Twilio has received, and whose webhook was not delivered.
    pub fn misses(&self, body: &str, at: Timestamp) -> Webhook {
        let text = self.sam.webhook(body);
        self.world.twilio.keeps(&text.form, at);
        text
    }

    /// Waits until Twilio was asked for its list this often.
    pub async fn lists(&self, count: usize) {
        eventually_holds("another look at the list", async || {
            self.world.twilio.list_queries().len() >= count
        })
        .await;
    }

    pub fn listed(&self) -> usize {
        self.world.twilio.list_queries().len()
    }

    pub fn count(&self, from: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Number {
            #[diesel(sql_type = BigInt)]
            number: i64,
        }
        let mut db = SqliteConnection::establish(self.world.service.database().to_str().unwrap()).unwrap();
        db.batch_execute("PRAGMA busy_timeout = 20000; PRAGMA query_only = 1")
            .unwrap();
        let query = format!("SELECT count(*) AS number FROM {from}");
        sql_query(query).get_result::<Number>(&mut db).unwrap().number
    }

    pub fn alerts(&self) -> usize {
        let texts = [self.mum.texts(), self.dad.texts()].concat();
        texts.iter().filter(|text| text.contains("ALERT")).count()
    }
}
