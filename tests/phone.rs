//! Linking a phone through the real binary: codes that a fake Twilio receives, words that are texted with signatures.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeMap;

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use futures_util::future::join_all;
use serde_json::{Value, json};
use thunderbird_testkit::{
    fake_twilio::{FakeTwilio, Fault},
    service::Service,
};

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

async fn restart(service: &mut Service) {
    service.kill();
    service.start_again().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_texted_code_links_an_existing_hiker_across_a_crash() {
    let (mut service, twilio) = service().await;
    hike(&service, SAM).await;
    let ada = Account::new(&service, "ada").await;
    let asked = ada.ask(&service, "0491 570 006").await;
    assert_eq!((asked.status, &asked.body["phone"]), (202, &json!(SAM)));
    assert!(asked.body["expires_at"].as_str() > asked.body["resend_after"].as_str());
    assert_eq!(ada.phone(&service).await, Value::Null, "nothing is linked yet");
    let code = texted_code(&twilio, SAM, 1).await;
    restart(&mut service).await;
    let linked = ada.confirm(&service, &code).await;
    assert_eq!((linked.status, &linked.body["phone"]), (200, &json!(SAM)));
    restart(&mut service).await;
    assert_eq!(ada.phone(&service).await, json!(SAM));
    let hiker = ada.call(&service, "GET", "/api/user", None).await;
    assert_eq!(hiker.body["trail_name"], "Sam");
    assert_eq!(hiker.body["contacts_count"], 1);
    assert!(
        hiker.body["position"]["name"]
            .as_str()
            .is_some_and(|name| !name.is_empty()),
        "{hiker:?}"
    );
    assert!(said(&service, SAM, "STATUS").await.contains("Web account: yes"));
    assert_eq!(
        ada.confirm(&service, &code).await.status,
        400,
        "a code works once"
    );
    assert_eq!(
        ada.call(&service, "DELETE", "/auth/phone", None).await.status,
        204
    );
    assert_eq!(
        ada.call(&service, "DELETE", "/auth/phone", None).await.status,
        204
    );
    assert_eq!(ada.phone(&service).await, Value::Null);
    assert_eq!(ada.call(&service, "GET", "/api/user", None).await.status, 404);
    let status = said(&service, SAM, "STATUS").await;
    assert!(
        status.contains("Web account: no") && status.contains("Contacts: 1"),
        "{status}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texted_words_link_an_existing_hiker_across_a_crash() {
    let (mut service, _twilio) = service().await;
    hike(&service, SAM).await;
    let ada = Account::new(&service, "ada").await;
    let text = ada.words(&service).await;
    let words: Vec<&str> = text.split(' ').skip(1).collect();
    assert_eq!((text.starts_with("LINK "), words.len()), (true, 3), "{text}");
    restart(&mut service).await;
    let scrambled = format!(
        "\u{201c}link\u{201d}  {} - {}\u{2026} {}!",
        words[2].to_lowercase(),
        words[0],
        words[1]
    );
    let asked = said(&service, SAM, &scrambled).await;
    assert!(asked.contains("a***@example.org"), "{asked}");
    assert!(!asked.contains("ada@"), "{asked}");
    assert_eq!(ada.phone(&service).await, Value::Null, "LINK alone links nothing");
    restart(&mut service).await;
    let word = word_of(&asked);
    let stranger = said(&service, KIRI, &format!("CONFIRM {word}")).await;
    assert!(stranger.contains("nothing to confirm"), "{stranger}");
    let linked = said(&service, SAM, &format!("confirm {}.", word.to_lowercase())).await;
    assert!(linked.contains("now linked"), "{linked}");
    assert_eq!(ada.phone(&service).await, json!(SAM));
    let hiker = ada.call(&service, "GET", "/api/user", None).await;
    assert_eq!(
        (&hiker.body["contacts_count"], hiker.body["position"].is_object()),
        (&json!(1), true)
    );
    let again = said(&service, KIRI, &text).await;
    assert!(again.contains("not known"), "words work once: {again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unlink_by_text_takes_a_word_and_leaves_the_hiker_as_they_are() {
    let (service, _twilio) = service().await;
    hike(&service, SAM).await;
    assert!(said(&service, SAM, "UNLINK").await.contains("not linked"));
    let ada = Account::new(&service, "ada").await;
    let asked = said(&service, SAM, &ada.words(&service).await).await;
    said(&service, SAM, &format!("CONFIRM {}", word_of(&asked))).await;
    let asked = said(&service, SAM, "unlink").await;
    assert_eq!(ada.phone(&service).await, json!(SAM));
    let word = word_of(&asked);
    said(&service, SAM, &format!("CONFIRM {}", wrong(&word))).await;
    assert_eq!(ada.phone(&service).await, json!(SAM));
    said(&service, SAM, &format!("CONFIRM {word}")).await;
    assert_eq!(ada.phone(&service).await, Value::Null);
    assert!(said(&service, SAM, "STATUS").await.contains("Contacts: 1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_wrong_words_are_met_with_silence_and_everything_else_is_answered() {
    let (service, _twilio) = service().await;
    let ada = Account::new(&service, "ada").await;
    let words = ada.words(&service).await;
    let asked = said(&service, SAM, &words).await;
    let word = word_of(&asked);
    for nth in 1..=5 {
        let reply = said(&service, SAM, &format!("CONFIRM {}", wrong(&word))).await;
        assert_eq!(reply.contains("Too many wrong words"), nth == 5, "{reply}");
    }
    for text in [format!("CONFIRM {word}"), words, "UNLINK".to_owned()] {
        assert!(service.text(SAM, &text).await.messages.is_empty(), "{text}");
    }
    assert!(said(&service, SAM, "HELP").await.contains("000"));
    assert_eq!(ada.phone(&service).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_proven_by_another_account_moves_and_the_hiker_does_not() {
    let (service, twilio) = service().await;
    hike(&service, SAM).await;
    let (ada, grace) = (
        Account::new(&service, "ada").await,
        Account::new(&service, "grace").await,
    );
    ada.ask(&service, SAM).await;
    let code = texted_code(&twilio, SAM, 1).await;
    assert_eq!(
        grace.confirm(&service, &code).await.status,
        400,
        "another account's code"
    );
    assert_eq!(ada.confirm(&service, &code).await.status, 200);
    let asked = grace.ask(&service, SAM).await;
    assert_eq!(asked.status, 202, "the answer does not tell whose the number is");
    let code = texted_code(&twilio, SAM, 2).await;
    assert_eq!(ada.phone(&service).await, json!(SAM), "asking takes nothing away");
    assert_eq!(grace.confirm(&service, &code).await.status, 200);
    assert_eq!(
        (ada.phone(&service).await, grace.phone(&service).await),
        (Value::Null, json!(SAM))
    );
    for account in [&ada, &grace] {
        assert_eq!(account.call(&service, "GET", "/api/user", None).await.status, 404);
    }
    assert!(
        said(&service, SAM, "STATUS").await.contains("START"),
        "unregistered until START"
    );
    for text in ["START", "Kiri", "1"] {
        service.text(SAM, text).await;
    }
    let hiker = grace.call(&service, "GET", "/api/user", None).await;
    assert_eq!(
        (&hiker.body["trail_name"], &hiker.body["contacts_count"]),
        (&json!("Kiri"), &json!(0))
    );
    assert_eq!(hiker.body["position"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contacts_of_a_number_that_moved_hear_nothing_more_not_even_what_was_under_way() {
    let (service, twilio) = service().await;
    twilio.script_for(MUM, [Fault::Hang; 4]);
    let (ada, grace) = (
        Account::new(&service, "ada").await,
        Account::new(&service, "grace").await,
    );
    ada.ask(&service, SAM).await;
    let code = texted_code(&twilio, SAM, 1).await;
    assert_eq!(ada.confirm(&service, &code).await.status, 200);
    hike(&service, SAM).await;
    said(&service, SAM, "CHECKIN PELIO").await;
    grace.ask(&service, SAM).await;
    let code = texted_code(&twilio, SAM, 2).await;
    assert_eq!(grace.confirm(&service, &code).await.status, 200);
    let states = || {
        let mut db = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
        let of_mum = format!("SELECT state FROM messages WHERE direction = 'out' AND phone = '{MUM}'");
        diesel::dsl::sql::<diesel::sql_types::Text>(&of_mum)
            .load::<String>(&mut db)
            .unwrap()
    };
    for _ in 0..600 {
        if states().iter().all(|state| state == "withheld") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(states(), ["withheld"; 3]);
    assert!(twilio.accepted_for(MUM).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_texted_is_refused_and_nobody_is_texted() {
    let (service, twilio) = service().await;
    let ada = Account::new(&service, "ada").await;
    for phone in [
        "03 6234 5678",
        "+1 202 555 0123",
        "call 0491570006",
        "0491570006 please",
        "123456789",
        "٠٤٩١٥٧٠٠٠٦",
        "",
        "+61 491",
    ] {
        let refused = ada.ask(&service, phone).await;
        assert_eq!(
            (refused.status, &refused.body["type"]),
            (422, &json!("/problems/phone-not-textable")),
            "{phone}"
        );
        assert!(
            phone.is_empty() || !refused.body.to_string().contains(phone),
            "{phone} is echoed"
        );
    }
    for body in [
        json!({}),
        json!({"phone": 7}),
        json!({"phone": SAM, "code": "123456"}),
    ] {
        assert_eq!(
            ada.call(&service, "POST", "/auth/phone", Some(body)).await.status,
            422
        );
    }
    for code in ["123456", "", "12345", "abcdef", "١٢٣٤٥٦"] {
        let wrong = ada.confirm(&service, code).await;
        assert_eq!(wrong.status, 400, "{code}");
    }
    assert!(twilio.received().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_guesses_at_once_five_are_judged() {
    let (service, twilio) = service().await;
    let ada = Account::new(&service, "ada").await;
    ada.ask(&service, SAM).await;
    let code = texted_code(&twilio, SAM, 1).await;
    let guess = if code == "000000" { "000001" } else { "000000" };
    let guesses = join_all((0..200).map(|_| ada.confirm(&service, guess))).await;
    let judged = guesses.iter().filter(|answer| answer.status == 400).count();
    assert_eq!(judged, 5);
    assert!(
        guesses
            .iter()
            .all(|answer| answer.status == 400 || (answer.status == 429 && answer.waits))
    );
    assert_eq!(
        ada.confirm(&service, &code).await.status,
        429,
        "the right one comes too late"
    );
    let resend = ada.ask(&service, SAM).await;
    assert_eq!(
        (resend.status, resend.waits),
        (429, true),
        "and a resend forgives nothing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_for_neighbouring_numbers_send_twenty_texts() {
    let (service, twilio) = service().await;
    let mut accounts = Vec::new();
    for nth in 0..20 {
        accounts.push(Account::new(&service, &format!("hiker{nth}")).await);
    }
    let mut sent = 0;
    for chunk in (0..1_000_usize).collect::<Vec<_>>().chunks(100) {
        let asking = chunk.iter().map(|nth| {
            let (account, phone) = (&accounts[nth % accounts.len()], format!("+61412345{nth:03}"));
            let service = &service;
            async move { account.ask(service, &phone).await }
        });
        for answer in join_all(asking).await {
            assert!(
                answer.status == 202 || (answer.status == 429 && answer.waits),
                "{answer:?}"
            );
            sent += usize::from(answer.status == 202);
        }
    }
    assert_eq!(sent, 20);
    twilio.wait_for(20).await;
    assert_eq!(twilio.received().len(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_the_database_nor_the_log_holds_a_code_a_word_or_a_number_in_clear() {
    let (mut service, twilio) = service().await;
    twilio.always(Some(Fault::Status(503)));
    let ada = Account::new(&service, "ada").await;
    assert_eq!(ada.ask(&service, SAM).await.status, 202);
    let mut tried = Vec::new();
    for _ in 0..200 {
        tried = twilio.received();
        if !tried.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let body = tried[0].parameter("Body").unwrap().to_owned();
    let code = digits_of(&body);
    let text = ada.words(&service).await;
    let asked = said(&service, KIRI, &text).await;
    let word = word_of(&asked);
    said(&service, KIRI, &format!("CONFIRM {}", wrong(&word))).await;
    said(&service, KIRI, &code).await;
    service.kill();
    let secrets = [
        code.clone(),
        text.clone(),
        text.trim_start_matches("LINK ").to_owned(),
        text.trim_start_matches("LINK ").to_lowercase(),
        format!("CONFIRM {word}"),
        format!("CONFIRM {}", wrong(&word)),
    ];
    let mut dump = Vec::new();
    for file in std::fs::read_dir(service.folder()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() && path.to_string_lossy().contains("thunderbird.db") {
            dump.extend(std::fs::read(path).unwrap());
        }
    }
    assert!(contains(&dump, KIRI), "the dump is one");
    for secret in &secrets {
        assert!(!contains(&dump, secret), "{secret} stands in the database");
    }
    let log = service.output();
    assert!(!log.is_empty());
    for secret in secrets
        .iter()
        .map(String::as_str)
        .chain([SAM, KIRI, "ada@example.org"])
    {
        assert!(!log.contains(secret), "{secret} stands in the log");
    }
}

fn contains(dump: &[u8], needle: &str) -> bool {
    dump.windows(needle.len())
        .any(|window| window == needle.as_bytes())
}
