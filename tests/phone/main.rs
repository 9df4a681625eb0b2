//! Linking a phone through the real binary: codes that a fake Twilio receives, words that are texted with signatures.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod limits;
mod link;
mod transfer;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thunderbird_testkit::{fake_twilio::FakeTwilio, service::Service};

use crate::limits::contains;

const SAM: &str = "+61491570006";
const MUM: &str = "+61491570110";
const KIRI: &str = "+61491570313";

async fn service() -> (Service, FakeTwilio) {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
        .twilio(&twilio)
        .start()
        .await;
    (service, twilio)
}

/// A signed-in account.
struct Account {
    token: String,
}

/// An answer over HTTP.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: Value,
    waits: bool,
}

impl Account {
    async fn new(service: &Service, name: &str) -> Self {
        let (email, password) = (format!("{name}@example.org"), "kea nest on the ridge");
        let wanted = json!({"email": email, "password": password});
        let registered = service.http().post(service.url("/auth/register")).json(&wanted);
        assert_eq!(registered.send().await.unwrap().status(), 201);
        let form = BTreeMap::from([("username", email.as_str()), ("password", password)]);
        let signed_in = service.http().post(service.url("/auth/token")).form(&form);
        let grant: Value = signed_in.send().await.unwrap().json().await.unwrap();
        Self {
            token: grant["access_token"].as_str().unwrap().to_owned(),
        }
    }

    async fn call(&self, service: &Service, method: &str, path: &str, body: Option<Value>) -> Answer {
        let method = method.parse().unwrap();
        let mut request = service
            .http()
            .request(method, service.url(path))
            .bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let waits = response.headers().contains_key("retry-after");
        let text = response.text().await.unwrap();
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        Answer { status, body, waits }
    }

    async fn ask(&self, service: &Service, phone: &str) -> Answer {
        self.call(service, "POST", "/auth/phone", Some(json!({"phone": phone})))
            .await
    }

    async fn confirm(&self, service: &Service, code: &str) -> Answer {
        self.call(
            service,
            "POST",
            "/auth/phone/confirm",
            Some(json!({"code": code})),
        )
        .await
    }

    async fn words(&self, service: &Service) -> String {
        let offered = self.call(service, "POST", "/auth/phone/text-in", None).await;
        assert_eq!(offered.status, 201, "{offered:?}");
        offered.body["text"].as_str().unwrap().to_owned()
    }

    async fn phone(&self, service: &Service) -> Value {
        self.call(service, "GET", "/auth/me", None).await.body["phone"].clone()
    }
}

/// The six digits in a text.
fn digits_of(text: &str) -> String {
    let after = text.split("code ").nth(1).unwrap_or_else(|| panic!("{text}"));
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(digits.len(), 6, "{text}");
    digits
}

/// The newest of the `count` codes that a number was texted.
async fn texted_code(twilio: &FakeTwilio, phone: &str, count: usize) -> String {
    for _ in 0..600 {
        let texts = twilio.accepted_for(phone);
        let bodies = texts
            .iter()
            .map(|text| text.parameter("Body").unwrap().replace('\n', " "));
        let codes: Vec<String> = bodies
            .filter(|body| body.starts_with("Thunderbird code"))
            .collect();
        if codes.len() >= count {
            return digits_of(&codes[count - 1]);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{count} codes never came");
}

async fn said(service: &Service, phone: &str, body: &str) -> String {
    service.text(phone, body).await.message().replace('\n', " ")
}

/// The word that a reply asks for.
fn word_of(reply: &str) -> String {
    let after = reply
        .split("CONFIRM ")
        .nth(1)
        .unwrap_or_else(|| panic!("{reply}"));
    after.split_whitespace().next().unwrap().to_owned()
}

/// Another word than this one.
fn wrong(word: &str) -> &'static str {
    if word == "OTTER" { "CANYON" } else { "OTTER" }
}

/// Registers a hiker by text, with a contact and a position.
async fn hike(service: &Service, phone: &str) {
    for text in ["START", "Sam", "1"] {
        service.text(phone, text).await;
    }
    said(service, phone, &format!("SAFE {MUM} Mum")).await;
    let codes = said(service, phone, "ROUTE").await;
    let code = codes
        .split_whitespace()
        .find(|word| word.len() >= 4 && word.chars().all(|c| c.is_ascii_uppercase()));
    let told = said(service, phone, &format!("CHECKIN {}", code.unwrap())).await;
    assert!(told.contains('1'), "{told}");
}
