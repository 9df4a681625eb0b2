//! One credential of every kind, each of them good where it belongs.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thunderbird_testkit::{
    fake_twilio::signature,
    service::{Operator, Service, Webhook},
};

use super::{Carrier, Secrets, location};
use crate::{ADA, PASSWORD, signed_in};

/// The simulator's cookie and its key.
async fn simulator(service: &Service) -> (String, String, String) {
    let link = service.simulator_link().await;
    let cookie = service.simulator_cookie().await;
    let cookie = cookie.split_once('=').unwrap().1.to_owned();
    let link = link.split_once('=').unwrap().1.to_owned();
    let page = Carrier::SimulatorCookie.carry(service.http().get(service.url("/simulator")), &cookie);
    let page = page.send().await.unwrap().text().await.unwrap();
    let key = page.split_once("data-key=\"").unwrap().1;
    (cookie, key.split_once('"').unwrap().0.to_owned(), link)
}

async fn phone_code(service: &Service, access: &str, cookie: &str) -> String {
    let asked = json!({ "phone": "0491570156" });
    let asked = service
        .web("POST", "/auth/phone", Some(access), Some(asked))
        .await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let events = service.url("/simulator/events?phone=%2B61491570156&after=0");
    let events = Carrier::SimulatorCookie.carry(service.http().get(events), cookie);
    let events: Value = events.send().await.unwrap().json().await.unwrap();
    let body = events["events"][0]["body"].as_str().unwrap();
    let after = body.split_once("code ").unwrap().1;
    after.chars().take_while(char::is_ascii_digit).collect()
}

fn cookie_of(browser: &Operator) -> String {
    let cookie = browser.cookie.as_ref().unwrap();
    cookie.split_once('=').unwrap().1.to_owned()
}

/// One of every kind, all of them good where they belong.
#[expect(clippy::too_many_lines, reason = "one line or two a credential")]
pub async fn secrets(service: &Service, webhook: &Webhook) -> Secrets {
    let tokens = signed_in(service).await;
    let verification = service.mailed_token(ADA, "verify-email").await;
    let forgot = json!({ "email": ADA });
    let forgot = service
        .web("POST", "/auth/forgot-password", None, Some(forgot))
        .await;
    assert_eq!(forgot.status, 202);
    let reset = service.mailed_token(ADA, "reset-password").await;
    let ended = service.web_login(ADA, PASSWORD).await;
    let device = ended.body["device_token"].as_str().unwrap().to_owned();
    let ended = ended.tokens();
    service
        .web("POST", "/auth/logout", Some(&ended.access), None)
        .await;
    let (cookie, key, link) = simulator(service).await;
    let code = phone_code(service, &tokens.access, &cookie).await;
    let words = service
        .web("POST", "/auth/phone/text-in", Some(&tokens.access), None)
        .await;
    let words = words.body["text"]
        .as_str()
        .unwrap()
        .trim_start_matches("LINK ")
        .to_owned();
    let elsewhere = crate::start().await;
    let foreign = signed_in(&elsewhere).await;
    let mut operator = Operator::signed_in(service, "ada", "operator").await;
    let viewer = Operator::signed_in(service, "vera", "viewer").await;
    let (_, recovery) = operator.enrol().await;
    let mut half = Operator::new(service);
    assert_eq!(location(&half.sign_in("ada").await), "/admin/code");
    let (head, tail) = tokens.access.split_at(40);
    let flipped = if tail.starts_with('A') { 'B' } else { 'A' };
    let signature = signature(&key, &service.inbound_url(), &webhook.form);
    BTreeMap::from([
        ("tampered access token", format!("{head}{flipped}{}", &tail[1..])),
        (
            "access token of another version",
            tokens.access.replacen("v4.local.", "v3.local.", 1),
        ),
        (
            "access token of another purpose",
            tokens.access.replacen("v4.local.", "v4.public.", 1),
        ),
        (
            "access token without its footer",
            tokens.access.rsplit_once('.').unwrap().0.to_owned(),
        ),
        (
            "two access tokens",
            format!("{}, {}", tokens.access, tokens.access),
        ),
        (
            "oversized access token",
            format!("v4.local.{}", "A".repeat(4_000)),
        ),
        ("access token", tokens.access),
        ("refresh token", tokens.refresh),
        ("device token", device),
        ("ended access token", ended.access),
        ("ended refresh token", ended.refresh),
        ("foreign access token", foreign.access),
        ("foreign refresh token", foreign.refresh),
        ("e-mail verification token", verification),
        ("reset token", reset),
        ("phone code", code),
        ("LINK words", words),
        ("password", PASSWORD.to_owned()),
        ("console cookie of an operator", cookie_of(&operator)),
        ("console cookie of a viewer", cookie_of(&viewer)),
        ("console cookie, second factor awaited", cookie_of(&half)),
        ("recovery code", recovery[0].clone()),
        ("simulator cookie", cookie),
        ("simulator key", key),
        ("used one-time link of the simulator", link),
        ("Twilio signature", signature),
        ("nothing", String::new()),
    ])
}
