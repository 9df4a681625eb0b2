//! What honest users do, always the same, and how they are served.

use std::{thread, time::Duration};

use super::stage::{OPERATOR, Stage, TWILIO, console_sign_in};
use crate::{
    client::{
        Load, Outcome,
        dial::Sources,
        requests::{Requests, get, post_json},
    },
    random::Numbers,
    site::{PASSWORD, Site, sign_in},
};

/// Texts a second, each over a connection of its own.
const TEXTS: f64 = 100.0;
/// One text of so many is a check-in of a hiker with a contact; the others ask for help from numbers that are new.
const ONE_CHECK_IN_IN: usize = 200;
/// Sign-ins a second, each from a source of its own.
const SIGN_INS: f64 = 2.0;
/// One of so many is a registration.
const ONE_REGISTRATION_IN: usize = 8;
/// Pages of the console a second.
const PAGES: f64 = 4.0;
/// Sign-ins to the console a second.
const CONSOLE_SIGN_INS: f64 = 0.5;
/// Who is answered later than this has gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pages that an operator looks at.
const LOOKED_AT: [&str; 4] = ["/admin", "/admin/users", "/admin/messages", "/admin/watch"];

/// What they will send.
pub struct Crowd {
    span: Duration,
    texts: Requests,
    sign_ins: Requests,
    pages: Requests,
    console: Requests,
    /// Those whose contacts are to be told.
    pub contacts: Vec<String>,
    /// The place in the networks of sources from which on none was used.
    first: u16,
}

/// How they were served.
pub struct Felt {
    /// Texts that Twilio signed.
    pub texts: Outcome,
    /// Sign-ins and registrations.
    pub sign_ins: Outcome,
    /// Pages of the console.
    pub pages: Outcome,
    /// Sign-ins to the console.
    pub console: Outcome,
}

impl Crowd {
    /// Readies what is sent in `span`, in the nth phase.
    pub fn gather(
        stage: &mut Stage<'_>,
        (nth, span): (u16, Duration),
        cookie: &str,
        numbers: &mut Numbers,
    ) -> Self {
        let mut contacts = Vec::new();
        let texts: Vec<Vec<u8>> = (0..count(TEXTS, span))
            .map(|place| {
                let walker = if place % ONE_CHECK_IN_IN == ONE_CHECK_IN_IN / 4 {
                    stage.walker()
                } else {
                    None
                };
                let line = &stage.site.line;
                let Some((person, camp)) = walker else {
                    return line.help(numbers);
                };
                contacts.push(person.contact());
                line.text(&person.phone(), &format!("CHECKIN {camp}"), numbers)
            })
            .collect();
        let emails: Vec<String> = Stage::emails().collect();
        let first = usize::from(nth) * 50;
        let sign_ins = (0..count(SIGN_INS, span)).map(|place| {
            if place % ONE_REGISTRATION_IN == ONE_REGISTRATION_IN - 1 {
                let email = format!("new-{nth}-{place}@example.org");
                let account = serde_json::json!({ "email": email, "password": PASSWORD });
                return post_json("/auth/register", "", &account);
            }
            let email = emails.get((first + place) % emails.len()).unwrap();
            sign_in(email, PASSWORD)
        });
        let pages = LOOKED_AT.map(|path| get(path, &format!("Cookie: {cookie}\r\n")));
        Self {
            span,
            texts: Requests::once(texts),
            sign_ins: Requests::once(sign_ins),
            pages: Requests::around(pages),
            console: Requests::once((0..count(CONSOLE_SIGN_INS, span)).map(console_sign_in)),
            contacts,
            first: nth.wrapping_mul(4_096),
        }
    }

    /// Sends it, everything at its time.
    pub fn live(mut self, site: &Site) -> Felt {
        let load = |connections, rate, from| Load {
            rate: Some(rate),
            from,
            fresh: true,
            ..site.flood(connections, self.span)
        };
        let texts = load(64, TEXTS, TWILIO);
        let sign_ins = load(64, SIGN_INS, Sources::Each(1, self.first));
        let pages = load(16, PAGES, Sources::One(OPERATOR));
        let console = Load {
            wanted: 3,
            ..load(16, CONSOLE_SIGN_INS, Sources::Each(2, self.first.wrapping_add(2)))
        };
        thread::scope(|scope| {
            let texts = scope.spawn(|| texts.run(&mut self.texts));
            let sign_ins = scope.spawn(|| sign_ins.run(&mut self.sign_ins));
            let pages = scope.spawn(|| pages.run(&mut self.pages));
            let console = console.run(&mut self.console);
            Felt {
                texts: texts.join().unwrap(),
                sign_ins: sign_ins.join().unwrap(),
                pages: pages.join().unwrap(),
                console,
            }
        })
    }
}

impl Felt {
    /// How many of these were answered well while somebody waited, and how many there were.
    pub fn served(outcomes: &[&Outcome]) -> (usize, u64) {
        let in_time = |outcome: &Outcome| outcome.times.iter().filter(|time| **time <= PATIENCE).count();
        let served = outcomes.iter().map(|outcome| in_time(outcome)).sum();
        (served, outcomes.iter().map(|outcome| outcome.sent()).sum())
    }
}

/// How many are sent in this time.
fn count(rate: f64, span: Duration) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a minute of requests"
    )]
    let whole = (rate * span.as_secs_f64()).ceil() as usize;
    whole.max(1)
}
