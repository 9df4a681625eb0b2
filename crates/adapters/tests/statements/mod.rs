//! Every statement that the contracts make the store run, and how the database would run it over large tables.

pub mod on_postgres;

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Mutex, Once},
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation},
    sql_query,
    sql_types::Text,
};

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
static LISTEN: Once = Once::new();

/// Tables that grow with every hiker, account or text.
const GROWING: [&str; 21] = [
    "accounts",
    "audit_log",
    "check_ins",
    "contacts",
    "conversations",
    "counters",
    "email_challenges",
    "idempotency_keys",
    "inbound_sids",
    "known_devices",
    "mails",
    "messages",
    "opt_outs",
    "password_resets",
    "pending_actions",
    "phone_codes",
    "phone_links",
    "refresh_tokens",
    "sessions",
    "status_callbacks",
    "users",
];

/// From now on every new connection notes what it runs.
pub fn listen() {
    LISTEN.call_once(|| set_default_instrumentation(|| Some(Box::new(Listener))).unwrap());
}

struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let shown = query.to_string();
            let statement = shown.split(" -- binds:").next().unwrap_or_default();
            SEEN.lock().unwrap().insert(statement.trim().to_owned());
        }
    }
}

fn heard() -> BTreeSet<String> {
    SEEN.lock().unwrap().clone()
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Scans that are meant, each with the words that its plan or its statement has.
const MEANT: &[&str] = &[
    // Diesel's way of doing nothing.
    "WHERE (1=0)",
    // Partial indexes over the few rows that are sealed or pending.
    "USING INDEX mails_sealed",
    "USING INDEX messages_sealed",
    "USING INDEX pending_actions_open",
    // The newest line of the log from its end, and its oldest few lines.
    "FROM `audit_log` ORDER BY `audit_log`.`id` DESC LIMIT",
    "FROM `audit_log` ORDER BY `audit_log`.`id` LIMIT",
    // An operator's answer to a stolen key ring, in chunks, while nothing else matters.
    "keys_replaced",
];

/// Every statement heard so far that reads a growing table from end to end, with the step that does.
pub fn scans(database: &Path) -> Vec<String> {
    let mut conn = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    let heard = heard();
    let mut explained = 0;
    let mut scans = Vec::new();
    for statement in heard {
        let reads = ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"];
        if !reads.iter().any(|word| statement.starts_with(word)) {
            continue;
        }
        let plan: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
            .load(&mut conn)
            .unwrap();
        explained += 1;
        for step in plan {
            let line = format!("{}: {statement}", step.detail);
            if is_scan(&step.detail) && !MEANT.iter().any(|words| line.contains(words)) {
                scans.push(line);
            }
        }
    }
    assert!(explained > 50, "only {explained} statements were heard");
    scans
}

/// `SCAN messages`, with an index or without: it begins at one end and goes on until the statement has enough.
fn is_scan(detail: &str) -> bool {
    detail
        .strip_prefix("SCAN ")
        .and_then(|rest| rest.split(' ').next())
        .is_some_and(|table| GROWING.contains(&table))
}
