//! Registering: one account per address, what is refused, and how often a source may.

use futures_util::future::join_all;
use thunderbird_testkit::service::Service;

use crate::{ADA, BINARY, RIGHT, start};

#[tokio::test]
async fn of_a_hundred_registrations_of_one_address_one_is_made() {
    let service = start().await;
    let answers = join_all((0..100).map(|_| service.web_register(ADA, RIGHT))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(400)), (1, 99));
    let duplicates = answers.iter().filter(|answer| answer.status == 400);
    assert!(
        duplicates
            .into_iter()
            .all(|answer| answer.problem() == "email-already-registered")
    );
}

#[tokio::test]
async fn what_cannot_be_registered_is_named_and_never_repeated() {
    let service = start().await;
    let long = "x".repeat(129);
    for (email, password, field, code) in [
        ("ada", RIGHT, "email", "malformed"),
        ("ada@example", RIGHT, "email", "malformed"),
        ("a\r\nb@example.org", RIGHT, "email", "malformed"),
        (ADA, "kea", "password", "too-short"),
        (ADA, &long, "password", "too-long"),
        (ADA, "            ", "password", "blank"),
        (ADA, "password1", "password", "common"),
        (ADA, "Thunderbird", "password", "guessable"),
        (
            "ada.lovelace@example.org",
            "ADA.lovelace",
            "password",
            "guessable",
        ),
        (ADA, "kea nest\ton the ridge", "password", "control-character"),
    ] {
        let refused = service.web_register(email, password).await;
        assert_eq!(refused.status, 422, "{email} {password}: {}", refused.text);
        assert_eq!(refused.body["errors"][0]["field"], field, "{email} {password}");
        assert_eq!(refused.body["errors"][0]["code"], code, "{email} {password}");
        assert!(!refused.text.contains(password));
    }
    assert_eq!(service.web_login(ADA, RIGHT).await.status, 401);
}

#[tokio::test]
async fn registrations_are_limited_per_source_and_can_be_closed() {
    let limited = Service::builder(BINARY)
        .env("THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR", "2")
        .start()
        .await;
    for name in ["ada", "grace"] {
        assert_eq!(
            limited
                .web_register(&format!("{name}@example.org"), RIGHT)
                .await
                .status,
            201
        );
    }
    let third = limited.web_register("joan@example.org", RIGHT).await;
    assert_eq!(third.status, 429);
    assert!(third.header("retry-after").unwrap().parse::<u64>().unwrap() > 3500);
    let closed = Service::builder(BINARY)
        .env("THUNDERBIRD_REGISTRATION", "closed")
        .start()
        .await;
    let refused = closed.web_register(ADA, RIGHT).await;
    assert_eq!((refused.status, refused.problem()), (403, "registration-closed"));
}
