//! What is measured: our own program over a database of a chosen size, or a service that runs somewhere already.

use std::{
    fs, io,
    net::{SocketAddr, ToSocketAddrs as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use thunderbird_testkit::{
    fake_twilio::{ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER},
    service::{Service, ServiceBuilder},
};
use tokio::runtime::Runtime;

use crate::{
    client::{
        Load, Outcome,
        requests::{Requests, bearer, get, post_form, post_json},
        talk::Talk,
    },
    limits::{HASH_KIB, HASH_PASSES},
    process::Process,
    random::Numbers,
    seed::{self, Size},
    twilio::Twilio,
    webhook::Line,
};

/// The password of every account.
pub const PASSWORD: &str = "a long walk in the rain";
/// A limit that never refuses during a run.
const OPEN: &str = "10000000";
/// A kept database is made anew after this long: what it holds would begin to be forgotten.
const KEPT_FOR: Duration = Duration::from_hours(7 * 24);

/// A service that answers.
pub struct Site {
    /// What stands behind the names of its rows.
    pub suffix: &'static str,
    /// Where it answers.
    pub address: SocketAddr,
    /// How it is texted.
    pub line: Line,
    /// Addresses that can sign in.
    pub emails: Vec<String>,
    /// Access tokens of as many accounts.
    pub tokens: Vec<String>,
    /// What only a service of our own has.
    pub own: Option<Own>,
}

/// Our own process and its database.
pub struct Own {
    /// The process; it can be stopped and started.
    pub service: Service,
    /// Its file.
    pub database: PathBuf,
    /// How much is in it.
    pub size: Size,
}

/// What a load of one kind did, with what it cost.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// Good answers a second.
    pub rate: f64,
    /// Processor time of the service for one of them, in microseconds.
    pub server: f64,
    /// Processor time of the client for one of them.
    pub client: f64,
}

/// Microseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_micros().try_into().unwrap()
}

impl Site {
    /// Our program over a database of this size in `folder`; stopped, and ready to be started.
    pub fn own(runtime: &Runtime, binary: &Path, folder: &Path, (amount, twilio): (Size, &Twilio)) -> Self {
        let builder = wide_open(Service::builder(&binary.to_string_lossy()));
        Self::over(runtime, folder, amount, through(builder, twilio))
    }

    /// A service that is configured already, over a database of this size in `folder`; stopped, and ready to be started.
    pub fn over(runtime: &Runtime, folder: &Path, amount: Size, builder: ServiceBuilder) -> Self {
        let database = folder.join("thunderbird.db");
        let is_new = !database.is_file();
        fs::create_dir_all(folder).unwrap();
        let builder = builder.env("THUNDERBIRD_DB_PATH", &database.to_string_lossy());
        let mut service = runtime.block_on(builder.start());
        let mut site = Self {
            suffix: "",
            address: address(service.base_url()),
            line: line(&service),
            emails: (1..=seed::FEW)
                .map(|place| format!("hiker-{place:07}@example.org"))
                .collect(),
            tokens: Vec::new(),
            own: None,
        };
        if is_new {
            register(site.address, "first@example.org");
        }
        runtime.block_on(service.terminate());
        if is_new {
            seed::fill(&database, amount, OUR_NUMBER, now());
            fs::File::open(&database).unwrap().sync_all().unwrap();
        }
        seed::walkers(&database, now());
        site.own = Some(Own {
            service,
            database,
            size: amount,
        });
        site
    }

