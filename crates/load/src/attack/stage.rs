//! The service under attack, with the limits that it has by itself, and the people around it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    path::Path,
};

use thunderbird_testkit::{
    fake_smtp::FakeSmtp,
    service::{Service, ServiceBuilder},
};
use tokio::runtime::Runtime;

use crate::{
    client::{
        dial::Sources,
        requests::{bearer, post_form, post_json},
        talk::Talk,
    },
    counts::{number, reader},
    seed::Size,
    site::{PASSWORD, Site, sign_in, through},
    twilio::Twilio,
};

/// Twilio's only address, as far as the service knows.
pub const TWILIO: Sources = Sources::One(Ipv4Addr::new(127, 3, 0, 1));
/// Where the operator sits.
pub const OPERATOR: Ipv4Addr = Ipv4Addr::new(127, 2, 0, 1);
/// Administrators who sign in to the console in turn.
pub const OPERATORS: usize = 4;
/// Contacts that an attacker adds to the one that each hiker of the database has.
const VICTIMS: usize = 4;

/// What the testkit opens wide, and the operator does not.
const BY_DEFAULT: [&str; 5] = [
    "THUNDERBIRD_ARGON2",
    "THUNDERBIRD_LOG",
    "THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR",
    "THUNDERBIRD_LIMIT_SESSIONS_PER_HOUR",
    "THUNDERBIRD_LIMIT_WRITES_PER_MINUTE",
];

/// A hiker of the database with an account and one contact, by the place among the thousand. Those whose place is a
/// multiple of six attack, one and two more walk, and the others sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person(pub usize);

impl Person {
    /// The address of the account.
    pub fn email(self) -> String {
        format!("hiker-{:07}@example.org", self.0 + 1)
    }

    /// The hiker's number.
    pub fn phone(self) -> String {
        format!("+6140{:06}0", self.0 * 1_000)
    }

    /// The contact's number.
    pub fn contact(self) -> String {
        format!("+6141{:06}0", self.0 * 1_000)
    }
}

/// Who floods: one source with one account and one phone.
#[derive(Debug, Clone)]
pub struct Attacker {
    /// The address that everything comes from.
    pub source: Ipv4Addr,
    /// The account and the hiker.
    pub person: Person,
    /// The account's access token.
    pub token: String,
    place: usize,
}

impl Attacker {
    /// A number of the thousand neighbours that this attacker adds as contacts.
    pub fn neighbour(&self, nth: usize) -> String {
        format!("+6146{:03}9{:03}", self.place, nth % 1_000)
    }

    fn victim(&self, nth: usize) -> String {
        format!("+6146{:03}{nth:04}", self.place)
    }
}

/// A service of the defaults, ready to be started.
pub fn by_default(binary: &Path) -> ServiceBuilder {
    BY_DEFAULT
        .into_iter()
        .fold(Service::builder(&binary.to_string_lossy()), |builder, name| {
            builder.without(name)
        })
}

/// The service and everything that it talks to.
pub struct Stage<'a> {
    /// The service that is attacked.
    pub site: Site,
    twilio: &'a Twilio,
    _mail: FakeSmtp,
    attackers: usize,
    walkers: usize,
    /// Texts that each number has received.
    received: BTreeMap<String, u64>,
    told: BTreeSet<String>,
}

