//! A kill does not forget what the kernel knows; a loss of power does. Whether an answer waits for the disk is seen in
//! the system calls: the real binary under `strace`, every answer held against the syncs before it.

mod call;
mod check;
mod doctored;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    thread::{self, JoinHandle},
};

use futures_util::future::join_all;
use serde_json::json;
use thunderbird_testkit::{
    fake_twilio::FakeTwilio,
    service::{Line, Service, Webhook, web},
};

use self::check::{Checker, MARK, MARK_LENGTH, Summary};
use super::{
    effort::{self, figure},
    workload::Walker,
};

/// What is traced: whatever could carry an answer, a request, or the log to the disk.
const CALLS: &str = "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,pwritev2,\
                     fdatasync,fsync,sync_file_range,io_uring_enter";

/// Where strace is; `cargo xtask trace` says how to get it when it is nowhere.
pub fn strace() -> PathBuf {
    let places = ["/usr/bin/strace", "/usr/local/bin/strace", "/bin/strace"];
    let found = places.iter().map(Path::new).find(|path| path.is_file());
    let Some(found) = found else {
        panic!("strace is not on this machine: apt-get install strace");
    };
    found.to_owned()
}

/// Follows a trace while it is written: as it is, and as it would be if nothing had been synced.
fn follow(pipe: PathBuf) -> JoinHandle<(Summary, Summary)> {
    thread::spawn(move || {
        let (mut checker, mut doubter) = (Checker::default(), Checker::default());
        for line in BufReader::new(File::open(pipe).unwrap()).split(b'\n') {
            let line = String::from_utf8_lossy(&line.unwrap()).into_owned();
            checker.line(&line);
            if !line.contains("fdatasync") && !line.contains("fsync") {
                doubter.line(&line);
            }
        }
        (checker.finish(), doubter.finish())
    })
}

fn mark(number: usize) -> String {
    format!("{MARK}{number:0width$}", width = MARK_LENGTH - MARK.len())
}

/// A text from a number of its own, marked by its sid.
fn marked_text(line: &Line, number: usize) -> Webhook {
    let sid = format!("SM{}", mark(number));
    let text = line.webhook(&format!("+6141{number:07}"), "HELP");
    ["MessageSid", "SmsMessageSid", "SmsSid"]
        .into_iter()
        .fold(text, |text, name| text.with(name, &sid))
        .signed(line.url())
}

async fn text(line: &Line, number: usize) {
    let answer = line.deliver(&marked_text(line, number)).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

const PASSWORD: &str = "a long walk in the rain";

async fn register(service: &Service, number: usize) -> String {
    let email = format!("{}@example.org", mark(number));
    assert_eq!(service.web_register(&email, PASSWORD).await.status, 201);
    email
}

/// Signs in from a client whose name is a mark, and refreshes once.
async fn sign_in(service: &Service, email: &str, number: usize) {
    let form = BTreeMap::from([("username", email), ("password", PASSWORD)]);
    let request = service.http().post(service.url("/auth/token")).form(&form);
    let request = request.header("User-Agent", mark(number));
    let tokens = web::answer(request.send().await.unwrap()).await.tokens();
    assert_eq!(service.web_refresh(&tokens.refresh).await.status, 200);
}

/// One request after the other: each answer can only be for what was just written.
async fn one_by_one(service: &Service, rounds: usize) {
    let line = service.line();
    let walker = Walker::new(service).await;
    let camps = ["RONNY", "WATER"];
    let camp = |round: usize| json!({"camp": camps[round % 2]});
    for round in 0..rounds {
        for turn in 0..16 {
            text(&line, round * 16 + turn).await;
        }
        let arrived = service.web(
            "POST",
            "/api/user/checkins",
            Some(walker.access()),
            Some(camp(round)),
        );
        assert_eq!(arrived.await.status, 201);
        let contact = json!({"phone": Walker::CONTACT, "name": format!("Mum {round}")});
        let named = service
            .web("POST", "/api/user/contacts", Some(walker.access()), Some(contact))
            .await;
        assert!((200..300).contains(&named.status), "{}", named.text);
        if round % 8 == 0 {
            let email = register(service, 5_000_000 + round).await;
            sign_in(service, &email, 6_000_000 + round).await;
        }
    }
}

/// Many at once, whose commits are one another's: only marks tell which is whose.
async fn all_at_once(service: &Service, texts: usize) {
    let texters = (0..32).map(async |texter| {
        let line = service.line();
        for turn in 0..texts / 32 {
            text(&line, 1_000_000 + texter * 20_000 + turn).await;
            if turn % 50 == 49 && texter % 8 == 0 {
                sign_in(service, "walker@example.org", 7_000_000 + texter * 20_000 + turn).await;
            }
        }
    });
    join_all(texters).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs strace: cargo xtask trace"]
async fn every_answer_waits_for_the_disk() {
    let twilio = FakeTwilio::start().await;
    let builder = Service::builder(env!("CARGO_BIN_EXE_thunderbird"));
    let pipe = builder.folder().join("trace");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let following = follow(pipe.clone());
    let strace = [
        strace().to_str().unwrap(),
        "-D",
        "-f",
        "-y",
        "-s",
        "4200",
        "-e",
        CALLS,
        "-e",
        "signal=none",
        "-o",
    ]
    .map(str::to_owned);
    let mut service = builder
        .env("THUNDERBIRD_LOG", "warn")
        .env("THUNDERBIRD_LIMIT_SMS_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR", "1000000")
        .env("THUNDERBIRD_LIMIT_CHECKINS_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR", "1000000")
        .env("THUNDERBIRD_LIMIT_SMS_PER_HOUR", "1000")
        .twilio(&twilio)
        .inside(strace.into_iter().chain([pipe.to_str().unwrap().to_owned()]))
        .start()
        .await;
    one_by_one(&service, effort::of(8, 160)).await;
    all_at_once(&service, effort::of(640, 7_200)).await;
    assert!(service.terminate().await.success());
    let (found, doubted) = following.join().unwrap();
    assert_eq!(found.violations, Vec::<String>::new());
    let asked = effort::of(700, 10_000);
    assert!(found.total() >= asked, "{found:?}");
    assert!(found.marked * 10 >= found.total() * 8, "{found:?}");
    assert!(found.commits > 0 && found.syncs > 0);
    let refused = u64::try_from(doubted.violations.len()).unwrap();
    assert_eq!(
        refused,
        doubted.total(),
        "a trace without a sync must be refused, answer by answer"
    );
    assert_eq!(doubted.total(), found.total());
    figure(&format!(
        "{} answers 2xx traced ({} tied to their own commit by a mark; {} commits, {} syncs of the log), 0 before their \
         commit was synced; the same trace without its syncs: {refused} violations",
        found.total(),
        found.marked,
        found.commits,
        found.syncs
    ));
    println!("{:?}", found.answers);
}
