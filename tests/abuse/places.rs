//! Places that one account or one source takes from others.

use futures_util::future::join_all;
use serde_json::json;
use thunderbird_testkit::service::{Operator, World, client::PASSWORD};

const NEW: &str = "a quieter kea on the ridge";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_ins_of_one_account_take_no_place_from_others_and_none_from_the_console() {
    let world = World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder.env("THUNDERBIRD_HASH_THREADS", "1")
    })
    .await;
    let mallory = world.service.web_register("mallory@example.org", PASSWORD).await;
    assert_eq!(mallory.status, 201);
    world.service.make_admin("ada", "operator");
    let flood = join_all((0..300).map(|_| world.service.web_login("mallory@example.org", PASSWORD)));
    let honest = async {
        let mut statuses = Vec::new();
        for nth in 0..5 {
            let email = format!("hiker{nth}@example.org");
            statuses.push(world.service.web_register(&email, PASSWORD).await.status);
            let mut browser = Operator::new(&world.service);
            statuses.push(browser.sign_in("ada").await.status().as_u16());
        }
        statuses
    };
    let (flood, honest) = futures_util::future::join(flood, honest).await;
    assert!(flood.iter().any(|answer| answer.status == 503), "it was a flood");
    assert!(
        honest.iter().all(|status| [201, 303].contains(status)),
        "{honest:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_signs_in_so_often_an_hour_and_others_and_its_sessions_go_on() {
    let mut world = World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder.env("THUNDERBIRD_LIMIT_SESSIONS_PER_HOUR", "3")
    })
    .await;
    let ada = world.client("ada").await;
    let sign_in = async |world: &World, email: &str| world.service.web_login(email, PASSWORD).await;
    for _ in 0..2 {
        assert_eq!(sign_in(&world, "Ada@Example.org").await.status, 200);
    }
    world.restart().await;
    let refused = sign_in(&world, "ada@example.org").await;
    assert_eq!((refused.status, refused.waits()), (429, true), "{}", refused.text);
    let refreshed = world.service.web_refresh(&ada.tokens.refresh).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text);
    let grace = world.client("grace").await;
    assert_eq!(grace.get("/auth/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_own_passwords_at_once_five_are_compared_and_others_lose_no_place() {
    let world = World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder.env("THUNDERBIRD_HASH_THREADS", "1")
    })
    .await;
    let mallory = world.client("mallory").await;
    let wrong = json!({"current_password": "a wrong password", "new_password": NEW});
    let flood = join_all((0..120).map(|_| mallory.post("/auth/password", wrong.clone())));
    let honest = async {
        let mut statuses = Vec::new();
        for nth in 0..5 {
            let email = format!("hiker{nth}@example.org");
            statuses.push(world.service.web_register(&email, PASSWORD).await.status);
        }
        statuses
    };
    let (flood, honest) = futures_util::future::join(flood, honest).await;
    let with = |status| flood.iter().filter(|answer| answer.status == status).count();
    assert_eq!((with(403), with(429) + with(503)), (5, 115), "{flood:?}");
    assert!(honest.iter().all(|status| *status == 201), "{honest:?}");
    let right = json!({"current_password": PASSWORD, "new_password": NEW});
    assert_eq!(mallory.post("/auth/password", right).await.status, 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_elsewhere_do_not_keep_a_signed_in_owner_out() {
    let world = World::start(env!("CARGO_BIN_EXE_thunderbird")).await;
    let ada = world.client("ada").await;
    for _ in 0..6 {
        world
            .service
            .web_login("ada@example.org", "a wrong password")
            .await;
    }
    assert_eq!(
        world.service.web_login("ada@example.org", PASSWORD).await.status,
        429
    );
    let change = json!({"current_password": PASSWORD, "new_password": NEW});
    assert_eq!(ada.post("/auth/password", change).await.status, 204);
    let delete = json!({"password": PASSWORD});
    for _ in 0..5 {
        assert_eq!(
            ada.call("DELETE", "/auth/me", Some(delete.clone())).await.status,
            403
        );
    }
    assert_eq!(ada.call("DELETE", "/auth/me", Some(delete)).await.status, 429);
}
