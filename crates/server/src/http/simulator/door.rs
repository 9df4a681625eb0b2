//! Who may look into the simulator: this machine, with its key or its one-time link.

use std::{
    fmt::Write as _,
    future::{Ready, ready},
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web::Data,
};
use thunderbird_adapters::simulator::{gateway::SimulatorGateway, mailbox::SimulatorMailbox};
use thunderbird_domain::{
    random::Entropy,
    secret::{Secret, same_bytes},
};

use crate::http::{app::App, problem::Problem};

/// The cookie that the one-time link sets.
pub const COOKIE: &str = "thunderbird_simulator";

/// Set by proxies: a request that has one does not come straight from this machine's user.
const FORWARDING: [&str; 6] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Tells the simulator's key in lower-case hex; it may be renewed while the service runs.
pub type SimulatorKey = Arc<dyn Fn() -> Option<Secret<String>> + Send + Sync>;

/// What the simulator's addresses show, and what opens them.
pub struct Door {
    /// The texts, while texts are simulated.
    pub texts: Option<Arc<SimulatorGateway>>,
    /// The mails, while mail is simulated.
    pub mails: Option<Arc<SimulatorMailbox>>,
    key: SimulatorKey,
    link: Mutex<Option<Secret<String>>>,
    cookie: Secret<String>,
}

impl Door {
    /// A door with a new link and a new cookie; none when nothing is simulated that could be shown behind it.
    pub fn before(
        texts: Option<Arc<SimulatorGateway>>,
        mails: Option<Arc<SimulatorMailbox>>,
        key: SimulatorKey,
        entropy: &dyn Entropy,
    ) -> Option<Self> {
        let is_needed = texts.is_some() || mails.is_some();
        is_needed.then(|| Self {
            texts,
            mails,
            key,
            link: Mutex::new(Some(draw(entropy))),
            cookie: draw(entropy),
        })
    }

    /// Ends every long poll that waits behind it.
    pub fn close(&self) {
        if let Some(texts) = &self.texts {
            texts.close();
        }
        if let Some(mails) = &self.mails {
            mails.close();
        }
    }

    /// The query that opens the page once; `None` when it was used.
    pub fn link(&self) -> Option<String> {
        let link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        link.as_ref().map(|link| format!("link={}", link.expose()))
    }

    /// Uses the link up. `None` for anything else than the link; else the cookie's value.
    pub fn use_link(&self, presented: &str) -> Option<&Secret<String>> {
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        let matches = link.as_ref().is_some_and(|link| same(link, presented));
        matches.then(|| {
            *link = None;
            &self.cookie
        })
    }

    fn key(&self) -> Option<Secret<String>> {
        (self.key)()
    }

    fn opens_for(&self, request: &HttpRequest) -> bool {
        let given = request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let by_key = given
            .and_then(|value| value.strip_prefix("Simulator "))
            .zip(self.key())
            .is_some_and(|(given, key)| same(&key, given));
        by_key || self.has_cookie(request)
    }

    fn has_cookie(&self, request: &HttpRequest) -> bool {
        request
            .cookie(COOKIE)
            .is_some_and(|cookie| same(&self.cookie, cookie.value()))
    }

    /// The key in hex for the page of who has the cookie: its phones sign their texts with it.
    pub fn opened_with_cookie(&self, request: &HttpRequest) -> Option<Secret<String>> {
        self.has_cookie(request).then(|| self.key()).flatten()
    }
}

fn same(secret: &Secret<String>, presented: &str) -> bool {
    same_bytes(secret.expose().as_bytes(), presented.as_bytes())
}

fn draw(entropy: &dyn Entropy) -> Secret<String> {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    let mut hex = String::with_capacity(64);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    Secret::new(hex)
}

/// The simulator is on, and the request comes straight from this machine; anybody else learns nothing.
pub struct Neighbour(Data<App>);

/// As [`Neighbour`], with the key or the cookie.
pub struct Insider(Neighbour);

impl Neighbour {
    /// What is behind the door.
    ///
    /// # Errors
    ///
    /// 404 when the simulator is off.
    pub fn door(&self) -> Result<&Door, Problem> {
        self.0.simulator.as_ref().ok_or_else(Problem::not_found)
    }
}

impl Insider {
    /// What is behind the door.
    ///
    /// # Errors
    ///
    /// 404 when the simulator is off.
    pub fn door(&self) -> Result<&Door, Problem> {
        self.0.door()
    }
}

impl FromRequest for Neighbour {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(neighbour(request))
    }
}

impl FromRequest for Insider {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(neighbour(request).and_then(|neighbour| {
            let opens = neighbour.door()?.opens_for(request);
            if opens {
                Ok(Self(neighbour))
            } else {
                Err(Problem::not_found())
            }
        }))
    }
}

fn neighbour(request: &HttpRequest) -> Result<Neighbour, Problem> {
    let app = request.app_data::<Data<App>>().ok_or_else(Problem::not_found)?;
    let is_local = request
        .peer_addr()
        .is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let is_forwarded = FORWARDING
        .iter()
        .any(|name| request.headers().contains_key(*name));
    if app.simulator.is_some() && is_local && !is_forwarded && names_this_machine(request.headers()) {
        Ok(Neighbour(Data::clone(app)))
    } else {
        Err(Problem::not_found())
    }
}

/// Whether `Host` is a loopback address: a page of another site that was rebound to 127.0.0.1 names its own.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST);
    let (Some(Ok(host)), None) = (hosts.next().map(|value| value.to_str()), hosts.next()) else {
        return false;
    };
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((literal, _)) => {
            return literal
                .parse()
                .is_ok_and(|address: Ipv6Addr| address.is_loopback());
        }
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_this_machines_names_are_let_in() {
        for (host, expected) in [
            ("127.0.0.1:8080", true),
            ("127.0.0.2", true),
            ("localhost:8080", true),
            ("LOCALHOST", true),
            ("[::1]:8080", true),
            ("evil.example:8080", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("[::2]", false),
            ("", false),
        ] {
            let request = TestRequest::default()
                .insert_header((header::HOST, host))
                .to_http_request();
            assert_eq!(names_this_machine(request.headers()), expected, "{host}");
        }
        let twice = TestRequest::default()
            .append_header((header::HOST, "localhost"))
            .append_header((header::HOST, "evil.example"));
        assert!(!names_this_machine(twice.to_http_request().headers()));
    }
}
