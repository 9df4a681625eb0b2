//! What opens the simulator: its key, or the cookie that its one-time link sets.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{HttpRequest, http::header};
use thunderbird_adapters::simulator::{
    clock::SimulatorClock, gateway::SimulatorGateway, mailbox::SimulatorMailbox,
};
use thunderbird_domain::{
    random::Entropy,
    secret::{Secret, same_bytes},
};

/// The cookie that the one-time link sets.
pub const COOKIE: &str = "thunderbird_simulator";

/// Tells the simulator's key in lower-case hex; it may be renewed while the service runs.
pub type SimulatorKey = Arc<dyn Fn() -> Option<Secret<String>> + Send + Sync>;

/// What the simulator's addresses show, and what opens them.
pub struct SimulatorAccess {
    /// The texts, while texts are simulated.
    pub texts: Option<Arc<SimulatorGateway>>,
    /// The mails, while mail is simulated.
    pub mails: Option<Arc<SimulatorMailbox>>,
    /// The clock, while texts are simulated.
    pub clock: Option<Arc<SimulatorClock>>,
    key: SimulatorKey,
    link: Mutex<Option<Secret<String>>>,
    cookie: Secret<String>,
}

impl SimulatorAccess {
    /// Access with a new link and a new cookie. `None` if nothing is simulated, so that there is nothing to show.
    pub fn new(
        texts: Option<Arc<SimulatorGateway>>,
        mails: Option<Arc<SimulatorMailbox>>,
        key: SimulatorKey,
        entropy: &dyn Entropy,
    ) -> Option<Self> {
        let is_needed = texts.is_some() || mails.is_some();
        is_needed.then(|| Self {
            texts,
            mails,
            clock: None,
            key,
            link: Mutex::new(Some(draw(entropy))),
            cookie: draw(entropy),
        })
    }

    /// The same access, to a clock that can be moved.
    #[must_use]
    pub fn with_clock(mut self, clock: Option<Arc<SimulatorClock>>) -> Self {
        self.clock = clock;
        self
    }

    /// Ends every long poll of the simulator.
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

    /// Whether the request carries the key or the cookie.
    pub(super) fn opens_for(&self, request: &HttpRequest) -> bool {
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

    /// The key in hex, if the request has the cookie: the phones of the page sign their texts with it.
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
