//! A Twilio on loopback: records what it is asked to send, answers in Twilio's documented JSON, misbehaves on request
//! and posts signed delivery callbacks.
//!
//! ```no_run
//! # async fn example() {
//! let twilio = thunderbird_testkit::fake_twilio::FakeTwilio::start().await;
//! // start the service with TWILIO_API_BASE_URL = twilio.base_url(), the constants below as its other variables, then
//! let texts = twilio.wait_for(2).await;
//! # }
//! ```

mod answer;
mod call;
mod callback;
mod date;
mod fault;
mod http;
mod list;
mod misbehave;
mod ring;

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use call::ReceivedCall;
pub use callback::{post_form, signature};
pub use fault::Fault;
use thunderbird_domain::time::Timestamp;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// The account that the fake knows.
pub const ACCOUNT_SID: &str = "ACffffffffffffffffffffffffffffffff";
/// Its auth token, which also signs the callbacks.
pub const AUTH_TOKEN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
/// An API key of the account, accepted in place of the auth token.
pub const API_KEY_SID: &str = "SKffffffffffffffffffffffffffffffff";
/// The secret of [`API_KEY_SID`].
pub const API_KEY_SECRET: &str = "fake-api-key-secret";
/// The number that the account owns.
pub const OUR_NUMBER: &str = "+61491570156";

/// A text that the fake was asked to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedText {
    /// Whom to send it to, as it was written in the form.
    pub to: String,
    /// The sender's number, empty when it goes through a messaging service.
    pub from: String,
    /// What it says.
    pub body: String,
    /// The sid it was given, also when the answer never told it.
    pub sid: String,
    /// Whether Twilio has taken it over and will send it: what a recipient would see.
    pub accepted: bool,
    /// The form exactly as it came, in its order.
    pub parameters: Vec<(String, String)>,
}

impl ReceivedText {
    /// A parameter of the form.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A Twilio on loopback, gone when dropped.
pub struct FakeTwilio {
    address: SocketAddr,
    state: Arc<State>,
    listener: JoinHandle<()>,
}

/// What one recipient has received.
#[derive(Clone)]
pub struct Inbox {
    state: Arc<State>,
    number: String,
}

impl Inbox {
    /// The recipient's number in E.164.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What the texts say that were taken over for this number, in order.
    pub fn texts(&self) -> Vec<String> {
        let book = self.state.book();
        let mine = book.received.iter();
        mine.filter(|text| text.accepted && text.to == self.number)
            .map(|text| text.body.clone())
            .collect()
    }
}

#[derive(Default)]
struct State {
    book: Mutex<Book>,
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct Book {
    received: Vec<ReceivedText>,
    fetched: Vec<String>,
    scripted: VecDeque<Fault>,
    per_recipient: HashMap<String, VecDeque<Fault>>,
    always: Option<Fault>,
    delay: Duration,
    prices: HashMap<String, (String, String)>,
    statuses: HashMap<String, (String, Option<u32>)>,
    list: list::List,
    dates: date::Dates,
    calls: call::Calls,
}

impl State {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FakeTwilio {
    /// Listens on a free port of loopback.
    ///
    /// # Panics
    ///
    /// When loopback has no free port.
    pub async fn start() -> Self {
        let bound = TcpListener::bind(("127.0.0.1", 0)).await;
        let (listener, address) = match bound.and_then(|listener| Ok((listener.local_addr()?, listener))) {
            Ok((address, listener)) => (listener, address),
            Err(error) => unreachable!("loopback has no free port: {error}"),
        };
        let state = Arc::new(State::default());
        let listener = tokio::spawn(http::serve(listener, Arc::clone(&state)));
        Self {
            address,
            state,
            listener,
        }
    }

