//! Accounts through the router, with a clock that moves and mails that can be read.

use std::time::Duration;

use actix_web::{http::StatusCode, test, web::Data};
use serde_json::{Value, json};
use thunderbird_domain::{
    outgoing::{Outgoing, Words},
    secret::BodySealer as _,
};
use thunderbird_testkit::{clock::StoppedClock, crypto::PlainSealer, memory::MemoryStore};

use crate::{
    http::{
        routes::{service, table},
        row::Guard,
    },
    wiring::in_memory_with,
};

const ADA: &str = "ada@example.org";
const PASSWORD: &str = "kea nest on the ridge";
const OTHER: &str = "a tarn below the saddle";

struct Client {
    app: Data<crate::http::app::App>,
    store: MemoryStore,
    clock: StoppedClock,
}

impl Client {
    async fn registered() -> Self {
        let (store, clock) = (MemoryStore::default(), StoppedClock::default());
        let app = Data::new(in_memory_with(&store, clock.clone()));
        let client = Self { app, store, clock };
        let account = json!({ "email": ADA, "password": PASSWORD });
        assert_eq!(client.post("/auth/register", account).await.0, 201);
        client
    }

    async fn send(&self, request: test::TestRequest) -> (StatusCode, Value) {
        let service = test::init_service(service(self.app.clone())).await;
        let request = request.peer_addr("203.0.113.7:4711".parse().unwrap());
        let response = test::call_service(&service, request.to_request()).await;
        let (status, body) = (response.status(), test::read_body(response).await);
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let request = test::TestRequest::post()
            .uri(path)
            .insert_header(("host", "evil.example.com"));
        self.send(request.set_json(body)).await
    }

    async fn token(&self, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        self.send(test::TestRequest::post().uri("/auth/token").set_form(fields))
            .await
    }

    async fn login(&self, password: &str) -> (StatusCode, Value) {
        self.token(&[("username", ADA), ("password", password)]).await
    }

    async fn refresh(&self, tokens: &Value) -> (StatusCode, Value) {
        let refresh = tokens["refresh_token"].as_str().unwrap();
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh)])
            .await
    }

    async fn me(&self, tokens: &Value) -> StatusCode {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let request = test::TestRequest::get()
            .uri("/auth/me")
            .insert_header(("authorization", bearer));
        self.send(request).await.0
    }

    /// How many sessions the list has.
    async fn listed(&self, tokens: &Value) -> usize {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let request = test::TestRequest::get()
            .uri("/auth/sessions")
            .insert_header(("authorization", bearer));
        self.send(request).await.1["items"].as_array().unwrap().len()
    }

    fn wait(&self, hours: u64) {
        self.clock.advance(Duration::from_hours(hours));
    }

    /// The link in the newest mail.
    fn mailed_link(&self) -> String {
        let Some(Outgoing::Mail(mail)) = self.store.queued().pop() else {
            panic!("no mail")
        };
        assert_eq!(mail.to.as_str(), ADA);
        let Words::Sealed { sealed, .. } = mail.words else {
            panic!("a link in the clear")
        };
        let text = PlainSealer.open(mail.tag, &sealed).unwrap();
        let link = text.expose().lines().find(|line| line.contains("#token="));
        link.unwrap().to_owned()
    }
}

fn token_of(link: &str) -> Value {
    json!(link.split_once("#token=").unwrap().1)
}

#[actix_web::test]
async fn a_password_is_reset_by_the_link_that_was_mailed_once_and_for_every_session() {
    let client = Client::registered().await;
    let (_, session) = client.login(PASSWORD).await;
    let known = client
        .post("/auth/forgot-password", json!({ "email": "Ada@Example.org" }))
        .await;
    let unknown = client
        .post("/auth/forgot-password", json!({ "email": "nobody@example.org" }))
        .await;
    assert_eq!((known.0.as_u16(), &known), (202, &unknown));
    let link = client.mailed_link();
    assert!(
        link.starts_with("https://hike.example.org/reset-password#token="),
        "{link}"
    );
    let reset = async |password: &str| {
        client
            .post(
                "/auth/reset-password",
                json!({ "token": token_of(&link), "new_password": password }),
            )
            .await
    };
    assert_eq!(reset("password1").await.0, 422);
    assert_eq!(reset(OTHER).await.0, 204);
    let (status, again) = reset(OTHER).await;
    assert_eq!(
        (status.as_u16(), &again["type"]),
        (400, &json!("/problems/invalid-mail-token"))
    );
    assert_eq!(
        (
            client.me(&session).await.as_u16(),
            client.login(PASSWORD).await.0.as_u16()
        ),
        (401, 401)
    );
    assert_eq!(client.login(OTHER).await.0, 200);
}

#[actix_web::test]
async fn an_address_is_verified_by_the_link_that_was_mailed() {
    let client = Client::registered().await;
    let link = client.mailed_link();
    assert!(
        link.starts_with("https://hike.example.org/verify-email#token="),
        "{link}"
    );
    let verify = async || {
        client
            .post("/auth/email/verify", json!({ "token": token_of(&link) }))
            .await
            .0
    };
    assert_eq!(verify().await, 204);
    assert_eq!(verify().await, 400);
}

