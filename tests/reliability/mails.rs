//! Every kind of failure of a mail server, many times over, with the service killed in between.

use std::{collections::BTreeMap, path::Path, time::Duration};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Text},
};
use thunderbird_testkit::{
    fake_smtp::{FakeSmtp, SmtpFault},
    service::Service,
};

use super::{
    dice::Dice,
    effort::{self, figure},
};

#[derive(QueryableByName)]
struct Mail {
    #[diesel(sql_type = Text)]
    recipient: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    ambiguous: i64,
}

fn connect(path: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
    connection
}

/// Queues mails as a use case does, to be sent within an hour.
fn queue(path: &Path, count: usize) {
    let insert = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         INSERT INTO mails (tag, recipient, subject, state, body, next_attempt_at, expires_at, state_at, created_at) \
         SELECT randomblob(16), 'reader' || i || '@example.org', 'Kia ora', 'queued', 'Hello.', now, now + 3600000000, \
         now, now FROM n, (SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER) AS now)"
    );
    connect(path).batch_execute(&insert).unwrap();
}

/// Pauses are left out.
fn hurry(path: &Path) {
    connect(path)
        .batch_execute("UPDATE mails SET next_attempt_at = created_at WHERE state = 'queued'")
        .unwrap();
}

fn mails(path: &Path) -> Vec<Mail> {
    sql_query("SELECT recipient, state, ambiguous_attempts AS ambiguous FROM mails")
        .load(&mut connect(path))
        .unwrap()
}

async fn ended(path: &Path) -> Vec<Mail> {
    for _ in 0..1_200 {
        let mails = mails(path);
        if !mails
            .iter()
            .any(|mail| mail.state == "queued" || mail.state == "sending")
        {
            return mails;
        }
        hurry(path);
        // `hurry` writes: between two of them the database is the service's.
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("stuck after 300 s")
}

async fn service(server: &FakeSmtp) -> Service {
    Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_LOG", "error")
        .smtp(server)
        .start()
        .await
}

/// Nothing is missing, nothing is stuck, nothing is repeated without need. How many repeats there were.
fn judge(mails: &[Mail], server: &FakeSmtp, refusals: usize) -> usize {
    let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in server.mails() {
        let id = mail.header("Message-ID").unwrap();
        kept.entry(mail.to).or_default().push(id);
    }
    let (mut refused, mut repeated) = (0, 0);
    for mail in mails {
        let copies = kept.remove(&mail.recipient).unwrap_or_default();
        let (recipient, ambiguous) = (&mail.recipient, usize::try_from(mail.ambiguous).unwrap());
        match mail.state.as_str() {
            "sent" => assert!(!copies.is_empty(), "{recipient}'s mail is missing"),
            "failed" => refused += 1,
            "dead" => assert!(
                ambiguous >= 5,
                "{recipient}'s mail was given up after {ambiguous}"
            ),
            other => panic!("{recipient}: {other}"),
        }
        assert!(copies.len() <= 1 + ambiguous, "{recipient}: {copies:?}");
        assert!(copies.windows(2).all(|pair| pair[0] == pair[1]), "{copies:?}");
        repeated += copies.len().saturating_sub(1);
    }
    assert!(kept.is_empty(), "nobody queued these: {kept:?}");
    assert!(
        refused <= refusals,
        "{refused} mails failed of {refusals} refused"
    );
    repeated
}

fn script(server: &FakeSmtp, rounds: usize, kinds: impl Fn(&SmtpFault) -> bool) -> (usize, usize) {
    let round: Vec<SmtpFault> = SmtpFault::KINDS.into_iter().filter(kinds).collect();
    for _ in 0..rounds {
        server.misbehave(&round);
    }
    let refusals = round.iter().filter(|fault| fault.refuses()).count();
    (round.len() * rounds, refusals * rounds)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_of_a_mail_server_ends_well_or_visibly() {
    let server = FakeSmtp::start().await;
    let service = service(&server).await;
    // A hanging server is waited for, up to a minute a mail: only when there is time.
    let (hanging, _) = script(&server, effort::of(0, 1), |fault| fault.hangs());
    let (others, refusals) = script(&server, effort::of(4, 20), |fault| !fault.hangs());
    let faults = hanging + others;
    let count = effort::of(120, 600);
    queue(&service.database(), count);
    let ended = ended(&service.database()).await;
    assert_eq!(ended.len(), count);
    let repeated = judge(&ended, &server, refusals);
    let failed = ended.iter().filter(|mail| mail.state == "failed").count();
    assert_eq!(failed, refusals, "every refusal ends one mail");
    figure(&format!(
        "{count} mails, {faults} failures of {} kinds: 0 missing, 0 stuck, {failed} refused for good, {repeated} \
         repeated after an ambiguous answer",
        SmtpFault::KINDS.len()
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_fails_and_kills_in_between_lose_no_mail() {
    let server = FakeSmtp::start().await;
    let mut service = service(&server).await;
    let (count, cycles) = (effort::of(120, 600), effort::of(6, 60));
    let (faults, refusals) = script(&server, effort::of(4, 20), |_| true);
    let mut dice = Dice::new();
    queue(&service.database(), count);
    for _ in 0..cycles {
        // The kill comes at a random moment.
        tokio::time::sleep(dice.moment(400)).await;
        service.kill();
        hurry(&service.database());
        service.start_again().await;
    }
    // What is left of the failures that only a time limit ends is not waited for here.
    server.behave();
    for _ in 0..2 {
        // Time to be in the middle of a mail.
        tokio::time::sleep(Duration::from_millis(300)).await;
        service.kill();
        service.start_again().await;
    }
    let ended = ended(&service.database()).await;
    assert_eq!(ended.len(), count);
    let repeated = judge(&ended, &server, refusals);
    figure(&format!(
        "{count} mails, up to {faults} failures, {} kills: 0 missing, 0 stuck, {repeated} repeated after an ambiguous end",
        cycles + 2
    ));
}
