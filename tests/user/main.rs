//! The linked hiker's API through the real binary: what a web client sees and does is what a text sees and does.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod check_in;
mod contacts;
mod messages;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thunderbird_testkit::{fake_twilio::FakeTwilio, service::Service};

const SAM: &str = "+61491570006";
const MUM: &str = "+61491570110";
const DAD: &str = "+61491570313";

/// A signed-in account whose hiker is Sam on the Overland Track.
struct Linked {
    service: Service,
    twilio: FakeTwilio,
    token: String,
}

async fn sign_up(service: &Service, name: &str) -> String {
    let (email, password) = (format!("{name}@example.org"), "kea nest on the ridge");
    let wanted = json!({"email": email, "password": password});
    let registered = service.http().post(service.url("/auth/register")).json(&wanted);
    assert_eq!(registered.send().await.unwrap().status(), 201);
    let form = BTreeMap::from([("username", email.as_str()), ("password", password)]);
    let signed_in = service.http().post(service.url("/auth/token")).form(&form);
    let grant: Value = signed_in.send().await.unwrap().json().await.unwrap();
    grant["access_token"].as_str().unwrap().to_owned()
}

impl Linked {
    async fn new() -> Self {
        let twilio = FakeTwilio::start().await;
        let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
            .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
            .twilio(&twilio)
            .start()
            .await;
        for text in ["START", "Sam", "1"] {
            service.text(SAM, text).await;
        }
        let token = sign_up(&service, "ada").await;
        let linked = Self {
            service,
            twilio,
            token,
        };
        let (_, offered) = linked.post("/auth/phone/text-in", &json!({}), None).await;
        let asked = linked.text(offered["text"].as_str().unwrap()).await;
        let word = asked
            .split("CONFIRM ")
            .nth(1)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap();
        assert!(
            linked
                .text(&format!("CONFIRM {word}"))
                .await
                .contains("now linked")
        );
        linked
    }

    async fn text(&self, body: &str) -> String {
        self.service.text(SAM, body).await.message().replace('\n', " ")
    }

    async fn call(&self, method: &str, path: &str, body: Option<&Value>, key: Option<&str>) -> (u16, Value) {
        let method = method.parse().unwrap();
        let url = self.service.url(path);
        let mut request = self.service.http().request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        (status, body)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, None, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn post(&self, path: &str, body: &Value, key: Option<&str>) -> (u16, Value) {
        self.call("POST", path, Some(body), key).await
    }

    async fn add(&self, phone: &str, name: &str) -> (u16, Value) {
        self.post("/api/user/contacts", &json!({"phone": phone, "name": name}), None)
            .await
    }

    async fn arrive(&self, camp: &str, key: Option<&str>) -> (u16, Value) {
        self.post("/api/user/checkins", &json!({"camp": camp}), key).await
    }

    /// How many check-in notices a number was sent, once there are at least `count`.
    async fn notices(&self, phone: &str, count: usize) -> usize {
        for _ in 0..600 {
            let texts = self.twilio.accepted_for(phone);
            let told = texts
                .iter()
                .filter(|text| text.parameter("Body").unwrap().contains("Ronny"))
                .count();
            if told >= count {
                return told;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{phone} was never told");
    }
}
