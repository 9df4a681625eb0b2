//! `kill -9` at random moments, and what was acknowledged before.

use std::time::{Duration, Instant};

use thunderbird_testkit::{fake_smtp::FakeSmtp, fake_twilio::FakeTwilio, service::Service};

use super::{
    dice::Dice,
    effort::{self, figure},
    ledger::{Ledger, Meaning},
    oracle::Oracle,
    outgoing::{self, settled},
    workload::{Walker, Workload},
};

/// How long a service may take from its start on a killed file to ready.
const READY: Duration = Duration::from_secs(2);

/// What it may take on a machine that has more to do than it can.
const READY_AT_LAST: Duration = Duration::from_secs(20);

/// Whether more than two programs wait for each core: then no time means anything.
fn machine_is_overloaded() -> bool {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: f64 = load
        .split(' ')
        .next()
        .and_then(|load| load.parse().ok())
        .unwrap_or(0.0);
    let cores = u32::try_from(std::thread::available_parallelism().unwrap().get()).unwrap();
    load > 2.0 * f64::from(cores)
}

/// A service whose texts and mails go to fakes, and whose limits are out of the way.
pub async fn service(twilio: &FakeTwilio, smtp: &FakeSmtp) -> Service {
    Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_LIMIT_SMS_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR", "1000000")
        .env("THUNDERBIRD_LIMIT_CHECKINS_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR", "1000000")
        .env("THUNDERBIRD_LIMIT_SMS_PER_HOUR", "1000")
        .env("THUNDERBIRD_LOG", "warn")
        .twilio(twilio)
        .smtp(smtp)
        .start()
        .await
}

/// Starts the service again and waits until it says that it is ready. How long that took.
#[expect(clippy::disallowed_methods, reason = "measures how long a start takes")]
async fn ready_again(service: &mut Service) -> Duration {
    let began = Instant::now();
    service.start_again().await;
    while service.web("GET", "/readyz", None, None).await.status != 200 {
        // A short pause, because the time is measured.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    began.elapsed()
}

/// Some acknowledged texts, delivered once more: the same answers, to the byte.
async fn deliver_some_again(service: &Service, ledger: &Ledger, dice: &mut Dice) {
    let line = service.line();
    for _ in 0..ledger.texts.len().min(3) {
        let heard = &ledger.texts[dice.below(ledger.texts.len())];
        let copy = line.webhook(&heard.from, &heard.body);
        let copy = ["MessageSid", "SmsMessageSid", "SmsSid"]
            .into_iter()
            .fold(copy, |copy, name| copy.with(name, &heard.sid));
        let answer = line.deliver(&copy.signed(line.url())).await.unwrap();
        assert_eq!(answer, heard.answer, "{heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_a_kill() {
    let (twilio, smtp) = (FakeTwilio::start().await, FakeSmtp::start().await);
    let mut service = service(&twilio, &smtp).await;
    let mut dice = Dice::new();
    let cycles = effort::of(8, 200);
    let mut workload = Workload::new(12, 2, Walker::new(&service).await);
    let mut known = Ledger::default();
    let (mut starts, mut unanswered) = (Vec::new(), 0);
    for cycle in 0..cycles {
        let busy = workload.begin(&service);
        // The kill comes at a random moment.
        tokio::time::sleep(dice.moment(400)).await;
        service.kill();
        workload = busy.gone().await;
        unanswered += workload.unanswered();
        if dice.below(4) == 0 {
            service.start_and_kill(dice.moment(60));
        }
        let ready = ready_again(&mut service).await;
        let patience = if machine_is_overloaded() {
            READY_AT_LAST
        } else {
            READY
        };
        assert!(ready <= patience, "cycle {cycle}: ready after {ready:?}");
        starts.push(ready);
        let mut oracle = Oracle::of(&service.database());
        assert_eq!(oracle.damage(), Vec::<String>::new(), "cycle {cycle}");
        let ledger = workload.ledger.lock().unwrap().clone();
        let new = ledger.since(&known);
        assert_eq!(oracle.lost(&new), Vec::<String>::new(), "cycle {cycle}");
        deliver_some_again(&service, &ledger, &mut dice).await;
        known = ledger;
    }
    let busy = workload.begin(&service);
    // Some more work, which nothing interrupts.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let workload = busy.end().await;
    assert_eq!(workload.unanswered(), 0);
    let ledger = workload.ledger.lock().unwrap().clone();
    settled(&service.database()).await;
    let mut oracle = Oracle::of(&service.database());
    assert_eq!(oracle.lost(&ledger), Vec::<String>::new());
    assert_eq!(oracle.damage(), Vec::<String>::new());
    assert_nothing_extra(&mut oracle, &ledger);
    starts.sort_unstable();
    let late = starts.iter().filter(|ready| **ready > READY).count();
    let repeated = outgoing::assert_delivered(&service.database(), &twilio, &smtp);
    figure(&format!(
        "{cycles} kills: {} acknowledgements ({} texts, of which {} registrations and {} check-ins; {} accounts, {} web \
         check-ins), 0 lost; {unanswered} texts unanswered and sent again, 0 twice in effect; {repeated} texts or mails \
         repeated after an ambiguous end; start to ready {} ms in the middle, {} ms at most, {late} over 2 s (overloaded: {})",
        ledger.len(),
        ledger.texts.len(),
        ledger.registrations(),
        ledger.texted_check_ins(),
        ledger.accounts.len(),
        ledger.web_check_ins.len(),
        starts[cycles / 2].as_millis(),
        starts[cycles - 1].as_millis(),
        machine_is_overloaded()
    ));
}

/// Every text was answered in the end: what stands in the file is exactly what they have caused.
fn assert_nothing_extra(oracle: &mut Oracle, ledger: &Ledger) {
    let counted = |meant: fn(&Meaning) -> bool| {
        let texts = ledger.texts.iter().filter(|text| meant(&text.meaning));
        i64::try_from(texts.count()).unwrap()
    };
    let hikers = "+6141%";
    let check_ins =
        "SELECT count(*) AS number FROM check_ins c JOIN users u ON u.id = c.user_id WHERE u.phone LIKE ?";
    let arrivals = "SELECT count(*) AS number FROM messages WHERE direction = 'in' AND phone LIKE ?";
    let users = "SELECT count(*) AS number FROM users WHERE phone LIKE ?";
    assert_eq!(oracle.count(arrivals, hikers), counted(|_| true));
    assert_eq!(
        oracle.count(check_ins, hikers),
        counted(|meaning| matches!(meaning, Meaning::CheckIn { .. }))
    );
    assert_eq!(
        oracle.count(users, hikers),
        counted(|meaning| matches!(meaning, Meaning::Registration { .. }))
    );
    let walked = oracle.count(check_ins, Walker::PHONE);
    assert_eq!(walked, i64::try_from(ledger.web_check_ins.len()).unwrap());
    let notices = "SELECT count(*) AS number FROM messages WHERE class = 'safety' AND phone = ?";
    assert_eq!(oracle.count(notices, Walker::CONTACT), walked, "one notice each");
}
