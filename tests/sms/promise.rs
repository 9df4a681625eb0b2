//! A promise through the real binary, on a clock that is moved: signed texts in, and what each phone of the simulator
//! receives, in order.

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use serde_json::Value;
use thunderbird_testkit::{eventually, service::Service};

use crate::BINARY;

pub(crate) const SAM: &str = "+61491570006";
pub(crate) const MUM: &str = "+61491570110";
pub(crate) const DAD: &str = "+61491570313";
pub(crate) const STRANGER: &str = "+61491570156";

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// How many rows there are in the file.
pub(crate) fn count(service: &Service, from: &str) -> i64 {
    let mut db = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    db.batch_execute("PRAGMA busy_timeout = 20000; PRAGMA query_only = 1")
        .unwrap();
    let query = format!("SELECT count(*) AS number FROM {from}");
    sql_query(query).get_result::<Number>(&mut db).unwrap().number
}

/// A hiker with two contacts on Thursday, 10 January 2030, 8 o'clock in Hobart.
pub(crate) struct Trip {
    pub(crate) service: Service,
    cookie: String,
}

impl Trip {
    async fn begin() -> Self {
        Self::begin_with(&[]).await
    }

    /// The same, with these settings.
    pub(crate) async fn begin_with(settings: &[(&str, &str)]) -> Self {
        let builder = Service::builder(BINARY);
        let builder = settings
            .iter()
            .fold(builder, |builder, (name, value)| builder.env(name, value));
        let service = builder.start().await;
        let cookie = service.simulator_cookie().await;
        let trip = Self { service, cookie };
        trip.clock("2030-01-10T08:00:00+11:00").await;
        for body in ["START", "Sam", "1", "SAFE 0491570110 Mum", "SAFE 0491570313 Dad"] {
            trip.says(SAM, body);
        }
        trip
    }

    /// Moves the clock ahead.
    pub(crate) async fn clock(&self, at: &str) {
        let request = self.service.http().post(self.service.url("/simulator/clock"));
        let request = request.query(&[("at", at)]).header("cookie", &self.cookie);
        assert_eq!(request.send().await.unwrap().status(), 200, "{at}");
    }

