//! The linked hiker's API through the real binary: what a web client sees and does is what a text sees and does.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_check_in_is_the_texted_one() {
    let linked = Linked::new().await;
    assert_eq!(linked.add(MUM, "Mum").await.0, 201);
    assert_eq!(linked.add("0491 570 313", "Dad").await.0, 201);
    let (status, arrived) = linked.arrive("RONNY", None).await;
    assert_eq!(
        (status, &arrived["camp"]["code"]),
        (201, &json!("RONNY")),
        "{arrived}"
    );
    assert_eq!(
        (&arrived["source"], &arrived["contacts_told"]),
        (&json!("web"), &json!(2))
    );
    let (status, again) = linked.arrive("RONNY", None).await;
    assert_eq!((status, &again["id"]), (200, &arrived["id"]), "within 30 minutes");
    for phone in [MUM, DAD] {
        assert_eq!(linked.notices(phone, 1).await, 1, "told once");
    }
    let hiker = linked.get("/api/user").await;
    assert_eq!(hiker["position"]["code"], "RONNY");
    assert_eq!(
        (&hiker["phone"], &hiker["opted_out"]),
        (&json!(SAM), &json!(false))
    );
    assert!(
        linked.text("STATUS").await.contains("RONNY"),
        "the text sees it too"
    );
    let listed = linked.get("/api/user/checkins").await;
    assert_eq!(listed["items"], json!([arrived]));
    assert_eq!(listed["next_cursor"], Value::Null);
    for camp in ["RON", "ronny now", "", "NOWHERE"] {
        let (status, refused) = linked.arrive(camp, None).await;
        assert_eq!(status, 422, "{camp}: {refused}");
    }
    assert_eq!(linked.get("/api/user/checkins").await, listed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_acts_once_however_often_it_is_sent() {
    let linked = Linked::new().await;
    linked.add(MUM, "Mum").await;
    let key = Some("8e03978e-40d5-43dd-bc93-6894a57f9324");
    let answers = join_all((0..32).map(|_| linked.arrive("RONNY", key))).await;
    let settled: BTreeSet<String> = answers
        .iter()
        .filter(|(status, _)| *status == 201)
        .map(|(_, body)| body.to_string())
        .collect();
    assert_eq!(settled.len(), 1, "{answers:?}");
    assert!(
        answers.iter().all(|(status, _)| [201, 409].contains(status)),
        "{answers:?}"
    );
    let (status, again) = linked.arrive("RONNY", key).await;
    assert_eq!((status, Some(&again.to_string())), (201, settled.first()));
    let (status, reused) = linked.arrive("WINDY", key).await;
    assert_eq!(
        (status, &reused["type"]),
        (422, &json!("/problems/idempotency-key-reused"))
    );
    assert_eq!(
        linked.get("/api/user/checkins").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let body = json!({"phone": DAD, "name": "Dad"});
    let elsewhere = linked.post("/api/user/contacts", &body, key).await;
    assert_eq!(elsewhere.0, 201, "another route, another key");
    assert_eq!(linked.post("/api/user/contacts", &body, key).await, elsewhere);
    assert_eq!(linked.arrive("RONNY", Some("white space")).await.0, 422);
    assert_eq!(linked.notices(MUM, 1).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_are_kept_renamed_limited_and_removed() {
    let linked = Linked::new().await;
    let (_, mum) = linked.add(MUM, "Mum").await;
    let (status, renamed) = linked.add("0491 570 110", "Mother").await;
    assert_eq!(
        (status, &renamed["id"], &renamed["name"]),
        (200, &mum["id"], &json!("Mother"))
    );
    for (phone, code) in [
        ("03 6234 5678", "not-mobile"),
        ("+1 202 555 0123", "region"),
        ("Mum", "malformed"),
    ] {
        let (status, refused) = linked.add(phone, "Mum").await;
        assert_eq!(
            (status, &refused["errors"][0]["code"]),
            (422, &json!(code)),
            "{phone}"
        );
    }
    let (status, own) = linked.add(SAM, "Me").await;
    assert_eq!((status, &own["errors"][0]["code"]), (422, &json!("own-number")));
    for nth in 0..9 {
        assert_eq!(linked.add(&format!("+6141234567{nth}"), "Friend").await.0, 201);
    }
    assert_eq!(linked.add(DAD, "Dad").await.0, 409);
    let (mut ids, mut path) = (Vec::new(), String::from("/api/user/contacts?limit=4"));
    loop {
        let page = linked.get(&path).await;
        ids.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|contact| contact["id"].as_i64().unwrap()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/user/contacts?limit=4&cursor={cursor}");
    }
    assert_eq!(
        (ids.len(), ids.is_sorted_by(|one, next| one > next)),
        (10, true),
        "newest first"
    );
    let gone = format!("/api/user/contacts/{}", mum["id"]);
    assert_eq!(linked.call("DELETE", &gone, None, None).await.0, 204);
    assert_eq!(linked.call("DELETE", &gone, None, None).await.0, 404);
    assert_eq!(linked.get("/api/user").await["contacts_count"], 9);
    assert_eq!(linked.service.text(DAD, "STOP").await.messages.len(), 1);
    assert_eq!(linked.add(DAD, "Dad").await.1["opted_out"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_route_clears_the_position_and_keeps_the_contacts() {
    let linked = Linked::new().await;
    linked.add(MUM, "Mum").await;
    linked.arrive("RONNY", None).await;
    let routes = linked.get("/api/routes").await;
    let here = linked.get("/api/user").await["route_id"].clone();
    let other = routes["routes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|route| route["route_id"] != here)
        .unwrap();
    let (status, named) = linked
        .call("PATCH", "/api/user", Some(&json!({"trail_name": "Wombat"})), None)
        .await;
    assert_eq!(
        (status, &named["trail_name"], &named["position"]["code"]),
        (200, &json!("Wombat"), &json!("RONNY"))
    );
    let wanted = json!({"route_id": other["route_id"]});
    let (status, moved) = linked.call("PATCH", "/api/user", Some(&wanted), None).await;
    assert_eq!(
        (status, &moved["route_id"], &moved["position"]),
        (200, &other["route_id"], &Value::Null)
    );
    assert_eq!(moved["contacts_count"], 1);
    for refused in [
        json!({"route_id": "nowhere"}),
        json!({"trail_name": ""}),
        json!({"trail_name": "x".repeat(31)}),
        json!({"phone": MUM}),
    ] {
        assert_eq!(
            linked.call("PATCH", "/api/user", Some(&refused), None).await.0,
            422,
            "{refused}"
        );
    }
}

#[tokio::test]
async fn what_is_null_cut_or_of_another_list_is_refused_and_changes_nothing() {
    let hiker = Linked::new().await;
    let before = hiker.get("/api/user").await;
    for wanted in [
        json!({"trail_name": null}),
        json!({"route_id": null, "trail_name": "Bo"}),
    ] {
        let (status, body) = hiker.call("PATCH", "/api/user", Some(&wanted), None).await;
        assert_eq!(
            (status, &body["errors"][0]["code"]),
            (422, &json!("type")),
            "{body}"
        );
    }
    assert_eq!(hiker.get("/api/user").await, before);
    for name in ["", "  ", "\u{200b}", &"x".repeat(31)] {
        let (status, body) = hiker.add(MUM, name).await;
        assert_eq!(
            (status, &body["errors"][0]["field"]),
            (422, &json!("name")),
            "{body}"
        );
    }
    for (phone, name) in [(MUM, "Mum"), (DAD, "Dad")] {
        assert_eq!(hiker.add(phone, name).await.0, 201);
    }
    let page = hiker.get("/api/user/contacts?limit=1").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(
        hiker.get(&format!("/api/user/contacts?cursor={cursor}")).await["items"][0]["name"],
        "Mum"
    );
    for list in ["/api/user/messages", "/api/user/checkins", "/auth/sessions"] {
        let (status, body) = hiker
            .call("GET", &format!("{list}?cursor={cursor}"), None, None)
            .await;
        assert_eq!(
            (status, &body["type"]),
            (400, &json!("/problems/bad-cursor")),
            "{list}"
        );
    }
}

/// A phone that loses its connection while a request is on its way, and sends it again as soon as it has one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_finds_the_answer_under_its_key() {
    use std::{io::Write as _, net::TcpStream, time::Duration};

    let hiker = Linked::new().await;
    let address = hiker.service.base_url().strip_prefix("http://").unwrap();
    for attempt in 0_u64..40 {
        let name = format!("Mum {attempt}");
        let (key, body) = (format!("key-{attempt}"), json!({"phone": MUM, "name": name}));
        let text = body.to_string();
        let mut stream = TcpStream::connect(address).unwrap();
        rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
        write!(
            stream,
            "POST /api/user/contacts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n{text}",
            hiker.token,
            text.len()
        )
        .unwrap();
        tokio::time::sleep(Duration::from_micros(250 * attempt)).await;
        drop(stream);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (status, answer) = hiker.post("/api/user/contacts", &body, Some(&key)).await;
        assert!(matches!(status, 200 | 201), "{attempt}: {status} {answer}");
        assert_eq!(answer["name"], body["name"]);
    }
}

/// Three words of the list, six digits, a command's word: and no secret at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_who_is_stuck_texts_stays_readable() {
    let linked = Linked::new().await;
    let stuck = "Stuck between river and summit, snow storm, grid 482913, please confirm";
    linked.text(stuck).await;
    linked.text("482 913").await;
    let items = linked.get("/api/user/messages").await["items"].clone();
    let says = |words: &str| items.as_array().unwrap().iter().any(|item| item["body"] == words);
    assert!(says(stuck), "{items}");
    assert!(!says("482 913"), "a code alone may be one: {items}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_show_what_was_texted_and_no_secret_and_nobody_else_s() {
    let linked = Linked::new().await;
    linked.text("HELP").await;
    let items = linked.get("/api/user/messages").await["items"].clone();
    let items = items.as_array().unwrap();
    assert!(
        items
            .iter()
            .any(|item| item["direction"] == "in" && item["body"] == "HELP")
    );
    assert!(
        items
            .iter()
            .any(|item| item["direction"] == "out" && item["state"] == "replied")
    );
    for secret in ["LINK", "CONFIRM"] {
        let shown = |item: &&Value| {
            let body = item["body"].as_str();
            body.is_some_and(|body| body.contains(&format!("{secret} ")))
        };
        // HELP tells that the words exist; nobody's own words are in it.
        let helps = items
            .iter()
            .filter(shown)
            .filter(|item| item["direction"] == "out")
            .count();
        assert!(
            !items.iter().filter(shown).any(|item| item["direction"] == "in"),
            "{secret}"
        );
        assert!(helps <= 1, "{secret}: only HELP names it");
    }
    assert!(items.iter().any(|item| item["body"].is_null()));
    let stranger = Linked {
        token: sign_up(&linked.service, "grace").await,
        ..linked
    };
    for path in [
        "/api/user",
        "/api/user/checkins",
        "/api/user/contacts",
        "/api/user/messages",
    ] {
        assert_eq!(stranger.call("GET", path, None, None).await.0, 404, "{path}");
    }
    assert_eq!(stranger.arrive("RONNY", None).await.0, 404);
    assert_eq!(stranger.add(MUM, "Mum").await.0, 404);
    assert_eq!(
        stranger
            .call("DELETE", "/api/user/contacts/1", None, None)
            .await
            .0,
        404
    );
    assert_eq!(
        stranger
            .call("PATCH", "/api/user", Some(&json!({"trail_name": "X"})), None)
            .await
            .0,
        404
    );
}
