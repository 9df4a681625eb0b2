//! Sessions through the real binary: refreshing over a lossy network, theft, ending, crashes, and what each credential
//! opens.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod credential_matrix;
mod oauth_clients;

use futures_util::future::join_all;
use serde_json::{Value, json};
use thunderbird_testkit::service::{LossyNetwork, Service, WebTokens, web::answer};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");
const ADA: &str = "ada@example.org";
const PASSWORD: &str = "kea nest on the ridge";

async fn start() -> Service {
    Service::builder(BINARY).start().await
}

async fn signed_in(service: &Service) -> WebTokens {
    service.web_register(ADA, PASSWORD).await;
    service.web_login(ADA, PASSWORD).await.tokens()
}

#[tokio::test]
async fn a_refresh_token_is_traded_and_a_lost_answer_is_given_again() {
    let service = start().await;
    let first = signed_in(&service).await;
    let second = service.web_refresh(&first.refresh).await.tokens();
    assert_ne!(second.refresh, first.refresh);
    let again = service.web_refresh(&first.refresh).await.tokens();
    assert_eq!(again.refresh, second.refresh);
    assert_ne!(again.access, second.access);
    assert_eq!(service.me(&again.access).await, 200);
}

#[tokio::test]
async fn a_spent_token_ends_the_session_for_everyone() {
    let service = start().await;
    let first = signed_in(&service).await;
    let second = service.web_refresh(&first.refresh).await.tokens();
    assert_eq!(service.me(&second.access).await, 200);
    let stolen = service.web_refresh(&first.refresh).await;
    assert_eq!(
        (stolen.status, &stolen.body["error"]),
        (401, &json!("invalid_grant"))
    );
    assert_eq!(service.me(&second.access).await, 401);
    assert_eq!(service.web_refresh(&second.refresh).await.status, 401);
}

