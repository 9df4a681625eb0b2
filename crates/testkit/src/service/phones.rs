//! Phones: they text the service, and receive what the fake Twilio was asked to send.

use std::ops::Deref;

use super::{Client, Service, Site, TextAnswer, Webhook};
use crate::{
    eventually,
    fake_twilio::{FakeTwilio, Inbox},
};

/// A hiker's number.
pub const SAM: &str = "+61491570006";
/// The number of a contact.
pub const MUM: &str = "+61491570110";
/// The number of another contact.
pub const DAD: &str = "+61491570313";

/// A phone with a number of its own.
#[derive(Clone)]
pub struct Phone {
    site: Site,
    inbox: Inbox,
}

/// The phone of a hiker.
#[derive(Clone)]
pub struct Hiker(Phone);

/// The phone of a contact.
#[derive(Clone)]
pub struct Contact(Phone);

impl Phone {
    fn new(service: &Service, twilio: &FakeTwilio, number: &str) -> Self {
        Self {
            site: service.site().clone(),
            inbox: twilio.inbox(number),
        }
    }

    /// The number in E.164.
    pub fn number(&self) -> &str {
        self.inbox.number()
    }

    /// A signed text that is ready to be delivered.
    pub fn webhook(&self, body: &str) -> Webhook {
        Webhook::new(&self.site.inbound_url(), self.number(), body)
    }

    /// Delivers a webhook as it stands.
    pub async fn deliver(&self, webhook: &Webhook) -> TextAnswer {
        self.site.deliver(webhook).await.expect("the service answers")
    }

    /// Texts the service and insists on a 200.
    pub async fn text(&self, body: &str) -> TextAnswer {
        let answer = self.deliver(&self.webhook(body)).await;
        assert_eq!(answer.status, 200, "{body:?}: {}", answer.body);
        answer
    }

    /// Texts the service. Returns the answer as one line, as a person reads it.
    pub async fn says(&self, body: &str) -> String {
        self.text(body).await.line()
    }

    /// Every text that has reached this phone, in order; answers to its own texts are not among them.
    pub fn texts(&self) -> Vec<String> {
        self.inbox.texts()
    }

    /// The nth text that reaches this phone, counted from 0, as soon as it is there.
    pub async fn nth_text(&self, nth: usize) -> String {
        let what = format!("text number {nth} to {}", self.number());
        eventually(&what, async || self.texts().get(nth).cloned()).await
    }

    /// The texts that contain `part`, as soon as there are at least `count`.
    pub async fn texts_with(&self, part: &str, count: usize) -> Vec<String> {
        let what = format!("{count} texts with {part:?} to {}", self.number());
        eventually(&what, async || {
            let mut texts = self.texts();
            texts.retain(|text| text.contains(part));
            (texts.len() >= count).then_some(texts)
        })
        .await
    }
}

impl Hiker {
    pub(super) fn new(service: &Service, twilio: &FakeTwilio, number: &str) -> Self {
        Self(Phone::new(service, twilio, number))
    }

    /// Registers as Sam on the Overland Track.
    #[must_use]
    pub async fn registered(self) -> Self {
        self.registers("Sam").await;
        self
    }

    /// Registers under a trail name on the Overland Track.
    pub async fn registers(&self, trail_name: &str) {
        self.text("START").await;
        let asked = self.says(trail_name).await;
        if asked.contains("Reply NAME") {
            self.text("NAME").await;
        }
        let confirmed = self.says("1").await;
        let expected = format!("You are registered: {trail_name}");
        assert!(confirmed.contains(&expected), "{confirmed}");
    }

    /// Links this phone to a web account by texted words.
    pub async fn links_to(&self, account: &Client) {
        let asked = self.says(&account.link_text().await).await;
        let linked = self.says(&format!("CONFIRM {}", word_to_confirm(&asked))).await;
        assert!(linked.contains("now linked"), "{linked}");
    }
}

impl Contact {
    pub(super) fn new(service: &Service, twilio: &FakeTwilio, number: &str) -> Self {
        Self(Phone::new(service, twilio, number))
    }
}

/// The word that an answer asks to be confirmed with.
pub fn word_to_confirm(answer: &str) -> String {
    let (_, after) = answer
        .split_once("CONFIRM ")
        .unwrap_or_else(|| panic!("{answer}"));
    after.split_whitespace().next().unwrap_or_default().to_owned()
}

impl Deref for Hiker {
    type Target = Phone;

    fn deref(&self) -> &Phone {
        &self.0
    }
}

impl Deref for Contact {
    type Target = Phone;

    fn deref(&self) -> &Phone {
        &self.0
    }
}
