//! The console's doors: many guesses at once.

use futures_util::future::join_all;
use thunderbird_testkit::service::{
    Operator, World,
    console::{ADMIN_PASSWORD, totp_code},
};

async fn world() -> World {
    World::start(env!("CARGO_BIN_EXE_thunderbird")).await
}

/// Statuses of sign-ins with these passwords, all at once.
async fn at_once(world: &World, name: &str, passwords: &[&str]) -> Vec<u16> {
    let tries = passwords.iter().map(|password| {
        let mut browser = Operator::new(&world.service);
        async move {
            let fields = [("name", name), ("password", *password)];
            browser.post("/admin/login", &fields).await.status().as_u16()
        }
    });
    join_all(tries).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_passwords_at_once_five_are_compared() {
    let world = world().await;
    world.service.make_admin("ada", "operator");
    let mut passwords = vec!["a wrong password"; 39];
    passwords.push(ADMIN_PASSWORD);
    let answers = at_once(&world, "ada", &passwords).await;
    let judged = answers
        .iter()
        .filter(|status| **status != 429 && **status != 503)
        .count();
    assert!(judged <= 5, "{answers:?}");
    let password = world.service.folder().join("password");
    assert!(password.exists());
    let changed = world
        .service
        .run(&["admin", "password", "ada", "--password-file", "password"]);
    assert!(changed.status.success(), "{changed:?}");
    let mut browser = Operator::new(&world.service);
    assert_eq!(
        browser.sign_in("ada").await.status(),
        303,
        "the command line ends the throttle"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_codes_at_once_five_are_compared_and_right_ones_cost_nothing() {
    let world = world().await;
    let mut ada = Operator::signed_in(&world.service, "ada", "operator").await;
    let (secret, recovery) = ada.enrol().await;
    for code in &recovery[..7] {
        let mut browser = Operator::new(&world.service);
        assert_eq!(browser.sign_in("ada").await.status(), 303);
        let inside = browser.submit_code(code).await;
        assert_eq!(inside.status(), 303, "a right one is given back");
    }
    let mut browser = Operator::new(&world.service);
    assert_eq!(browser.sign_in("ada").await.status(), 303);
    let wrong = if totp_code(&secret) == "000000" {
        "000001"
    } else {
        "000000"
    };
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(browser.submit_code(wrong).await.status().as_u16());
    }
    assert_eq!(
        answers.iter().filter(|status| **status != 429).count(),
        5,
        "{answers:?}"
    );
    let late = browser.submit_code(&recovery[8]).await;
    assert_eq!(late.status(), 429, "the right one comes too late");
}