    /// What `TWILIO_API_BASE_URL` is set to.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The variables with which the service talks to this fake.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("TWILIO_ACCOUNT_SID", ACCOUNT_SID.to_owned()),
            ("TWILIO_AUTH_TOKEN", AUTH_TOKEN.to_owned()),
            ("TWILIO_PHONE_NUMBER", OUR_NUMBER.to_owned()),
            ("TWILIO_API_BASE_URL", self.base_url()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Every request to send, in the order of arrival, also those that were refused.
    pub fn received(&self) -> Vec<ReceivedText> {
        self.state.book().received.clone()
    }

    /// Every text that was taken over: what recipients see, in order.
    pub fn accepted(&self) -> Vec<ReceivedText> {
        let mut texts = self.received();
        texts.retain(|text| text.accepted);
        texts
    }

    /// What was taken over for one recipient, in order.
    pub fn accepted_for(&self, to: &str) -> Vec<ReceivedText> {
        let mut texts = self.accepted();
        texts.retain(|text| text.to == to);
        texts
    }

    /// The phone of one recipient, which outlives the borrow of the fake.
    pub fn inbox(&self, number: &str) -> Inbox {
        Inbox {
            state: Arc::clone(&self.state),
            number: number.to_owned(),
        }
    }

    /// The sids that were read back, in order.
    pub fn fetched(&self) -> Vec<String> {
        self.state.book().fetched.clone()
    }

    /// Waits until `count` texts were taken over, and returns all of them.
    ///
    /// # Panics
    ///
    /// When it takes longer than 30 s.
    pub async fn wait_for(&self, count: usize) -> Vec<ReceivedText> {
        let mut seen = self.state.count.subscribe();
        let enough = seen.wait_for(|accepted| *accepted >= count);
        let waited = tokio::time::timeout(Duration::from_secs(30), enough).await;
        let texts = self.accepted();
        assert!(
            waited.is_ok(),
            "waited for {count} texts, {} came: {texts:?}",
            texts.len()
        );
        texts
    }

    /// What happens to the next requests, whoever they are for, one each; then everything is in order again.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.book().scripted.extend(faults);
    }

    /// What happens to the next requests for one recipient, before anything of [`Self::script`].
    pub fn script_for(&self, to: &str, faults: impl IntoIterator<Item = Fault>) {
        let mut book = self.state.book();
        book.per_recipient
            .entry(to.to_owned())
            .or_default()
            .extend(faults);
    }

    /// What happens to every request that has no script, until told otherwise.
    pub fn always(&self, fault: Option<Fault>) {
        self.state.book().always = fault;
    }

    /// How long every answer takes.
    pub fn answer_after(&self, delay: Duration) {
        self.state.book().delay = delay;
    }

    /// What reading the message back tells from now on, as Twilio writes it (`-0.00750`, `USD`).
    pub fn set_price(&self, sid: &str, price: &str, unit: &str) {
        let mut book = self.state.book();
        book.prices
            .insert(sid.to_owned(), (price.to_owned(), unit.to_owned()));
    }

    /// The status that reading the message back tells from now on.
    pub fn set_status(&self, sid: &str, status: &str, code: Option<u32>) {
        let mut book = self.state.book();
        book.statuses.insert(sid.to_owned(), (status.to_owned(), code));
    }

    /// Keeps the text of a webhook's form, which came in at `at`, whether or not the webhook is ever delivered.
    pub fn keeps(&self, form: &[(String, String)], at: Timestamp) {
        self.state.book().list.kept.push(list::KeptText {
            form: form.to_vec(),
            at,
        });
    }

    /// The queries with which the list was asked for, in order.
    pub fn list_queries(&self) -> Vec<String> {
        self.state.book().list.asked.clone()
    }

    /// What happens to the next requests for the list, one each; then everything is in order again.
    pub fn script_lists(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.book().list.scripted.extend(faults);
    }

    /// What happens to every request for the list that has no script, until told otherwise.
    pub fn always_lists(&self, fault: Option<Fault>) {
        self.state.book().list.always = fault;
    }

    /// How long each answer about the list takes.
    pub fn lists_after(&self, delay: Duration) {
        self.state.book().list.delay = delay;
    }

    /// By how many seconds the `Date` of every answer is ahead of the machine's clock from now on; `None` for answers
    /// without a date.
    pub fn dates_ahead(&self, seconds: Option<i64>) {
        self.state.book().dates = seconds.map_or(date::Dates::Missing, date::Dates::Ahead);
    }

    /// Answers the list in pages of at most this many texts.
    pub fn lists_pages_of(&self, size: usize) {
        self.state.book().list.page_size = Some(size);
    }

    /// Names this as the next page of each page.
    pub fn lists_next_page(&self, uri: &str) {
        self.state.book().list.next_page = Some(uri.to_owned());
    }

    /// Posts a signed delivery callback to the text's own `StatusCallback`, and returns the answer's status.
    ///
    /// # Errors
    ///
    /// When the service cannot be reached.
    pub async fn call_back(
        &self,
        text: &ReceivedText,
        status: &str,
        code: Option<u32>,
    ) -> std::io::Result<u16> {
        let url = text.parameter("StatusCallback").unwrap_or_default().to_owned();
        let form = callback::status_form(text, status, code);
        let signature = signature(AUTH_TOKEN, &url, &form);
        post_form(&url, &form, &signature).await.map(|(status, _)| status)
    }
}

impl Drop for FakeTwilio {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
