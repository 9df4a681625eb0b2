//! Linking an existing hiker by a texted code or by texted words, and unlinking by text.

use serde_json::{Value, json};
use thunderbird_testkit::service::phones::{MUM, SAM, word_to_confirm};

use crate::{KIRI, ask, confirm, hike, texted_code, world, wrong};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_texted_code_links_an_existing_hiker_across_a_crash() {
    let mut world = world().await;
    let sam = world.hiker(SAM);
    hike(&sam).await;
    let ada = world.client("ada").await;
    let asked = ask(&ada, "0491 570 006").await;
    assert_eq!((asked.status, &asked.body["phone"]), (202, &json!(SAM)));
    assert!(asked.body["expires_at"].as_str() > asked.body["resend_after"].as_str());
    assert_eq!(ada.phone().await, Value::Null, "nothing is linked yet");
    let code = texted_code(&sam, 1).await;
    world.restart().await;
    let linked = confirm(&ada, &code).await;
    assert_eq!((linked.status, &linked.body["phone"]), (200, &json!(SAM)));
    world.restart().await;
    assert_eq!(ada.phone().await, json!(SAM));
    let hiker = ada.get("/api/user").await;
    assert_eq!(hiker.body["trail_name"], "Sam");
    assert_eq!(hiker.body["contacts_count"], 1);
    assert!(
        hiker.body["position"]["name"]
            .as_str()
            .is_some_and(|name| !name.is_empty()),
        "{hiker:?}"
    );
    assert!(sam.says("STATUS").await.contains("Web account: yes"));
    assert_eq!(confirm(&ada, &code).await.status, 400, "a code works once");
    assert_eq!(ada.delete("/auth/phone").await.status, 204);
    assert_eq!(ada.delete("/auth/phone").await.status, 204);
    assert_eq!(ada.phone().await, Value::Null);
    assert_eq!(ada.get("/api/user").await.status, 404);
    let status = sam.says("STATUS").await;
    assert!(
        status.contains("Web account: no") && status.contains("Contacts: 1"),
        "{status}"
    );
}

/// A code as phones and mail programs paste it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pasted_code_loses_every_blank_and_no_try() {
    let world = world().await;
    let pasted: [fn(&str) -> String; 5] = [
        |code| format!("{code}\n"),
        |code| code.replacen(&code[..3], &format!("{}\u{a0}", &code[..3]), 1),
        |code| format!("\u{200b}{code}\u{feff}"),
        |code| format!("\r\n {}\u{2011}{}", &code[..3], &code[3..]),
        |code| format!("\u{202a}{code}\u{202c}\u{3000}"),
    ];
    for (place, paste) in pasted.into_iter().enumerate() {
        let phone = world.hiker(&format!("+6149157010{place}"));
        let account = world.client(&format!("pasted{place}")).await;
        assert_eq!(ask(&account, phone.number()).await.status, 202);
        let code = texted_code(&phone, 1).await;
        let linked = confirm(&account, &paste(&code)).await;
        assert_eq!(linked.status, 200, "{:?}: {:?}", paste(&code), linked.body);
    }
}

/// A number as phones paste it: the web, a text and the list of contacts read the same one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pasted_number_is_the_same_number_on_the_web_and_in_a_text() {
    let world = world().await;
    for (place, pasted) in [
        "0491\u{2011}570\u{2011}110",
        "\u{202a}+61491570110\u{202c}",
        "0491\u{ad}570\u{ad}110",
        "\u{2066}0491\u{a0}570\u{a0}110\u{2069}",
    ]
    .into_iter()
    .enumerate()
    {
        let account = world.client(&format!("number{place}")).await;
        let asked = ask(&account, pasted).await;
        assert_eq!(
            (asked.status, &asked.body["phone"]),
            (202, &json!(MUM)),
            "{pasted:?}"
        );
        let sam = world.hiker(&format!("+6149157020{place}")).registered().await;
        let added = sam.says(&format!("SAFE {pasted} Mum")).await;
        assert!(
            added.contains("Mum is contact 1") && added.contains(MUM),
            "{added}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texted_words_link_an_existing_hiker_across_a_crash() {
    let mut world = world().await;
    let kiri = world.hiker(KIRI);
    let sam = world.hiker(SAM);
    hike(&sam).await;
    let ada = world.client("ada").await;
    let text = ada.link_text().await;
    let words: Vec<&str> = text.split(' ').skip(1).collect();
    assert_eq!((text.starts_with("LINK "), words.len()), (true, 3), "{text}");
    world.restart().await;
    let scrambled = format!(
        "\u{201c}link\u{201d}  {} - {}\u{2026} {}!",
        words[2].to_lowercase(),
        words[0],
        words[1]
    );
    let asked = sam.says(&scrambled).await;
    assert!(asked.contains("a***@example.org"), "{asked}");
    assert!(!asked.contains("ada@"), "{asked}");
    assert_eq!(ada.phone().await, Value::Null, "LINK alone links nothing");
    world.restart().await;
    let asked_word = word_to_confirm(&asked);
    let stranger = kiri.says(&format!("CONFIRM {asked_word}")).await;
    assert!(stranger.contains("nothing to confirm"), "{stranger}");
    let linked = sam.says(&format!("confirm {}.", asked_word.to_lowercase())).await;
    assert!(linked.contains("now linked"), "{linked}");
    assert_eq!(ada.phone().await, json!(SAM));
    let hiker = ada.get("/api/user").await;
    assert_eq!(
        (&hiker.body["contacts_count"], hiker.body["position"].is_object()),
        (&json!(1), true)
    );
    let again = kiri.says(&text).await;
    assert!(again.contains("not known"), "words work once: {again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unlink_by_text_takes_a_word_and_leaves_the_hiker_as_they_are() {
    let world = world().await;
    let sam = world.hiker(SAM);
    hike(&sam).await;
    assert!(sam.says("UNLINK").await.contains("not linked"));
    let ada = world.client("ada").await;
    let asked = sam.says(&ada.link_text().await).await;
    sam.says(&format!("CONFIRM {}", word_to_confirm(&asked))).await;
    let asked = sam.says("unlink").await;
    assert_eq!(ada.phone().await, json!(SAM));
    let asked_word = word_to_confirm(&asked);
    sam.says(&format!("CONFIRM {}", wrong(&asked_word))).await;
    assert_eq!(ada.phone().await, json!(SAM));
    sam.says(&format!("CONFIRM {asked_word}")).await;
    assert_eq!(ada.phone().await, Value::Null);
    assert!(sam.says("STATUS").await.contains("Contacts: 1"));
}