#[tokio::test]
async fn of_many_trades_of_one_token_all_get_the_same_successor() {
    let service = start().await;
    let first = signed_in(&service).await;
    let answers = join_all((0..32).map(|_| service.web_refresh(&first.refresh))).await;
    let successors: Vec<_> = answers.iter().map(|answer| answer.tokens().refresh).collect();
    assert!(successors.iter().all(|refresh| refresh == &successors[0]));
    assert_eq!(service.web_refresh(&successors[0]).await.status, 200);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story")]
async fn sessions_are_listed_and_ended() {
    let service = start().await;
    let (one, two) = (
        signed_in(&service).await,
        service.web_login(ADA, PASSWORD).await.tokens(),
    );
    let list = service
        .web("GET", "/auth/sessions", Some(&one.access), None)
        .await;
    let items = list.body["items"].as_array().unwrap();
    assert_eq!((items.len(), &list.body["next_cursor"]), (2, &Value::Null));
    assert_eq!(
        (&items[0]["current"], &items[1]["current"]),
        (&json!(false), &json!(true))
    );
    let page = service
        .web("GET", "/auth/sessions?limit=1", Some(&one.access), None)
        .await;
    let cursor = page.body["next_cursor"].as_str().unwrap();
    let rest = service
        .web(
            "GET",
            &format!("/auth/sessions?cursor={cursor}"),
            Some(&one.access),
            None,
        )
        .await;
    assert_eq!(rest.body["items"], json!([items[1]]));
    let end = async |id: &Value| {
        service
            .web("DELETE", &format!("/auth/sessions/{id}"), Some(&one.access), None)
            .await
            .status
    };
    assert_eq!(end(&items[0]["id"]).await, 204);
    assert_eq!(
        (end(&items[0]["id"]).await, end(&json!(99_999)).await),
        (404, 404)
    );
    assert_eq!(
        (service.me(&one.access).await, service.me(&two.access).await),
        (200, 401)
    );
    let three = service.web_login(ADA, PASSWORD).await.tokens();
    assert_eq!(
        service
            .web("POST", "/auth/logout", Some(&three.access), None)
            .await
            .status,
        204
    );
    assert_eq!(
        (service.me(&one.access).await, service.me(&three.access).await),
        (200, 401)
    );
    let four = service.web_login(ADA, PASSWORD).await.tokens();
    assert_eq!(
        service
            .web("POST", "/auth/logout-all", Some(&four.access), None)
            .await
            .status,
        204
    );
    assert_eq!(
        (service.me(&one.access).await, service.me(&four.access).await),
        (401, 401)
    );
}

#[tokio::test]
async fn a_browser_that_reloads_and_a_server_that_is_killed_keep_the_session() {
    let mut service = start().await;
    let mut tokens = signed_in(&service).await;
    for _ in 0..3 {
        tokens = service.web_refresh(&tokens.refresh).await.tokens();
        service.kill();
        service.start_again().await;
        assert_eq!(service.me(&tokens.access).await, 200);
    }
    let ended = service.web_login(ADA, PASSWORD).await.tokens();
    assert_eq!(
        service
            .web("POST", "/auth/logout", Some(&ended.access), None)
            .await
            .status,
        204
    );
    service.kill();
    service.start_again().await;
    assert_eq!(
        (service.me(&tokens.access).await, service.me(&ended.access).await),
        (200, 401)
    );
    assert_eq!(service.web_refresh(&ended.refresh).await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_clients_on_a_lossy_network_lose_no_session_and_a_thief_is_caught() {
    let service = start().await;
    let network = LossyNetwork::before(&service).await;
    let clients = (0..10).map(|number| {
        let (service, network) = (&service, &network);
        async move {
            let email = format!("hiker-{number}@example.org");
            service.web_register(&email, PASSWORD).await;
            let mut tokens = service.web_login(&email, PASSWORD).await.tokens();
            let mut lost = 0;
            for round in 0..100 {
                let (granted, losses) = network.refresh(&tokens.refresh).await;
                tokens = granted.tokens();
                lost += losses;
                if round % 10 == 0 {
                    assert_eq!(service.me(&tokens.access).await, 200, "{email} in round {round}");
                }
            }
            (tokens, lost)
        }
    });
    let ended: Vec<(WebTokens, u32)> = join_all(clients).await;
    let lost: u32 = ended.iter().map(|(_, lost)| lost).sum();
    assert!(lost >= 200, "only {lost} answers were lost");
    for (tokens, _) in &ended {
        assert_eq!(service.me(&tokens.access).await, 200);
    }
    let (victim, _) = &ended[0];
    let thief = service.web_refresh(&victim.refresh).await.tokens();
    assert_eq!(service.me(&thief.access).await, 200);
    assert_eq!(service.web_refresh(&victim.refresh).await.status, 401);
    assert_eq!(
        (
            service.me(&thief.access).await,
            service.web_refresh(&thief.refresh).await.status
        ),
        (401, 401)
    );
    assert_eq!(
        service.me(&ended[1].0.access).await,
        200,
        "nobody else is touched"
    );
}

#[tokio::test]
async fn a_token_in_the_query_or_under_another_scheme_is_nobodys() {
    let service = start().await;
    let tokens = signed_in(&service).await;
    let query = format!("/auth/me?access_token={}", tokens.access);
    assert_eq!(service.web("GET", &query, None, None).await.status, 401);
    for scheme in ["Basic", "Token", "PASETO", ""] {
        let value = format!("{scheme} {}", tokens.access);
        let request = service
            .http()
            .get(service.url("/auth/me"))
            .header("authorization", value);
        let refused = answer(request.send().await.unwrap()).await;
        assert_eq!(
            (refused.status, refused.header("www-authenticate")),
            (401, Some("Bearer")),
            "{scheme}"
        );
    }
    let request = service
        .http()
        .get(service.url("/auth/me"))
        .header("authorization", format!("bEARER {}", tokens.access));
    assert_eq!(request.send().await.unwrap().status(), 200);
    let other = start().await;
    assert_eq!(
        other.me(&tokens.access).await,
        401,
        "another installation has other keys"
    );
}
