//! Floods that are refused: what they leave behind.

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types::BigInt,
};
use futures_util::future::join_all;
use thunderbird_testkit::{
    eventually,
    service::{Service, World, client::PASSWORD},
};

/// Requests of a flood.
const FLOOD: usize = 400;

#[derive(QueryableByName)]
struct Lines {
    #[diesel(sql_type = BigInt)]
    lines: i64,
}

/// How many lines the audit log has.
fn audited(service: &Service) -> i64 {
    let database = service.database();
    let mut connection = SqliteConnection::establish(&database.to_string_lossy()).unwrap();
    let counted: Lines = sql_query("SELECT count(*) AS lines FROM audit_log")
        .get_result(&mut connection)
        .unwrap();
    counted.lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_ins_for_addresses_that_nobody_has_leave_no_line_and_those_of_owners_do() {
    let world = World::start(env!("CARGO_BIN_EXE_thunderbird")).await;
    let registered = world.service.web_register("ada@example.org", PASSWORD).await;
    assert_eq!(registered.status, 201);
    let before = audited(&world.service);
    for nth in 0..5 {
        let email = format!("nobody{nth}@example.org");
        assert_eq!(world.service.web_login(&email, PASSWORD).await.status, 401);
    }
    assert_eq!(audited(&world.service), before);
    assert_eq!(
        world
            .service
            .web_login("ada@example.org", "another password")
            .await
            .status,
        401
    );
    assert_eq!(audited(&world.service), before + 1);
}

/// How many lines of the log have this in them, and how many others they say were left out.
fn logged(service: &Service, part: &str) -> (usize, usize) {
    let log = service.output();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(part)).collect();
    let left_out = lines.iter().filter_map(|line| {
        let (_, count) = line.split_once("\"left_out\":")?;
        let digits = count.split(|letter: char| !letter.is_ascii_digit()).next()?;
        digits.parse::<usize>().ok()
    });
    (lines.len(), left_out.sum())
}

/// Asks this many times at once, and then until the log has told of all of them.
async fn fills_no_log(world: &World, (method, path): (&str, &str), status: u16, line: &str) {
    let ask = async || world.service.web(method, path, None, None).await.status;
    let answers = join_all((0..FLOOD).map(|_| ask())).await;
    assert!(
        answers.iter().all(|answer| *answer == status),
        "{path}: {answers:?}"
    );
    let mut asked = FLOOD;
    let what = format!("a line that tells how many others there were of {line}");
    let (lines, left_out) = eventually(&what, async || {
        asked += 1;
        assert_eq!(ask().await, status);
        let (lines, left_out) = logged(&world.service, line);
        (lines + left_out == asked).then_some((lines, left_out))
    })
    .await;
    assert!(left_out > lines, "{path}: {lines} lines, {left_out} left out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_requests_that_are_refused_fills_no_log() {
    let world = World::start(env!("CARGO_BIN_EXE_thunderbird")).await;
    fills_no_log(&world, ("GET", "/nowhere"), 404, "\"status\":404").await;
    let webhook = ("POST", "/webhook/sms/inbound");
    fills_no_log(&world, webhook, 403, "webhook.unsigned").await;
    let callback = ("POST", "/webhook/sms/status");
    fills_no_log(&world, callback, 403, "a callback without a good signature").await;
}
