//! What bounds each address that writes and each text command: limits of the table, or a reason.

use std::{collections::BTreeSet, fs, path::Path};

use actix_web::http::Method;
use thunderbird_domain::sms::verb::Verb;

use super::*;
use crate::http::{routes, row::Guard};

/// What bounds an address or a command.
#[derive(Debug, Clone, Copy)]
enum Bound {
    /// These limits bound it.
    Limits(&'static [&'static str]),
    /// Why it needs no limit of its own.
    Reason(&'static str),
}

const TEXTED: &[&str] = &["sender.answers", "sender.loop"];
const ADMIN: &str = "An operator's order: audited, and behind the limits of the console's sign-in.";
const ENDS: &str = "It only ends or removes what is the caller's own.";

/// What bounds each address that writes. An address that only reads sends and keeps nothing.
const WRITES: &[(&str, Bound)] = &[
    (
        "PATCH /api/user",
        Bound::Reason("It changes one row of the caller's own."),
    ),
    (
        "POST /api/user/checkins",
        Bound::Limits(&[
            "check_ins.hour",
            "check_ins.day",
            "texts.hiker",
            "texts.recipient",
            "texts.pair",
            "texts_day",
        ]),
    ),
    (
        "POST /api/user/contacts",
        Bound::Limits(&[
            "contacts.hiker",
            "contacts.account",
            "contacts.recipient",
            "contacts.introduced",
            "contacts.neighbours",
            "contacts.service",
            "contacts.pair",
            "contact_emails.hiker",
            "contact_emails.address",
            "texts.hiker",
            "texts.recipient",
        ]),
    ),
    ("DELETE /api/user/contacts/{id}", Bound::Reason(ENDS)),
    (
        "PATCH /api/user/contacts/{id}",
        Bound::Limits(&["contact_emails.hiker", "contact_emails.address"]),
    ),
    (
        "POST /mail/stop/{token}",
        Bound::Reason("Its token is signed, and it turns one row on or off."),
    ),
    (
        "DELETE /api/user/checkins/{id}",
        Bound::Limits(&["texts.hiker", "texts.recipient", "texts.pair", "texts_day"]),
    ),
    (
        "DELETE /auth/me",
        Bound::Limits(&["password.session", "password.queue"]),
    ),
    (
        "PUT /api/user/trip",
        Bound::Limits(&["trips.echo", "texts.hiker", "texts.recipient", "writes.source"]),
    ),
    (
        "POST /api/user/trip/extend",
        Bound::Limits(&["trips.echo", "texts.hiker", "texts.recipient", "writes.source"]),
    ),
    ("POST /api/user/trip/back", Bound::Reason(ENDS)),
    ("DELETE /api/user/trip", Bound::Reason(ENDS)),
    (
        "GET /api/user/forecast",
        Bound::Limits(&["forecasts.hiker", "forecasts.cells"]),
    ),
    ("GET /auth/me/export", Bound::Limits(&["export.account"])),
    ("DELETE /auth/sessions/{id}", Bound::Reason(ENDS)),
    (
        "POST /auth/email/resend",
        Bound::Limits(&["verification.account", "verification.address"]),
    ),
    (
        "POST /auth/email/verify",
        Bound::Reason("Its token has 256 random bits and works once."),
    ),
    ("POST /auth/forgot-password", Bound::Limits(&["reset.address"])),
    ("POST /auth/logout", Bound::Reason(ENDS)),
    ("POST /auth/logout-all", Bound::Reason(ENDS)),
    (
        "POST /auth/password",
        Bound::Limits(&["password.session", "password.queue", "notices.address"]),
    ),
    (
        "POST /auth/phone",
        Bound::Limits(&[
            "codes.number",
            "codes.account",
            "codes.neighbours",
            "codes.service",
            "texts_day",
        ]),
    ),
    ("DELETE /auth/phone", Bound::Limits(&["notices.address"])),
    ("POST /auth/phone/confirm", Bound::Limits(&["codes.guesses"])),
    (
        "POST /auth/phone/text-in",
        Bound::Reason("It sends nothing, and each set of words takes the place of the one before."),
    ),
    (
        "POST /auth/register",
        Bound::Limits(&["registration.source", "verification.address"]),
    ),
    (
        "POST /auth/reset-password",
        Bound::Reason("Its token has 256 random bits and works once."),
    ),
    (
        "POST /auth/token",
        Bound::Limits(&[
            "login.identifier",
            "login.device",
            "login.source",
            "login.sessions",
            "login.queue",
        ]),
    ),
    ("POST /webhook/sms/inbound", Bound::Limits(TEXTED)),
    (
        "POST /webhook/sms/status",
        Bound::Reason("Signed by Twilio, and one row a report."),
    ),
    (
        "POST /webhook/voice/{call}",
        Bound::Reason(
            "Signed by Twilio, about a call that we placed; a key claims the alarm as ACTING does.",
        ),
    ),
    (
        "POST /webhook/voice/{call}/status",
        Bound::Reason("Signed by Twilio, and one row a report."),
    ),
    (
        "POST /admin/login",
        Bound::Limits(&["admin.identifier", "admin.source"]),
    ),
    (
        "POST /admin/code",
        Bound::Limits(&["admin.identifier", "admin.source"]),
    ),
];