    /// Moves the clock ahead with a text of somebody else. After a start the clock shows the present again.
    fn moves_on(&self, at: &str) {
        let url = self.service.base_url();
        let output = self
            .service
            .run(&["phone", STRANGER, "HELP", "--at", at, "--url", url]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Texts the service. Returns the answer as one line.
    pub(crate) fn says(&self, from: &str, body: &str) -> String {
        let output = self
            .service
            .run(&["phone", from, body, "--url", self.service.base_url()]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .replace('\n', " ")
    }

    /// Every text that a phone has received.
    pub(crate) async fn texts(&self, phone: &str) -> Vec<String> {
        let request = self.service.http().get(self.service.url("/simulator/events"));
        let query = [("phone", phone), ("after", "0"), ("wait", "0")];
        let answer = request
            .query(&query)
            .header("cookie", &self.cookie)
            .send()
            .await
            .unwrap();
        let read: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let events = read["events"].as_array().unwrap().iter();
        events
            .map(|event| event["body"].as_str().unwrap().replace('\n', " "))
            .collect()
    }

    /// Waits until so many stages have fired.
    async fn has_fired(&self, stages: i64) {
        eventually(&format!("{stages} stages"), async || {
            (count(&self.service, "deadline_stages WHERE outcome = 'fired'") == stages).then_some(())
        })
        .await;
    }

    /// Waits for the moment of a kill around the stage that fires now: at once, and most often before its commit; as soon
    /// as the commit is there, and most often before a text of it has left; and as soon as each of its texts was handed
    /// over, and most often before the answers are stored.
    async fn moment(&self, kill: usize, stages: i64) {
        if kill > 0 {
            self.has_fired(stages).await;
        }
        if kill > 1 {
            eventually("no text waits", async || {
                let waiting = "messages WHERE deadline_id IS NOT NULL AND state = 'queued'";
                (count(&self.service, waiting) == 0).then_some(())
            })
            .await;
        }
    }

    /// The newest text of a phone, as soon as it contains `part`.
    pub(crate) async fn hears(&self, phone: &str, part: &str) -> String {
        eventually(&format!("{part:?} at {phone}"), async || {
            let newest = self.texts(phone).await.pop()?;
            newest.contains(part).then_some(newest)
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_promise_asks_alerts_is_claimed_and_stood_down() {
    let trip = Trip::begin().await;
    let answer = trip.says(SAM, "OUT THU 6PM");
    let (set, _) = answer.split_once(" From any phone: BACK ").unwrap();
    assert_eq!(
        set,
        "Set: out by Thu 10 Jan 6:00 pm AEDT. Not heard by then: we ask you. From 7:00 pm we alert 2 contacts. Not yet ready: Mum, Dad. \
         Out sooner: BACK. Later: LATE 2H."
    );
    trip.clock("2030-01-10T08:03:00+11:00").await;
    trip.hears(
        MUM,
        "Sam plans to be out of the Overland Track by Thu 10 Jan 6:00 pm AEDT",
    )
    .await;
    trip.hears(DAD, "If you will help then, reply READY.").await;
    trip.clock("2030-01-10T17:00:10+11:00").await;
    trip.hears(SAM, "you are due out by 6:00 pm AEDT").await;
    trip.clock("2030-01-10T18:00:10+11:00").await;
    trip.hears(SAM, "it is 6:00 pm AEDT and we have not heard that you are out")
        .await;
    trip.clock("2030-01-10T18:30:10+11:00").await;
    trip.hears(SAM, "Last question").await;
    trip.clock("2030-01-10T19:00:10+11:00").await;
    trip.hears(MUM, "ALERT 1 of 3: Sam is overdue").await;
    trip.hears(DAD, "ALERT 1 of 3: Sam is overdue").await;
    trip.hears(SAM, "we alerted your 2 contacts at 7:00 pm").await;
    let answer = trip.says(MUM, "WHERE");
    assert!(
        answer.contains("Sam is overdue") && answer.contains("Thu 10 Jan 6:00 pm AEDT"),
        "WHERE repeats what was sent, and is no claim: {answer}"
    );
    assert!(
        trip.says(MUM, "ACTING")
            .starts_with("You deal with it; the others are told.")
    );
    trip.hears(DAD, "Mum is acting for Sam").await;
    trip.clock("2030-01-10T20:00:10+11:00").await;
    assert!(trip.says(SAM, "BACK").starts_with("Welcome back."));
    for phone in [MUM, DAD] {
        trip.hears(phone, "STAND DOWN. Sam's phone texted BACK").await;
        let texts = trip.texts(phone).await;
        let alerts = texts.iter().filter(|text| text.contains("ALERT")).count();
        assert_eq!(alerts, 1, "no further alert after ACTING: {texts:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_moment_fires_no_stage_twice_and_loses_none() {
    let mut trip = Trip::begin().await;
    trip.says(SAM, "OUT THU 6PM");
    let stages = [
        "2030-01-10T08:03:00+11:00",
        "2030-01-10T17:00:10+11:00",
        "2030-01-10T18:00:10+11:00",
        "2030-01-10T18:30:10+11:00",
        "2030-01-10T19:00:10+11:00",
        "2030-01-10T20:00:10+11:00",
        "2030-01-10T22:00:10+11:00",
    ];
    for (fired, at) in (1..).zip(stages) {
        for kill in 0..3 {
            trip.moves_on(at);
            trip.moment(kill, fired).await;
            trip.service.kill();
            trip.service.start_again().await;
        }
        trip.moves_on(at);
        trip.has_fired(fired).await;
    }
    assert_eq!(
        count(&trip.service, "deadline_stages WHERE outcome = 'skipped'"),
        0
    );
    for phone in [MUM, DAD] {
        let alerts = format!("messages WHERE class = 'alarm' AND phone = '{phone}'");
        assert_eq!(count(&trip.service, &alerts), 3, "each alert was queued once");
    }
    assert_eq!(
        count(
            &trip.service,
            &format!("messages WHERE direction = 'out' AND phone = '{SAM}' AND body LIKE 'Sam, %'")
        ),
        6
    );
    trip.says(SAM, "BACK");
    let stood_down = "messages WHERE class = 'alarm' AND body LIKE '%STAND DOWN%'";
    assert_eq!(count(&trip.service, stood_down), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_quotes_a_last_word_that_may_mean_the_end_of_the_walk() {
    for (word, quoted) in [
        ("End.", Some("Sam's phone texted END on Thu 10 Jan")),
        ("cancel", Some("Sam's phone texted CANCEL on Thu 10 Jan")),
        ("STOP", None),
    ] {
        let trip = Trip::begin().await;
        trip.says(SAM, "OUT THU 6PM");
        let stopped = trip.says(SAM, word);
        assert!(
            stopped.contains("still watched: BACK ends it"),
            "{word}: {stopped}"
        );
        trip.clock("2030-01-10T18:00:10+11:00").await;
        trip.has_fired(2).await;
        trip.clock("2030-01-10T19:00:10+11:00").await;
        let alert = trip.hears(MUM, "ALERT 1 of 3: Sam is overdue").await;
        assert!(alert.contains("so we could not ask"), "{word}: {alert}");
        match quoted {
            Some(quoted) => assert!(
                alert.contains(quoted) && alert.contains("may mean that Sam finished"),
                "{word}: {alert}"
            ),
            None => assert!(!alert.contains("finished"), "{word}: {alert}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restore_the_hiker_is_asked_again_and_the_alert_says_so() {
    let mut trip = Trip::begin().await;
    trip.says(SAM, "OUT THU 6PM");
    for (at, fired) in [("18:00:10", 2), ("18:30:10", 3)] {
        trip.clock(&format!("2030-01-10T{at}+11:00")).await;
        trip.has_fired(fired).await;
    }
    assert!(trip.service.run(&["backup", "saved.db"]).status.success());
    trip.service.kill();
    let restored = trip.service.run(&["restore", "saved.db", "--yes"]);
    assert!(
        restored.status.success(),
        "{}",
        String::from_utf8_lossy(&restored.stderr)
    );
    assert_eq!(count(&trip.service, "deadlines WHERE restored_at IS NOT NULL"), 1);
    // The command has the real clock; the promise lives on the simulator's.
    let moved = "UPDATE deadlines SET restored_at = due_at + 2400000000";
    let mut db = SqliteConnection::establish(trip.service.database().to_str().unwrap()).unwrap();
    db.batch_execute(moved).unwrap();
    drop(db);
    trip.service.start_again().await;
    trip.moves_on("2030-01-10T19:00:10+11:00");
    let asked = format!("messages WHERE phone = '{SAM}' AND body LIKE '%Last question%'");
    eventually("the hiker is asked again", async || {
        (count(&trip.service, &asked) == 2).then_some(())
    })
    .await;
    let alerts = "messages WHERE body LIKE '%ALERT 1 of 3%'";
    assert_eq!(count(&trip.service, alerts), 0);
    trip.moves_on("2030-01-10T19:16:00+11:00");
    let with = "messages WHERE body LIKE '%ALERT 1 of 3%put back to an older copy%'";
    eventually("both contacts are alerted", async || {
        (count(&trip.service, with) == 2).then_some(())
    })
    .await;
}