impl<'a> Stage<'a> {
    /// Starts it over a database of a thousand hikers.
    pub fn start(runtime: &Runtime, binary: &Path, folder: &Path, twilio: &'a Twilio) -> Self {
        let mail = runtime.block_on(FakeSmtp::start());
        let builder = through(by_default(binary), twilio).smtp(&mail);
        let mut site = Site::over(runtime, folder, Size::EMPTY, builder);
        site.start(runtime);
        Self {
            site,
            twilio,
            _mail: mail,
            attackers: 0,
            walkers: 0,
            received: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }

    /// Stops the service.
    pub fn end(mut self, runtime: &Runtime) {
        if let Some(own) = self.site.own.as_mut() {
            runtime.block_on(own.service.terminate());
        }
    }

    /// Another attacker, signed in, with five contacts.
    pub fn attacker(&mut self) -> Attacker {
        self.attackers += 1;
        let place = self.attackers;
        let person = Person(place * 6);
        let fourth = u8::try_from(place).unwrap();
        let source = Ipv4Addr::new(127, 0, 1, fourth);
        // From elsewhere, so that the flood finds all that its source may do.
        let mut talk = Talk::from(Ipv4Addr::new(127, 4, 0, fourth), self.site.address);
        let token = talk.ask(&sign_in(&person.email(), PASSWORD)).text("access_token");
        let attacker = Attacker {
            source,
            person,
            token: token.unwrap(),
            place,
        };
        for nth in 0..VICTIMS {
            let contact = serde_json::json!({ "phone": attacker.victim(nth), "name": "Friend" });
            let added = talk.ask(&post_json(
                "/api/user/contacts",
                &bearer(&attacker.token),
                &contact,
            ));
            assert_eq!(added.status, 201, "{}", added.body);
        }
        attacker
    }

    /// Another hiker who checks in for the first time today, and the text that does it; `None` once all have.
    pub fn walker(&mut self) -> Option<(Person, &'static str)> {
        let nth = self.walkers;
        let person = Person(nth / 2 * 6 + nth % 2 + 1);
        if person.0 >= 996 {
            return None;
        }
        self.walkers += 1;
        // Where the database says that they have not been yet.
        let camp = if nth.is_multiple_of(2) { "PELIO" } else { "WATER" };
        Some((person, camp))
    }

    /// Accounts of those who only sign in.
    pub fn emails() -> impl Iterator<Item = String> {
        let people = (0..990).filter(|place| place % 6 > 2);
        people.map(|place| Person(place).email())
    }

    /// Makes administrators, and signs the first one in; the cookie.
    pub fn operators(&self) -> String {
        let service = &self.site.own.as_ref().unwrap().service;
        std::fs::write(service.folder().join("password"), PASSWORD).unwrap();
        for nth in 0..OPERATORS {
            let name = operator(nth);
            let made = service.run(&["admin", "create", &name, "--password-file", "password"]);
            assert!(made.status.success(), "{made:?}");
        }
        let answer = Talk::from(OPERATOR, self.site.address).ask(&console_sign_in(0));
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.header("set-cookie").unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Takes note of the texts that have come since; whether each of these numbers has had one.
    pub fn have_read(&mut self, contacts: &[String]) -> usize {
        for text in self.twilio.take() {
            self.told.insert(text.to.clone());
            *self.received.entry(text.to).or_default() += 1;
        }
        contacts
            .iter()
            .filter(|contact| self.told.contains(*contact))
            .count()
    }

    /// The most texts that one number has received that no honest hiker's contact has.
    pub fn most_to_one(&self) -> u64 {
        let walkers = (0..self.walkers).map(|nth| Person(nth / 2 * 6 + nth % 2 + 1).contact());
        let honest: BTreeSet<String> = walkers.collect();
        let others = self.received.iter().filter(|(to, _)| !honest.contains(*to));
        others.map(|(_, texts)| *texts).max().unwrap_or(0)
    }

    /// Where the database is.
    pub fn folder(&self) -> &Path {
        self.site.own.as_ref().unwrap().database.parent().unwrap()
    }

    /// Bytes that are in use in the database, and those of the log.
    pub fn disk(&self) -> (u64, u64) {
        let own = self.site.own.as_ref().unwrap();
        let used = number(
            &mut reader(&own.database),
            "SELECT (pages.page_count - free.freelist_count) * size.page_size AS number \
             FROM pragma_page_count AS pages, pragma_freelist_count AS free, pragma_page_size AS size",
        );
        (u64::try_from(used).unwrap(), own.service.printed())
    }
}

fn operator(nth: usize) -> String {
    format!("operator-{nth}")
}

/// An administrator's sign-in.
pub fn console_sign_in(nth: usize) -> Vec<u8> {
    let name = operator(nth % OPERATORS);
    post_form(
        "/admin/login",
        "Sec-Fetch-Site: same-origin\r\n",
        &[("name", &*name), ("password", PASSWORD)],
    )
}
