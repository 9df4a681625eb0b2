//! Exporting and deleting an account.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{ADA, RIGHT, WRONG, start};

#[tokio::test]
async fn of_many_deletions_at_once_one_deletes_and_the_others_find_nobody() {
    let service = start().await;
    service.web_register(ADA, RIGHT).await;
    let tokens = service.web_login(ADA, RIGHT).await.tokens();
    let deletions = (0..8).map(|_| {
        let password = Some(json!({ "password": RIGHT }));
        service.web("DELETE", "/auth/me", Some(&tokens.access), password)
    });
    let mut answers: Vec<u16> = join_all(deletions)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    answers.sort_unstable();
    assert_eq!(answers, [204, 401, 401, 401, 401, 401, 401, 401]);
}

#[tokio::test]
async fn an_export_holds_every_number_and_deed_and_a_deletion_leaves_no_trace_in_the_file() {
    const CANARY: &str = "canary.of.the.deletion@example.org";
    let mut service = start().await;
    service.web_register(CANARY, RIGHT).await;
    let tokens = service.web_login(CANARY, RIGHT).await.tokens();
    let wanted = json!({ "phone": "0491 570 156" });
    let texted = service
        .web("POST", "/auth/phone", Some(&tokens.access), Some(wanted))
        .await;
    assert_eq!(texted.status, 202, "{}", texted.text);
    let export = service
        .web("GET", "/auth/me/export", Some(&tokens.access), None)
        .await
        .body;
    assert_eq!(export["claimed_phone"], Value::Null);
    assert_eq!(export["codes"][0]["phone"], "+61491570156");
    let deeds: Vec<_> = export["audit"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        deeds,
        ["account.registered", "session.started", "phone.code_sent"]
    );
    let password = Some(json!({ "password": RIGHT }));
    let deleted = service
        .web("DELETE", "/auth/me", Some(&tokens.access), password)
        .await;
    assert_eq!(deleted.status, 204);
    assert!(service.terminate().await.success());
    for entry in std::fs::read_dir(service.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes
            .windows(CANARY.len())
            .any(|window| window == CANARY.as_bytes());
        assert!(!found, "{}", path.display());
    }
}

#[tokio::test]
async fn an_account_is_exported_deleted_and_free_again() {
    let service = start().await;
    let id = service.web_register(ADA, RIGHT).await.body["id"]
        .as_i64()
        .unwrap();
    let tokens = service.web_login(ADA, RIGHT).await.tokens();
    let export = service
        .web("GET", "/auth/me/export", Some(&tokens.access), None)
        .await;
    assert_eq!(export.status, 200, "{}", export.text);
    assert_eq!(
        (
            &export.body["account"]["id"],
            export.body["sessions"].as_array().unwrap().len()
        ),
        (&json!(id), 1)
    );
    assert!(!export.text.contains("argon2") && !export.text.contains(&tokens.refresh));
    let delete = async |password: &str| {
        service
            .web(
                "DELETE",
                "/auth/me",
                Some(&tokens.access),
                Some(json!({ "password": password })),
            )
            .await
    };
    assert_eq!(delete(WRONG).await.status, 403);
    assert_eq!(service.me(&tokens.access).await, 200);
    assert_eq!(delete(RIGHT).await.status, 204);
    assert_eq!(service.me(&tokens.access).await, 401);
    assert_eq!(service.web_refresh(&tokens.refresh).await.status, 401);
    assert_eq!(service.web_login(ADA, RIGHT).await.status, 401);
    let again = service.web_register(ADA, RIGHT).await;
    assert!(
        again.body["id"].as_i64().unwrap() > id,
        "an id is never given twice"
    );
}
