//! Every port of the domain has a contract suite, and every adapter of the port runs it.
//!
//! The test reads the sources. A port is a `pub trait …: Send + Sync` of the domain; a generic one is a port for each
//! type that an adapter claims it with. Its suite is a public function of
//! `thunderbird_testkit::contract`, named in the table below. An adapter claims a port by `impl Port for Adapter`. The
//! adapter runs the suite if a test of `crates/adapters/tests` calls the suite and names the adapter, or if the list in
//! `contracts.rs` has it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeMap, fs, path::Path};

/// The suite of each port.
const SUITES: &[(&str, &str)] = &[
    ("AccountStore", "account"),
    ("AdminActions", "admin_actions"),
    ("AdminReader", "admin_reader"),
    ("AdminSessions", "admin_sessions"),
    ("AdminStore", "admin_store"),
    ("BodySealer", "body_sealer"),
    ("Caller", "caller"),
    ("Calls", "calls"),
    ("DeadlineStore", "deadline"),
    ("DeliveryReports", "outbox"),
    ("ForecastStore", "forecast_store"),
    ("Forecaster", "forecaster"),
    ("IdempotencyStore", "idempotency"),
    ("Inbox", "inbox"),
    ("KeyMemory", "key_memory"),
    ("Macs", "macs"),
    ("MailTokenStore", "mail_token"),
    ("Mailer", "mailer"),
    ("MessageLog", "message_log"),
    // Opt-outs are only read by this port; the suite of the outbox records and reads them.
    ("OptOuts", "outbox"),
    ("Outbox<CallPayload>", "calls"),
    ("Outbox<MailPayload>", "mail_outbox"),
    ("Outbox<PagePayload>", "page_outbox"),
    ("Outbox<TextPayload>", "outbox"),
    ("PageGateway", "page_gateway"),
    ("PageLog", "page_log"),
    ("PasswordHasher", "password_hasher"),
    ("PhoneStore", "phone"),
    ("PrivacyStore", "privacy"),
    ("RateLimiter", "limit"),
    ("ReceivedTexts", "received_texts"),
    ("ReceptionLog", "reception_log"),
    ("ReferenceClock", "reference_clock"),
    ("RouteCatalogue", "route_catalogue"),
    ("SessionStore", "session"),
    ("SmsGateway", "sms_gateway"),
    ("StoppedMails", "stopped_mails"),
    ("StoreHealth", "store_health"),
    ("TokenSealer", "token_sealer"),
    ("TotpCodes", "totp_codes"),
    ("UserStore", "user"),
    ("Watchdog", "watchdog"),
];

/// Ports without a suite, and why.
const WITHOUT_SUITE: [(&str, &str); 2] = [
    (
        "Clock",
        "its one method promises nothing that two clocks must agree about",
    ),
    (
        "Entropy",
        "a suite cannot tell unpredictable bytes from seeded ones",
    ),
];

/// Adapters that claim a port without running its suite, and why.
const WITHOUT_RUN: [(&str, &str, &str); 5] = [
    (
        "Caller",
        "SimulatorGateway",
        "the suite is about misbehaviour of a network, and the simulator has none; tests/simulator.rs covers it",
    ),
    (
        "ForecastStore",
        "BentForecasts",
        "it is the store in memory, but for a fault that a test asks for",
    ),
    (
        "Forecaster",
        "SimulatedForecaster",
        "the suite is about misbehaviour of a network, and it has none; tests/forecast.rs covers its label",
    ),
    (
        "ReceivedTexts",
        "SimulatorGateway",
        "texts to the simulator reach the webhook at once, so its list is always empty",
    ),
    (
        "SmsGateway",
        "SimulatorGateway",
        "the suite is about misbehaviour of a network, and the simulator has none; tests/simulator.rs covers it",
    ),
];

/// Ports that only a database implements (decision 15). `MemoryStore` must not claim them by accident.
const DATABASE_ONLY: [&str; 4] = ["AdminActions", "AdminReader", "AdminSessions", "AdminStore"];

/// Rust files by their path below the workspace.
type Sources = BTreeMap<String, String>;