/// What bounds a text command. Each one is named, so that a new one does not compile without its bound.
fn of_command(verb: Verb) -> Bound {
    match verb {
        Verb::CheckIn => Bound::Limits(&[
            "check_ins.hour",
            "check_ins.day",
            "texts.hiker",
            "texts.recipient",
            "texts.pair",
            "texts_day",
        ]),
        Verb::Out | Verb::Late => {
            Bound::Limits(&["texts.hiker", "texts.recipient", "texts.pair", "texts_day"])
        }
        Verb::Alert => Bound::Limits(&[
            "alarms.hiker",
            "alarms.words",
            "alarm_mails.pair",
            "alarm_mails.address",
        ]),
        Verb::Acting | Verb::Found => Bound::Reason(
            "It changes only an alarm in which the sender was alerted: one claim in three hours, one end, a text each.",
        ),
        Verb::Undo => Bound::Limits(&[
            "texts.hiker",
            "texts.recipient",
            "texts.pair",
            "texts_day",
            "sender.answers",
        ]),
        Verb::Safe => Bound::Limits(&[
            "contacts.hiker",
            "contacts.account",
            "contacts.recipient",
            "contacts.introduced",
            "contacts.neighbours",
            "contacts.service",
            "contacts.pair",
            "texts.hiker",
            "texts.recipient",
            "sender.answers",
        ]),
        // What ends a promise was counted with the notice, and goes to the same contacts.
        Verb::Back | Verb::Link | Verb::Confirm | Verb::Unlink => Bound::Limits(&["phone.wrong_words"]),
        Verb::Help | Verb::Start => {
            Bound::Reason("It is always answered, in the response to a text that somebody paid for.")
        }
        Verb::Cast => Bound::Limits(&[
            "forecasts.hiker",
            "forecasts.cells",
            "texts_day",
            "sender.answers",
            "sender.loop",
        ]),
        Verb::Status
        | Verb::Route
        | Verb::Name
        | Verb::SafeList
        | Verb::SafeDel
        | Verb::Ready
        | Verb::Decline => Bound::Limits(TEXTED),
    }
}

fn scopes() -> BTreeSet<&'static str> {
    LIMITS.iter().map(|limit| limit.scope).collect()
}

fn holds(bound: Bound, of: &str) {
    match bound {
        Bound::Limits(named) => {
            assert!(!named.is_empty(), "{of}");
            for scope in named {
                assert!(scopes().contains(scope), "{of}: {scope} is not in the table");
            }
        }
        Bound::Reason(reason) => assert!(reason.len() > 20, "{of}"),
    }
}

#[test]
fn every_address_that_writes_and_every_command_has_its_bound() {
    for row in routes::table() {
        let name = format!("{} {}", row.method, row.path);
        let known = WRITES.iter().find(|(address, _)| *address == name);
        let bound = match (known, row.guard) {
            (Some((_, bound)), _) => *bound,
            (None, Guard::Admin) => Bound::Reason(ADMIN),
            (None, Guard::Simulator) => {
                Bound::Reason("Only from this machine, and only while nothing real is sent.")
            }
            (None, _) if row.method == Method::GET => {
                Bound::Reason("It reads; it sends nothing and keeps nothing.")
            }
            (None, _) => panic!("{name} writes: name what bounds it"),
        };
        holds(bound, &name);
    }
    for verb in Verb::ALL {
        holds(of_command(*verb), verb.word());
    }
}

#[test]
fn every_variable_of_a_limit_is_in_the_table() {
    for limit in LIMITS {
        if let Number::Set(name) = limit.number {
            assert!(variable::find(name).is_some(), "{name}");
        }
    }
}

/// The sources below these folders of `crates`, but for tests, without blanks.
fn sources(of: &[&str]) -> Vec<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> = of.iter().map(|folder| crates.join(folder)).collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.to_string_lossy().ends_with("_tests.rs") {
                sources.push(fs::read_to_string(&path).unwrap().split_whitespace().collect());
            }
        }
    }
    sources
}

/// Every counter that the domain and the stores make: `LimitKey::new("scope"`, or the first argument of a function named `limit` or
/// `quota`.
#[test]
fn every_counter_of_the_code_is_in_the_table() {
    let mut found = BTreeSet::new();
    for source in sources(&["domain/src", "adapters/src/store/statements"]) {
        for call in ["LimitKey::new(\"", "limit(\"", "quota(\"", "Self::new(\""] {
            let after = source.split(call).skip(1);
            found.extend(after.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
    let found: BTreeSet<String> = found.into_iter().filter(|scope| scope.contains('.')).collect();
    assert!(found.len() > 15, "{found:?}");
    for scope in &found {
        assert!(scopes().contains(scope.as_str()), "{scope} is not in the table");
    }
}

/// A limit is judged where its counter is, which counts the refusal, or says `refusals::count("scope")` itself. The suite
/// `abuse` makes every one refuse.
#[test]
fn every_limit_that_can_refuse_is_named_where_it_is_judged() {
    let folders = [
        "domain/src",
        "adapters/src/store/statements",
        "server/src/http",
        "server/src/worker",
    ];
    let sources = sources(&folders);
    for scope in that_refuse() {
        let named = format!("\"{scope}\"");
        assert!(sources.iter().any(|source| source.contains(&named)), "{scope}");
    }
    assert_eq!(scopes().len() - that_refuse().count(), 1, "one only counts");
}
