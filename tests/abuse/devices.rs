//! Failures from elsewhere, and a device that its owner has signed in on before.

use serde_json::json;
use thunderbird_testkit::service::{
    WebAnswer, World,
    client::PASSWORD,
    web::{WebTokens, answer},
};

const ADA: &str = "ada@example.org";
const NEW: &str = "a quieter kea on the ridge";
const WRONG: &str = "a wrong password";

async fn start() -> World {
    World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder.env("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "1000")
    })
    .await
}

/// A sign-in on the device whose token this is.
async fn on(world: &World, device: &str, email: &str, password: &str) -> WebAnswer {
    let form = [
        ("username", email),
        ("password", password),
        ("device_token", device),
    ];
    world.service.token(&form).await
}

/// The same as OAuth2's own libraries send it, to a client without a name.
async fn by_oauth2(world: &World, device: &str, email: &str, password: &str) -> WebAnswer {
    let form = [
        ("grant_type", "password"),
        ("scope", ""),
        ("username", email),
        ("password", password),
        ("device_token", device),
    ];
    let request = world.service.http().post(world.service.url("/auth/token"));
    let request = request.header("authorization", "Basic Og==").form(&form);
    answer(request.send().await.unwrap()).await
}

fn device_of(granted: &WebAnswer) -> String {
    assert_eq!(granted.status, 200, "{}", granted.text);
    granted.body["device_token"].as_str().unwrap().to_owned()
}

/// Registers an account and signs it in: its tokens, and its device's.
async fn known(world: &World, email: &str) -> (WebTokens, String) {
    let registered = world.service.web_register(email, PASSWORD).await;
    assert_eq!(registered.status, 201, "{}", registered.text);
    let granted = world.service.web_login(email, PASSWORD).await;
    (granted.tokens(), device_of(&granted))
}