fn sources() -> Sources {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Sources::new();
    for folder in ["domain/src", "adapters/src", "adapters/tests", "testkit/src"] {
        read(root, &root.join(folder), &mut found);
    }
    found
}

fn read(root: &Path, folder: &Path, found: &mut Sources) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// The word between `before` and the next character that is not part of a name.
fn words_after<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.split(before).skip(1).map(|rest| {
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        rest.split_at(end.unwrap_or(rest.len()))
    })
}

fn names(text: &str, word: &str) -> bool {
    words_after(text, word).any(|(more, _)| more.is_empty())
}

fn below<'a>(sources: &'a Sources, folder: &'a str) -> impl Iterator<Item = (&'a String, &'a String)> {
    sources.iter().filter(move |(path, _)| path.starts_with(folder))
}

fn ports(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    for (_, text) in below(sources, "domain/src") {
        for (name, rest) in words_after(text, "\npub trait ") {
            let generics = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
            let bounds = generics.map_or(rest, |(_, bounds)| bounds);
            if !bounds.starts_with(": Send + Sync {") {
                continue;
            }
            match generics {
                Some(_) => found.extend(claimed_with(sources, name)),
                None => found.push(name.to_owned()),
            }
        }
    }
    found
}

/// A generic port with each type that an adapter claims it with; its bare name if no adapter does.
fn claimed_with(sources: &Sources, port: &str) -> Vec<String> {
    let claim = format!("impl {port}<");
    let mut found: Vec<_> = claims(sources)
        .flat_map(|(_, text)| words_after(text, &claim))
        .filter(|(_, rest)| rest.starts_with("> for "))
        .map(|(payload, _)| format!("{port}<{payload}>"))
        .collect();
    found.sort();
    found.dedup();
    if found.is_empty() {
        found.push(port.to_owned());
    }
    found
}

/// Where adapters are.
fn claims(sources: &Sources) -> impl Iterator<Item = (&String, &String)> {
    below(sources, "adapters/src").chain(below(sources, "testkit/src"))
}

