//! The operator's console through the real binary: who gets in, what a page shows, what a form does.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod closing;
mod failures;
mod forecasts;
mod hostile;
mod overdue;
mod people;
mod roles;
mod sends;
mod watch;

use reqwest::StatusCode;
use thunderbird_testkit::{
    eventually_holds,
    service::{
        Operator as Browser, World, client,
        console::{ADMIN_PASSWORD as PASSWORD, csrf, location, totp_code},
        phones::SAM,
    },
};

/// A world with the configuration that a service has by itself.
async fn world() -> World {
    World::start(env!("CARGO_BIN_EXE_thunderbird")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_in_any_alphabet_is_401_and_the_sixth_is_429() {
    let world = world().await;
    world.operator("ada").await;
    let mut stranger = Browser::new(&world.service);
    for wrong in [
        "",
        "wrong",
        "пароль",
        "密码密码",
        "\u{202e}drowssap",
        "' OR 1=1 --",
    ] {
        let answer = stranger
            .post("/admin/login", &[("name", "ada"), ("password", wrong)])
            .await;
        let expected = if wrong.starts_with('\'') { 429 } else { 401 };
        assert_eq!(answer.status(), expected, "{wrong}");
        assert_eq!(stranger.cookie, None);
    }
    let right = stranger
        .post("/admin/login", &[("name", "ada"), ("password", PASSWORD)])
        .await;
    assert_eq!(right.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(right.headers().contains_key("retry-after"));
}

/// Whoever guesses and hangs up before the answer has guessed all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guess_counts_although_the_guesser_hangs_up() {
    use std::{io::Write as _, net::TcpStream, time::Duration};

    let world = world().await;
    world.operator("ada").await;
    let address = world.service.base_url().strip_prefix("http://").unwrap();
    for guess in 0..8 {
        let form = format!("name=ada&password=wrong+guess+{guess}");
        let mut stream = TcpStream::connect(address).unwrap();
        rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
        write!(
            stream,
            "POST /admin/login HTTP/1.1\r\nHost: x\r\nOrigin: {}\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
            world.service.base_url(),
            form.len()
        )
        .unwrap();
        // Time for the request to leave before the connection is reset.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // A right password that arrives before the guesses restarts their count; nothing shows that they have arrived.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut stranger = Browser::new(&world.service);
    eventually_holds("the refusal of her password after five failures", async || {
        let right = [("name", "ada"), ("password", PASSWORD)];
        stranger.post("/admin/login", &right).await.status() == StatusCode::TOO_MANY_REQUESTS
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_without_token_or_from_elsewhere_do_nothing() {
    let world = world().await;
    let mut ada = world.operator("ada").await;
    let fields = [
        ("phone", "0491 570 006"),
        ("trail_name", "Sam"),
        ("route", "overland_track"),
    ];
    assert_eq!(ada.post("/admin/users", &fields).await.status(), 403);
    let token = csrf(&ada.page("/admin").await);
    let mut with_token = vec![("csrf", token.as_str())];
    with_token.extend_from_slice(&fields);
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(
            ada.post_with("/admin/users", &with_token, &[("Sec-Fetch-Site", site)])
                .await
                .status(),
            403,
            "{site}"
        );
    }
    let get = ada.get("/admin/logout").await;
    assert_eq!(get.status(), 405);
    assert!(ada.page("/admin/users").await.contains("No hiker matches."));
    assert_eq!(
        location(&ada.post("/admin/users", &with_token).await),
        "/admin/users/1?notice=registered"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_fixed_beforehand_is_worthless_and_an_ended_one_is_over() {
    let world = world().await;
    let mut victim = Browser::new(&world.service);
    let planted = format!("thunderbird-console={}", "ab".repeat(32));
    victim.cookie = Some(planted.clone());
    assert_eq!(location(&victim.get("/admin").await), "/admin/login");
    let mut ada = world.operator("ada").await;
    assert_ne!(ada.cookie.as_ref(), Some(&planted));
    let mut thief = Browser::new(&world.service);
    thief.cookie.clone_from(&ada.cookie);
    assert_eq!(thief.get("/admin").await.status(), 200);
    assert_eq!(
        location(&ada.submit("/admin/logout", &[]).await),
        "/admin/login?notice=signed-out"
    );
    assert_eq!(location(&thief.get("/admin").await), "/admin/login");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_and_texts_are_masked_until_revealed_and_the_reveal_is_audited() {
    let world = world().await;
    world.hiker(SAM).registers("Sam").await;
    let mut ada = world.operator("ada").await;
    let masked = ada.page("/admin/users/1").await;
    assert!(!masked.contains(SAM) && !masked.contains("What name"), "{masked}");
    let revealed = ada
        .submit("/admin/users/1/reveal", &[])
        .await
        .text()
        .await
        .unwrap();
    assert!(revealed.contains(SAM) && revealed.contains("START"), "{revealed}");
    let audit = ada.page("/admin/audit?actor=admin:1").await;
    assert!(
        audit.contains("console.revealed") && audit.contains("user:1"),
        "{audit}"
    );
    let csv = ada.page("/admin/audit.csv").await;
    assert!(csv.starts_with("number,at,actor,action,subject,detail\r\n"));
    assert!(csv.contains("\"console.revealed\",\"user:1\""), "{csv}");
    assert!(!csv.contains(SAM));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_a_hiker_ends_their_time_on_the_number_and_keeps_history() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("CHECKIN RONNY").await;
    let mut ada = world.operator("ada").await;
    let unsure = ada.submit("/admin/users/1/remove", &[]).await;
    assert_eq!(location(&unsure), "/admin/users/1?notice=unsure");
    let removed = ada.submit("/admin/users/1/remove", &[("sure", "yes")]).await;
    assert_eq!(location(&removed), "/admin/users/1?notice=removed");
    let page = ada.page("/admin/users/1").await;
    assert!(page.contains("ended") && page.contains("Ronny Creek"), "{page}");
    let answer = sam.text("CHECKIN RONNY").await.message();
    assert!(answer.contains("START"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_a_linked_hiker_ends_the_link_which_is_audited_and_told_by_mail() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    let kim = world.client("kim").await;
    sam.links_to(&kim).await;
    assert_eq!(kim.phone().await, SAM);
    let mut ada = world.operator("ada").await;
    let removed = ada.submit("/admin/users/1/remove", &[("sure", "yes")]).await;
    assert_eq!(location(&removed), "/admin/users/1?notice=removed");
    let me = kim.get("/auth/me").await;
    assert_eq!((me.status, &me.body["phone"]), (200, &serde_json::Value::Null));
    // The other one verifies the address; which comes first is nobody's promise.
    let mails = world.smtp.wait_for(2).await;
    let told = mails
        .iter()
        .map(|mail| (&mail.to, mail.body().replace("=\r\n", "")));
    let ended = told
        .into_iter()
        .find(|(_, body)| body.contains("no longer linked"));
    let (to, body) = ended.unwrap();
    assert_eq!(to, "kim@example.org");
    assert!(
        body.contains("operator of this service") && !body.contains(SAM),
        "{body}"
    );
    let audit = ada.page("/admin/audit?actor=admin:1").await;
    for line in ["user.removed", "phone.unlinked"] {
        assert_eq!(audit.matches(line).count(), 1, "{line}: {audit}");
    }
    assert!(audit.contains("operator"), "{audit}");
    assert!(!ada.page("/admin/accounts/1").await.contains("to today"));
    let again = ada.submit("/admin/users/1/remove", &[("sure", "yes")]).await;
    assert_eq!(location(&again), "/admin/users/1?notice=unknown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_account_is_signed_out_and_cannot_sign_in_until_enabled() {
    let world = world().await;
    let kim = world.client("kim").await;
    let sign_in = async || {
        world
            .service
            .web_login("kim@example.org", client::PASSWORD)
            .await
            .status
    };
    let me = async || kim.get("/auth/me").await.status;
    assert_eq!(me().await, 200);
    let mut ada = world.operator("ada").await;
    assert!(!ada.page("/admin/accounts/1").await.contains("kim@"));
    ada.submit("/admin/accounts/1/disable", &[("sure", "yes")]).await;
    assert_eq!(me().await, 401);
    assert_eq!(sign_in().await, 401);
    ada.submit("/admin/accounts/1/enable", &[]).await;
    assert_eq!(sign_in().await, 200);
    assert_eq!(me().await, 401);
    let audit = ada.page("/admin/audit?subject=account:1").await;
    assert!(
        audit.contains("account.disabled") && audit.contains("admin:1"),
        "{audit}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_factor_is_enrolled_asked_for_and_each_code_works_once() {
    let world = world().await;
    let mut ada = world.operator("ada").await;
    let page = ada.page("/admin/second-factor").await;
    let secret = page.split_once("name=\"secret\" value=\"").unwrap().1[..40].to_owned();
    let wrong = ada
        .submit("/admin/second-factor", &[("secret", &secret), ("code", "000000")])
        .await;
    assert_eq!(location(&wrong), "/admin/second-factor?notice=wrong-key-code");
    let code = totp_code(&secret);
    let enrolled = ada
        .submit("/admin/second-factor", &[("secret", &secret), ("code", &code)])
        .await;
    let shown = enrolled.text().await.unwrap();
    let recovery: Vec<&str> = shown
        .split("<li><code>")
        .skip(1)
        .filter_map(|part| part.split_once('<'))
        .map(|(code, _)| code)
        .collect();
    assert_eq!(recovery.len(), 10, "{shown}");

    let mut again = Browser::new(&world.service);
    let awaiting = again
        .post("/admin/login", &[("name", "ada"), ("password", PASSWORD)])
        .await;
    assert_eq!(location(&awaiting), "/admin/code");
    assert_eq!(location(&again.get("/admin/users").await), "/admin/code");
    let form = csrf(&again.page("/admin/code").await);
    let used = again
        .post("/admin/code", &[("csrf", &form), ("code", &code)])
        .await;
    assert_eq!(used.status(), 401);
    let before = again.cookie.clone();
    let welcome = again
        .post("/admin/code", &[("csrf", &form), ("code", recovery[0])])
        .await;
    assert_eq!(location(&welcome), "/admin");
    assert_ne!(again.cookie, before);
    assert_eq!(again.get("/admin").await.status(), 200);

    let mut third = Browser::new(&world.service);
    third
        .post("/admin/login", &[("name", "ada"), ("password", PASSWORD)])
        .await;
    let form = csrf(&third.page("/admin/code").await);
    let spent = third
        .post("/admin/code", &[("csrf", &form), ("code", recovery[0])])
        .await;
    assert_eq!(spent.status(), 401);
    assert!(
        world
            .service
            .run(&["admin", "reset-totp", "ada"])
            .status
            .success()
    );
    assert_eq!(location(&again.get("/admin").await), "/admin/login");
}