#[actix_web::test]
async fn an_access_token_lasts_half_an_hour_and_a_session_two_weeks_without_a_sign() {
    let client = Client::registered().await;
    let (_, tokens) = client.login(PASSWORD).await;
    client.clock.advance(Duration::from_secs(30 * 60 - 1));
    assert_eq!(client.me(&tokens).await, 200);
    client.clock.advance(Duration::from_secs(1));
    assert_eq!(client.me(&tokens).await, 401);
    client.wait(14 * 24 - 1);
    let (status, tokens) = client.refresh(&tokens).await;
    assert_eq!(status, 200);
    client.wait(14 * 24);
    let (status, refused) = client.refresh(&tokens).await;
    assert_eq!(
        (status.as_u16(), &refused["error"]),
        (401, &json!("invalid_grant"))
    );
}

#[actix_web::test]
async fn an_expired_access_token_opens_no_door_of_the_route_table() {
    let client = Client::registered().await;
    let (_, tokens) = client.login(PASSWORD).await;
    client.clock.advance(Duration::from_mins(30));
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    for row in table().iter().filter(|row| row.guard == Guard::Bearer) {
        let request = test::TestRequest::default()
            .method(row.method.clone())
            .uri(&row.path.replace("{id}", "1"))
            .insert_header(("authorization", bearer.as_str()))
            .set_json(json!({}));
        assert_eq!(client.send(request).await.0, 401, "{} {}", row.method, row.path);
    }
    assert_eq!(client.refresh(&tokens).await.0, 200);
}

#[actix_web::test]
async fn a_session_that_is_used_every_day_lasts_thirty_days_and_no_longer() {
    let client = Client::registered().await;
    let (_, mut tokens) = client.login(PASSWORD).await;
    for day in 1..30 {
        client.wait(24);
        let (status, next) = client.refresh(&tokens).await;
        assert_eq!(status, 200, "day {day}");
        tokens = next;
    }
    client.wait(24);
    assert_eq!(client.refresh(&tokens).await.0, 401);
}

#[actix_web::test]
async fn a_clock_set_back_lets_nobody_in_early_and_signs_nobody_out() {
    let client = Client::registered().await;
    let (_, tokens) = client.login(PASSWORD).await;
    let now = thunderbird_domain::time::Clock::now(&client.clock);
    client.clock.set(now.minus(Duration::from_mins(5)));
    assert_eq!(client.me(&tokens).await, 401, "the token is from the future");
    let (status, tokens) = client.refresh(&tokens).await;
    assert_eq!((status.as_u16(), client.me(&tokens).await.as_u16()), (200, 200));
}

/// How it is found out that a session's time is over.
#[derive(Debug, Clone, Copy)]
enum Seen {
    ByRefreshToken,
    ByAccessToken,
    InTheList,
    AtTheNextLogin,
    ByRetention,
}

#[actix_web::test]
async fn a_session_once_seen_to_be_over_stays_ended_when_the_clock_is_set_back() {
    for seen in [
        Seen::ByRefreshToken,
        Seen::ByAccessToken,
        Seen::InTheList,
        Seen::AtTheNextLogin,
        Seen::ByRetention,
    ] {
        let client = Client::registered().await;
        let (_, mut tokens) = client.login(PASSWORD).await;
        for minutes in [14_400, 14_400, 14_390] {
            client.clock.advance(Duration::from_mins(minutes));
            tokens = client.refresh(&tokens).await.1;
        }
        let (_, other) = client.login(PASSWORD).await;
        let live = thunderbird_domain::time::Clock::now(&client.clock);
        assert_eq!(client.me(&tokens).await, 200);
        client.clock.advance(Duration::from_mins(15));
        match seen {
            Seen::ByRefreshToken => assert_eq!(client.refresh(&tokens).await.0, 401),
            Seen::ByAccessToken => assert_eq!(client.me(&tokens).await, 401),
            Seen::InTheList => assert_eq!(client.listed(&other).await, 1),
            Seen::AtTheNextLogin => assert_eq!(client.login(PASSWORD).await.0, 200),
            Seen::ByRetention => assert!(client.app.accounts.end_expired_sessions().await.unwrap()),
        }
        client.clock.set(live);
        assert_eq!(client.me(&tokens).await, 401, "{seen:?}");
        assert_eq!(client.refresh(&tokens).await.0, 401, "{seen:?}");
        assert_eq!(client.me(&other).await, 200, "{seen:?}: another session goes on");
        let ends = client.store.audited();
        let ends: Vec<_> = ends
            .iter()
            .filter(|event| event.action == "session.ended")
            .collect();
        assert_eq!(ends.len(), 1, "{seen:?}");
        assert!(
            ends[0].detail.contains(&("reason", "expired".to_owned())),
            "{seen:?}"
        );
    }
}