/// The adapters that claim a port.
fn adapters(sources: &Sources, port: &str) -> Vec<String> {
    let claim = format!("impl {port} for ");
    let mut found: Vec<_> = claims(sources)
        .flat_map(|(_, text)| words_after(text, &claim).map(|(name, _)| name.to_owned()))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn suite_exists(sources: &Sources, suite: &str) -> bool {
    let declared = format!("fn {suite}");
    let mut contracts = below(sources, "testkit/src/contract");
    let is_reexported = sources
        .get("testkit/src/contract/mod.rs")
        .is_some_and(|text| names(text, suite));
    is_reexported && contracts.any(|(_, text)| names(text, &declared))
}

/// Whether the list in `contracts.rs` runs the suite for this store.
fn is_listed(sources: &Sources, suite: &str, adapter: &str) -> bool {
    let text = sources
        .get("adapters/tests/contracts.rs")
        .map_or("", String::as_str);
    let list = text.split("\ncontracts! {").nth(1).unwrap_or_default();
    let list = list.split("\n}").next().unwrap_or_default();
    let code: String = list
        .lines()
        .filter(|line| !line.trim().starts_with("//"))
        .collect();
    let (every_store, database_only) = code.split_once("database_only:").unwrap_or((&code, ""));
    let has = |part: &str| part.split([' ', ';']).any(|word| word == suite);
    match adapter {
        "Store" => has(every_store) || has(database_only),
        "MemoryStore" => has(every_store),
        _ => false,
    }
}

fn is_run(sources: &Sources, suite: &str, adapter: &str) -> bool {
    let call = format!("{suite}(");
    let mut tests = below(sources, "adapters/tests");
    is_listed(sources, suite, adapter) || tests.any(|(_, text)| text.contains(&call) && names(text, adapter))
}

/// Everything that is missing, one sentence each.
fn complaints(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    for port in ports(sources) {
        let claims = adapters(sources, &port);
        if claims.is_empty() {
            found.push(format!("{port} has no adapter"));
        }
        if DATABASE_ONLY.contains(&&*port) && claims.iter().any(|adapter| adapter == "MemoryStore") {
            found.push(format!("{port} is for databases only, and MemoryStore claims it"));
        }
        if WITHOUT_SUITE.iter().any(|(known, _)| *known == port) {
            continue;
        }
        let Some((_, suite)) = SUITES.iter().find(|(known, _)| *known == port) else {
            found.push(format!("{port} names no suite"));
            continue;
        };
        if !suite_exists(sources, suite) {
            found.push(format!("{port} has no suite: contract::{suite} does not exist"));
        }
        for adapter in claims {
            let is_excused = WITHOUT_RUN
                .iter()
                .any(|(known, excused, _)| (*known, *excused) == (&*port, &*adapter));
            if !is_excused && !is_run(sources, suite, &adapter) {
                found.push(format!(
                    "{adapter} claims {port} and does not run contract::{suite}"
                ));
            }
        }
    }
    found.extend(dead_links(sources));
    found
}

/// Documentation of a port that names a suite that does not exist.
fn dead_links(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in below(sources, "domain/src") {
        for (suite, _) in words_after(text, "thunderbird_testkit::contract::") {
            if !suite_exists(sources, suite) {
                found.push(format!("{path} names contract::{suite}, which does not exist"));
            }
        }
    }
    found
}

#[test]
fn every_port_has_a_suite_and_every_adapter_runs_it() {
    let sources = sources();
    assert!(ports(&sources).len() >= SUITES.len(), "the ports are found");
    let missing = complaints(&sources);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// What is missing after one file is changed.
fn after(path: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    let mut sources = sources();
    let text = sources.get_mut(path).unwrap();
    let changed = change(text);
    assert_ne!(*text, changed, "{path} is changed");
    *text = changed;
    complaints(&sources)
}

#[test]
fn a_suite_that_is_removed_is_missed() {
    let missing = after("testkit/src/contract/totp_codes.rs", |_| String::new());
    assert_eq!(
        missing,
        ["TotpCodes has no suite: contract::totp_codes does not exist"]
    );
    let missing = after("testkit/src/contract/mod.rs", |text| {
        text.replace("mailer", "posted")
    });
    assert_eq!(missing, ["Mailer has no suite: contract::mailer does not exist"]);
}

#[test]
fn an_adapter_that_does_not_run_the_suite_is_missed() {
    let missing = after("adapters/tests/contracts.rs", |text| {
        text.replace("    admin_store;", ";")
    });
    assert_eq!(
        missing,
        ["Store claims AdminStore and does not run contract::admin_store"]
    );
    let missing = after("adapters/tests/contracts.rs", |text| {
        text.replace("    inbox\n", "\n")
    });
    let both = ["MemoryStore", "Store"];
    assert_eq!(
        missing,
        both.map(|adapter| format!("{adapter} claims Inbox and does not run contract::inbox"))
    );
}

#[test]
fn a_generic_port_needs_a_suite_for_each_type() {
    let missing = after("adapters/tests/contracts.rs", |text| {
        text.replace("mail_outbox", "")
    });
    let both = ["MemoryStore", "Store"];
    assert_eq!(
        missing,
        both.map(|adapter| format!(
            "{adapter} claims Outbox<MailPayload> and does not run contract::mail_outbox"
        ))
    );
    let missing = after("testkit/src/memory/mail.rs", |text| {
        text.replace("impl Outbox<MailPayload>", "impl Outbox<Page>")
    });
    assert_eq!(missing, ["Outbox<Page> names no suite"]);
}

#[test]
fn a_new_port_needs_a_suite_and_a_dead_link_is_found() {
    let port =
        "\n/// Contract: `thunderbird_testkit::contract::weather`.\npub trait Weather: Send + Sync {}\n";
    let missing = after("domain/src/time.rs", |text| format!("{text}{port}"));
    assert_eq!(
        missing,
        [
            "Weather has no adapter",
            "Weather names no suite",
            "domain/src/time.rs names contract::weather, which does not exist",
        ]
    );
}