    /// Our program over a large database, which is kept from run to run for as long as it has the schema of `like`.
    pub fn kept(
        runtime: &Runtime,
        binary: &Path,
        folder: &Path,
        (amount, twilio): (Size, &Twilio),
        like: &Self,
    ) -> Self {
        let kept = folder.join(format!("{}-texts", amount.messages));
        let database = kept.join("thunderbird.db");
        let made = fs::metadata(kept.join("complete")).and_then(|file| file.modified());
        let is_young = made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < KEPT_FOR));
        let like = like.own.as_ref().map(|own| seed::fingerprint(&own.database));
        if !is_young || Some(seed::fingerprint(&database)) != like {
            drop(fs::remove_dir_all(&kept));
            println!(
                "making a database of {} texts in {}",
                amount.messages,
                kept.display()
            );
        }
        let began = std::time::Instant::now();
        let site = Self::own(runtime, binary, &kept, (amount, twilio));
        if !kept.join("complete").is_file() {
            fs::write(kept.join("complete"), "").unwrap();
            println!("made in {:.0} s", began.elapsed().as_secs_f64());
        }
        // What is measured is the service with its file in memory, and not how fast a disk that has just been woken reads.
        io::copy(&mut fs::File::open(&database).unwrap(), &mut io::sink()).unwrap();
        Self {
            suffix: ", large",
            ..site
        }
    }

    /// A service that runs already: one account signs in.
    pub fn remote(base_url: &str, line: Line, email: &str) -> Self {
        let address = address(base_url);
        register(address, email);
        let answer = Talk::to(address).ask(&sign_in(email, PASSWORD));
        let token = answer.text("access_token");
        Self {
            suffix: "",
            address,
            line,
            emails: vec![email.to_owned()],
            tokens: token.into_iter().collect(),
            own: None,
        }
    }

    /// Starts our process, and signs in a thousand accounts by refresh tokens that are put into the stopped file.
    pub fn sign_in_many(&mut self, runtime: &Runtime, numbers: &mut Numbers) {
        let Some(own) = self.own.as_mut() else { return };
        runtime.block_on(own.service.terminate());
        let refresh = seed::sessions(&own.database, numbers, now());
        self.start(runtime);
        let mut talk = Talk::to(self.address);
        self.tokens = refresh
            .iter()
            .map(|token| {
                let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
                let answer = talk.ask(&post_form("/auth/token", "", &form));
                answer.text("access_token").unwrap()
            })
            .collect();
        // The first request with a token writes that it was used.
        let first = self.flood(8, Duration::from_mins(10));
        let mut requests = Requests::once(self.reads());
        first.run(&mut requests).must_be_good("first reads of a session");
    }

    /// Starts our process, which listens on another port then.
    pub fn start(&mut self, runtime: &Runtime) {
        if let Some(own) = self.own.as_mut() {
            runtime.block_on(own.service.start_again());
            self.address = address(own.service.base_url());
            self.line.base_url = own.service.base_url().to_owned();
        }
    }

    /// Our process.
    pub fn process(&self) -> Option<Process> {
        self.own.as_ref().map(|own| Process(own.service.pid()))
    }

    /// `GET /auth/me` for every account that is signed in.
    pub fn reads(&self) -> Vec<Vec<u8>> {
        self.tokens
            .iter()
            .map(|token| get("/auth/me", &bearer(token)))
            .collect()
    }

    /// Sign-ins of all accounts in turn.
    pub fn sign_ins(&self) -> Requests {
        Requests::around(self.emails.iter().map(|email| sign_in(email, PASSWORD)))
    }

    /// A load on this service, as many connections as given, each asking again at once.
    pub fn flood(&self, connections: usize, span: Duration) -> Load {
        Load::flood(self.address, connections, span)
    }

    /// Runs a load, and says what an answer of it cost.
    pub fn measure(&self, load: Load, requests: &mut Requests) -> (Outcome, Point) {
        let before = self.process().map(Process::cpu);
        let outcome = load.run(requests);
        let used = self.process().map(Process::cpu).zip(before);
        let server = used.map_or(f64::NAN, |(after, before)| {
            (after.saturating_sub(before)).as_secs_f64() * 1e6 / (outcome.good.max(1) as f64)
        });
        let point = Point {
            rate: outcome.rate(),
            server,
            client: outcome.client_micros(),
        };
        (outcome, point)
    }
}

/// A sign-in.
pub fn sign_in(email: &str, password: &str) -> Vec<u8> {
    post_form("/auth/token", "", &[("username", email), ("password", password)])
}

/// Limits that never refuse during a run, and no log.
fn wide_open(builder: ServiceBuilder) -> ServiceBuilder {
    let argon2 = format!("m={HASH_KIB},t={HASH_PASSES},p=1");
    [
        ("THUNDERBIRD_ARGON2", &*argon2),
        ("THUNDERBIRD_LOG", "warn"),
        ("THUNDERBIRD_ACCESS_TOKEN_MINUTES", "60"),
        ("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", OPEN),
        ("THUNDERBIRD_LIMIT_SESSIONS_PER_HOUR", OPEN),
        ("THUNDERBIRD_LIMIT_SMS_PER_HOUR", OPEN),
        ("THUNDERBIRD_LIMIT_SMS_PER_DAY", OPEN),
        ("THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR", OPEN),
        ("THUNDERBIRD_LIMIT_CHECKINS_PER_DAY", OPEN),
        ("THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY", OPEN),
        ("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY", OPEN),
        ("THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR", OPEN),
        ("THUNDERBIRD_LIMIT_WRITES_PER_MINUTE", OPEN),
        ("THUNDERBIRD_LIMIT_CONNECTIONS_PER_SOURCE", OPEN),
    ]
    .into_iter()
    .fold(builder, |builder, (name, value)| builder.env(name, value))
}

/// Sends through the Twilio of this program.
pub fn through(builder: ServiceBuilder, twilio: &Twilio) -> ServiceBuilder {
    [
        ("TWILIO_ACCOUNT_SID", ACCOUNT_SID),
        ("TWILIO_AUTH_TOKEN", AUTH_TOKEN),
        ("TWILIO_PHONE_NUMBER", OUR_NUMBER),
        ("TWILIO_API_BASE_URL", &twilio.base_url()),
    ]
    .into_iter()
    .fold(builder, |builder, (name, value)| builder.env(name, value))
}

fn line(service: &Service) -> Line {
    Line {
        base_url: service.base_url().to_owned(),
        auth_token: AUTH_TOKEN.to_owned(),
        our_number: OUR_NUMBER.to_owned(),
    }
}

/// Registers an account, which may be there already.
fn register(address: SocketAddr, email: &str) {
    let account = serde_json::json!({ "email": email, "password": PASSWORD });
    let answer = Talk::to(address).ask(&post_json("/auth/register", "", &account));
    assert!(
        matches!(answer.status, 200 | 201 | 400),
        "register: {}",
        answer.body
    );
}

/// The address of an `http://` URL.
pub fn address(base_url: &str) -> SocketAddr {
    let host = base_url.trim_end_matches('/').strip_prefix("http://");
    let host = host.unwrap_or_else(|| panic!("{base_url} is not an http:// address"));
    let with_port = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    with_port.to_socket_addrs().unwrap().next().unwrap()
}
