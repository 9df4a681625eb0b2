//! Linking an existing hiker by a texted code or by texted words, and unlinking by text.

use serde_json::{Value, json};
use thunderbird_testkit::service::Service;

use crate::{Account, KIRI, SAM, hike, limits::contains, said, service, texted_code, word_of, wrong};

async fn restart(service: &mut Service) {
    service.kill();
    service.start_again().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_texted_code_links_an_existing_hiker_across_a_crash() {
    let (mut service, twilio) = service().await;
    hike(&service, SAM).await;
    let ada = Account::new(&service, "ada").await;
    let asked = ada.ask(&service, "0491 570 006").await;
    assert_eq!((asked.status, &asked.body["phone"]), (202, &json!(SAM)));
    assert!(asked.body["expires_at"].as_str() > asked.body["resend_after"].as_str());
    assert_eq!(ada.phone(&service).await, Value::Null, "nothing is linked yet");
    let code = texted_code(&twilio, SAM, 1).await;
    restart(&mut service).await;
    let linked = ada.confirm(&service, &code).await;
    assert_eq!((linked.status, &linked.body["phone"]), (200, &json!(SAM)));
    restart(&mut service).await;
    assert_eq!(ada.phone(&service).await, json!(SAM));
    let hiker = ada.call(&service, "GET", "/api/user", None).await;
    assert_eq!(hiker.body["trail_name"], "Sam");
    assert_eq!(hiker.body["contacts_count"], 1);
    assert!(
        hiker.body["position"]["name"]
            .as_str()
            .is_some_and(|name| !name.is_empty()),
        "{hiker:?}"
    );
    assert!(said(&service, SAM, "STATUS").await.contains("Web account: yes"));
    assert_eq!(
        ada.confirm(&service, &code).await.status,
        400,
        "a code works once"
    );
    assert_eq!(
        ada.call(&service, "DELETE", "/auth/phone", None).await.status,
        204
    );
    assert_eq!(
        ada.call(&service, "DELETE", "/auth/phone", None).await.status,
        204
    );
    assert_eq!(ada.phone(&service).await, Value::Null);
    assert_eq!(ada.call(&service, "GET", "/api/user", None).await.status, 404);
    let status = said(&service, SAM, "STATUS").await;
    assert!(
        status.contains("Web account: no") && status.contains("Contacts: 1"),
        "{status}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texted_words_link_an_existing_hiker_across_a_crash() {
    let (mut service, _twilio) = service().await;
    hike(&service, SAM).await;
    let ada = Account::new(&service, "ada").await;
    let text = ada.words(&service).await;
    let words: Vec<&str> = text.split(' ').skip(1).collect();
    assert_eq!((text.starts_with("LINK "), words.len()), (true, 3), "{text}");
    restart(&mut service).await;
    let scrambled = format!(
        "\u{201c}link\u{201d}  {} - {}\u{2026} {}!",
        words[2].to_lowercase(),
        words[0],
        words[1]
    );
    let asked = said(&service, SAM, &scrambled).await;
    assert!(asked.contains("a***@example.org"), "{asked}");
    assert!(!asked.contains("ada@"), "{asked}");
    assert_eq!(ada.phone(&service).await, Value::Null, "LINK alone links nothing");
    restart(&mut service).await;
    let word = word_of(&asked);
    let stranger = said(&service, KIRI, &format!("CONFIRM {word}")).await;
    assert!(stranger.contains("nothing to confirm"), "{stranger}");
    let linked = said(&service, SAM, &format!("confirm {}.", word.to_lowercase())).await;
    assert!(linked.contains("now linked"), "{linked}");
    assert_eq!(ada.phone(&service).await, json!(SAM));
    let hiker = ada.call(&service, "GET", "/api/user", None).await;
    assert_eq!(
        (&hiker.body["contacts_count"], hiker.body["position"].is_object()),
        (&json!(1), true)
    );
    let again = said(&service, KIRI, &text).await;
    assert!(again.contains("not known"), "words work once: {again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unlink_by_text_takes_a_word_and_leaves_the_hiker_as_they_are() {
    let (service, _twilio) = service().await;
    hike(&service, SAM).await;
    assert!(said(&service, SAM, "UNLINK").await.contains("not linked"));
    let ada = Account::new(&service, "ada").await;
    let asked = said(&service, SAM, &ada.words(&service).await).await;
    said(&service, SAM, &format!("CONFIRM {}", word_of(&asked))).await;
    let asked = said(&service, SAM, "unlink").await;
    assert_eq!(ada.phone(&service).await, json!(SAM));
    let word = word_of(&asked);
    said(&service, SAM, &format!("CONFIRM {}", wrong(&word))).await;
    assert_eq!(ada.phone(&service).await, json!(SAM));
    said(&service, SAM, &format!("CONFIRM {word}")).await;
    assert_eq!(ada.phone(&service).await, Value::Null);
    assert!(said(&service, SAM, "STATUS").await.contains("Contacts: 1"));
}
