//! The list of a hiker's messages.

use serde_json::{Value, json};

use thunderbird_testkit::service::phones::MUM;

use crate::Linked;

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

/// Not every database stores U+0000 in a text. A text gets another character in its place, a name a blank.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_null_character_is_never_stored() {
    let linked = Linked::new().await;
    linked.text("rain\0here").await;
    let items = linked.get("/api/user/messages").await["items"].clone();
    let mut texted = items.as_array().unwrap().iter();
    assert!(texted.any(|item| item["body"] == "rain\u{fffd}here"), "{items}");
    let wanted = json!({"trail_name": "Wom\0bat"});
    let (status, named) = linked.client.patch("/api/user", wanted).await.pair();
    assert_eq!((status, &named["trail_name"]), (200, &json!("Wom bat")));
    let (status, contact) = linked.add(MUM, "Mum\0my").await;
    assert_eq!((status, &contact["name"]), (201, &json!("Mum my")));
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
        client: linked.world.client("grace").await,
        ..linked
    };
    for path in [
        "/api/user",
        "/api/user/checkins",
        "/api/user/contacts",
        "/api/user/messages",
    ] {
        assert_eq!(stranger.client.get(path).await.status, 404, "{path}");
    }
    assert_eq!(stranger.arrive("RONNY", None).await.0, 404);
    assert_eq!(stranger.add(MUM, "Mum").await.0, 404);
    assert_eq!(stranger.client.delete("/api/user/contacts/1").await.status, 404);
    assert_eq!(
        stranger
            .client
            .patch("/api/user", json!({"trail_name": "X"}))
            .await
            .status,
        404
    );
}
