//! The floods: each comes from one source, as fast as it is answered.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::stage::{Attacker, Stage, TWILIO};
use crate::{
    client::{
        Load, Outcome,
        dial::{self, Sources},
        requests::{Requests, bearer, delete, post_json},
        talk::Talk,
    },
    random::Numbers,
    site::{PASSWORD, Site, sign_in},
};

/// The camps that an attacker is at in turn.
const CAMPS: [&str; 2] = ["RONNY", "WATER"];
/// Texts a second from one phone: as many as Twilio itself sends from one long number.
const TEXTS: f64 = 10.0;
/// Connections over which one account signs in.
const SIGN_INS: usize = 80;
/// Connections of the other floods.
const CONNECTIONS: usize = 32;
/// Connections that are held: more than one source may have.
const HELD: usize = 1_200;
/// How often an attacker looks after them.
const LOOK: Duration = Duration::from_millis(50);
/// The half of a request.
const HALF: &[u8] = b"POST /auth/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le";

/// What an attacker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flood {
    /// Check-ins in turn between two camps by web.
    WebCheckIns,
    /// The same by text.
    TextedCheckIns,
    /// Neighbouring numbers are added as contacts and deleted.
    Contacts,
    /// Sign-ins with the right password over many connections.
    SignIns,
    /// Passwords are said to be forgotten.
    Resets,
    /// Connections are held, each with half of a request.
    Connections,
}

/// What became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// Requests, or connections.
    pub sent: u64,
    /// Those that were carried out, or the most that were held at once.
    pub good: u64,
}

impl From<Outcome> for Damage {
    fn from(outcome: Outcome) -> Self {
        Self {
            sent: outcome.sent(),
            good: outcome.good,
        }
    }
}

impl Flood {
    /// Every kind of flood.
    pub const ALL: [Self; 6] = [
        Self::WebCheckIns,
        Self::TextedCheckIns,
        Self::Contacts,
        Self::SignIns,
        Self::Resets,
        Self::Connections,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebCheckIns => "check-ins in turn by web",
            Self::TextedCheckIns => "check-ins in turn by text",
            Self::Contacts => "contacts added and deleted",
            Self::SignIns => "sign-ins of one account",
            Self::Resets => "forgotten passwords",
            Self::Connections => "held connections",
        }
    }

    /// Floods for so long, with at most this many requests a second.
    pub fn rage(self, site: &Site, attacker: &Attacker, span: Duration, rate: f64) -> Damage {
        // An attacker's own work happens elsewhere: it must not take the processor from the service.
        rustix::process::nice(19).unwrap();
        let load = |connections| Load {
            from: Sources::One(attacker.source),
            rate: Some(rate),
            ..site.flood(connections, span)
        };
        match self {
            Self::WebCheckIns => load(CONNECTIONS).run(&mut arrivals(attacker)).into(),
            Self::TextedCheckIns => {
                let texts = Load {
                    rate: Some(TEXTS),
                    from: TWILIO,
                    ..site.flood(8, span)
                };
                texts.run(&mut texted_arrivals(site, attacker, span)).into()
            }
            Self::Contacts => contacts(site, attacker, span, rate),
            Self::SignIns => {
                let sign_in = sign_in(&attacker.person.email(), PASSWORD);
                load(SIGN_INS).run(&mut Requests::around([sign_in])).into()
            }
            Self::Resets => load(CONNECTIONS).run(&mut resets(attacker)).into(),
            Self::Connections => hold(site, attacker, span),
        }
    }
}

fn arrivals(attacker: &Attacker) -> Requests {
    let token = bearer(&attacker.token);
    Requests::around(CAMPS.map(|camp| {
        let camp = serde_json::json!({ "camp": camp });
        post_json("/api/user/checkins", &token, &camp)
    }))
}

fn texted_arrivals(site: &Site, attacker: &Attacker, span: Duration) -> Requests {
    let mut numbers = Numbers::of_this_run();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a minute of texts"
    )]
    let count = (TEXTS * span.as_secs_f64()) as usize + 1;
    let texts = CAMPS.iter().cycle().take(count).map(|camp| {
        let body = format!("CHECKIN {camp}");
        site.line.text(&attacker.person.phone(), &body, &mut numbers)
    });
    Requests::once(texts)
}

/// Addresses that have an account and addresses that have none, in turn.
fn resets(attacker: &Attacker) -> Requests {
    let known = Stage::emails();
    let unknown = (0_u32..).map(|nth| format!("stranger-{nth}-of-{}@example.net", attacker.source));
    let addresses = known.zip(unknown).flat_map(|(known, unknown)| [known, unknown]);
    Requests::around(addresses.map(|email| {
        let forgotten = serde_json::json!({ "email": email });
        post_json("/auth/forgot-password", "", &forgotten)
    }))
}

fn contacts(site: &Site, attacker: &Attacker, span: Duration, rate: f64) -> Damage {
    let (began, next) = (Instant::now(), AtomicUsize::new(0));
    let until = began + span;
    let one = || {
        let (mut talk, mut damage) = (Talk::from(attacker.source, site.address), Damage::default());
        while Instant::now() < until {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            let due = began + Duration::from_secs_f64(nth as f64 / rate);
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let phone = attacker.neighbour(nth);
            let contact = serde_json::json!({ "phone": phone, "name": "Friend" });
            let token = bearer(&attacker.token);
            damage.sent += 1;
            let Ok(added) = talk.try_ask(&post_json("/api/user/contacts", &token, &contact)) else {
                continue;
            };
            if added.status != 201 {
                continue;
            }
            damage.good += 1;
            let id = added.member("id").unwrap();
            drop(talk.try_ask(&delete(&format!("/api/user/contacts/{id}"), &token)));
        }
        damage
    };
    thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        let all = all.into_iter().map(|one| one.join().unwrap());
        all.fold(Damage::default(), |sum, one| Damage {
            sent: sum.sent + one.sent,
            good: sum.good + one.good,
        })
    })
}

fn hold(site: &Site, attacker: &Attacker, span: Duration) -> Damage {
    let until = Instant::now() + span;
    let (mut held, mut damage) = (Vec::new(), Damage::default());
    while Instant::now() < until {
        held.retain_mut(is_open);
        while held.len() < HELD && Instant::now() < until {
            damage.sent += 1;
            let Ok(stream) = begin(site, attacker) else { break };
            held.push(stream);
        }
        thread::sleep(LOOK);
        held.retain_mut(is_open);
        damage.good = damage.good.max(u64::try_from(held.len()).unwrap());
    }
    damage
}

fn begin(site: &Site, attacker: &Attacker) -> std::io::Result<TcpStream> {
    let mut stream = dial::connect(site.address, Some(attacker.source))?;
    stream.write_all(HALF)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// Whether nothing was answered yet.
fn is_open(stream: &mut TcpStream) -> bool {
    let read = stream.read(&mut [0; 1_024]);
    read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}