/// Failures of somebody who has no device of the account, until the right password is refused.
async fn close(world: &World, email: &str) {
    for _ in 0..6 {
        world.service.web_login(email, WRONG).await;
    }
    let refused = world.service.web_login(email, PASSWORD).await;
    assert_eq!((refused.status, refused.waits()), (429, true), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_from_elsewhere_do_not_keep_the_owner_s_device_out() {
    let mut world = start().await;
    let (tokens, device) = known(&world, ADA).await;
    let out = world
        .service
        .web("POST", "/auth/logout", Some(&tokens.access), None);
    assert_eq!(out.await.status, 204);
    close(&world, ADA).await;
    assert_eq!(device_of(&on(&world, &device, ADA, PASSWORD).await), device);
    world.restart().await;
    let again = by_oauth2(&world, &device, "Ada@Example.ORG", PASSWORD).await;
    assert_eq!(device_of(&again), device);
    let refreshed = world.service.web_refresh(&again.tokens().refresh).await;
    assert_eq!(
        (refreshed.status, &refreshed.body["device_token"]),
        (200, &json!(null))
    );
    let elsewhere = world.service.web_login(ADA, PASSWORD).await;
    assert_eq!(elsewhere.status, 429, "who guesses elsewhere waits on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_s_own_failures_keep_only_it_out() {
    let world = start().await;
    let (_, device) = known(&world, ADA).await;
    let mut statuses = Vec::new();
    for nth in 0..7 {
        let failed = match nth % 2 {
            0 => on(&world, &device, ADA, WRONG).await,
            _ => by_oauth2(&world, &device, ADA, WRONG).await,
        };
        statuses.push(failed.status);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429]);
    assert_eq!(on(&world, &device, ADA, PASSWORD).await.status, 429);
    assert_eq!(world.service.web_login(ADA, PASSWORD).await.status, 200);
}

/// Six failures and a right password with this token: every status and body.
async fn answers(world: &World, email: &str, device: Option<&str>) -> Vec<(u16, String)> {
    let mut answers = Vec::new();
    for password in [WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, PASSWORD] {
        let answer = match device {
            Some(device) => on(world, device, email, password).await,
            None => world.service.web_login(email, password).await,
        };
        answers.push((answer.status, answer.text));
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stolen_foreign_or_invented_token_is_answered_as_if_there_was_no_token() {
    let world = start().await;
    let (_, foreign) = known(&world, "grace@example.org").await;
    let (tokens, forgotten) = known(&world, "joan@example.org").await;
    let everywhere = world
        .service
        .web("POST", "/auth/logout-all", Some(&tokens.access), None);
    assert_eq!(everywhere.await.status, 204);
    let expected = answers(&world, "joan@example.org", None).await;
    let statuses: Vec<_> = expected.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429]);
    let others = [
        forgotten,
        "5".repeat(64),
        "5".repeat(4_000),
        String::from("no token"),
    ];
    let others = others
        .into_iter()
        .chain([String::new(), String::from("\u{e9}"), foreign.clone()]);
    for (nth, token) in others.enumerate() {
        let email = format!("ada{nth}@example.org");
        known(&world, &email).await;
        assert_eq!(answers(&world, &email, Some(&token)).await, expected, "{token}");
    }
    for unknown in ["nobody@example.org", "no address"] {
        assert_eq!(
            answers(&world, unknown, Some(&foreign)).await,
            expected,
            "{unknown}"
        );
    }
    let own = on(&world, &foreign, "grace@example.org", PASSWORD).await;
    assert_eq!(device_of(&own), foreign, "it is still good where it belongs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_ends_its_sessions_from_elsewhere_forgets_a_device() {
    let world = start().await;
    let mut operator = world.operator("root").await;
    for way in ["change", "one", "reset", "operator", "disable"] {
        let email = format!("{way}@example.org");
        let (tokens, device) = known(&world, &email).await;
        let owner = world.service.web_login(&email, PASSWORD).await.tokens();
        let ask = async |method: &str, path: &str, json| {
            let answer = world.service.web(method, path, Some(&owner.access), json).await;
            assert!(answer.status < 300, "{way}: {}", answer.text);
            answer
        };
        let account = format!(
            "/admin/accounts/{}",
            ask("GET", "/auth/me", None).await.body["id"]
        );
        let mut password = PASSWORD;
        match way {
            "change" => {
                let change = json!({"current_password": PASSWORD, "new_password": NEW});
                ask("POST", "/auth/password", Some(change)).await;
                password = NEW;
            }
            "one" => {
                let listed = ask("GET", "/auth/sessions", None).await.body;
                let sessions = listed["items"].as_array().unwrap();
                let other = sessions
                    .iter()
                    .find(|session| session["current"] == false)
                    .unwrap();
                ask("DELETE", &format!("/auth/sessions/{}", other["id"]), None).await;
            }
            "reset" => {
                ask("POST", "/auth/forgot-password", Some(json!({ "email": email }))).await;
                let token = crate::sessions::mailed_token(&world, &email).await;
                let reset = json!({"token": token, "new_password": NEW});
                ask("POST", "/auth/reset-password", Some(reset)).await;
                password = NEW;
            }
            "operator" => {
                let page = format!("{account}/end-sessions");
                assert_eq!(operator.submit(&page, &[("sure", "yes")]).await.status(), 303);
            }
            _ => {
                let page = format!("{account}/disable");
                assert_eq!(operator.submit(&page, &[("sure", "yes")]).await.status(), 303);
                let page = format!("{account}/enable");
                assert_eq!(operator.submit(&page, &[]).await.status(), 303);
            }
        }
        assert_eq!(world.service.me(&tokens.access).await, 401, "{way}");
        close(&world, &email).await;
        assert_eq!(on(&world, &device, &email, password).await.status, 429, "{way}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_keeps_twenty_devices_and_shows_them_in_its_export() {
    let world = start().await;
    let (tokens, first) = known(&world, ADA).await;
    assert_eq!(
        on(&world, &first, ADA, PASSWORD).await.status,
        200,
        "it came back"
    );
    let mut others = Vec::new();
    for _ in 0..21 {
        others.push(device_of(&world.service.web_login(ADA, PASSWORD).await));
    }
    close(&world, ADA).await;
    for (device, status) in [
        (&first, 200),
        (&others[0], 429),
        (&others[1], 429),
        (&others[2], 200),
    ] {
        assert_eq!(on(&world, device, ADA, PASSWORD).await.status, status);
    }
    let caller = on(&world, &first, ADA, PASSWORD).await.tokens();
    let export = world
        .service
        .web("GET", "/auth/me/export", Some(&caller.access), None)
        .await;
    let devices = export.body["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 20);
    assert_ne!(devices[0]["last_used_at"], devices[0]["created_at"]);
    assert!(!export.text.contains(&first), "never the token");
    assert_eq!(
        world.service.me(&tokens.access).await,
        401,
        "ten sessions are kept"
    );
}
