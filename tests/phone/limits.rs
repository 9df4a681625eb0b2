//! Refusals, limits of guesses and of texts, and secrets that are stored nowhere in clear.

use futures_util::future::join_all;
use serde_json::{Value, json};
use thunderbird_testkit::{
    eventually,
    fake_twilio::Fault,
    service::phones::{SAM, word_to_confirm},
};

use crate::{KIRI, ask, confirm, digits_of, texted_code, world, wrong};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_wrong_words_are_met_with_silence_and_everything_else_is_answered() {
    let world = world().await;
    let sam = world.hiker(SAM);
    let ada = world.client("ada").await;
    let words = ada.link_text().await;
    let asked = sam.says(&words).await;
    let asked_word = word_to_confirm(&asked);
    for nth in 1..=5 {
        let reply = sam.says(&format!("CONFIRM {}", wrong(&asked_word))).await;
        assert_eq!(reply.contains("Too many wrong words"), nth == 5, "{reply}");
    }
    for text in [format!("CONFIRM {asked_word}"), words, "UNLINK".to_owned()] {
        assert!(sam.text(&text).await.messages.is_empty(), "{text}");
    }
    assert!(sam.says("HELP").await.contains("000"));
    assert_eq!(ada.phone().await, Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_texted_is_refused_and_nobody_is_texted() {
    let world = world().await;
    let ada = world.client("ada").await;
    for phone in [
        "03 6234 5678",
        "+1 202 555 0123",
        "call 0491570006",
        "0491570006 please",
        "123456789",
        "٠٤٩١٥٧٠٠٠٦",
        "",
        "+61 491",
    ] {
        let refused = ask(&ada, phone).await;
        assert_eq!(
            (refused.status, &refused.body["type"]),
            (422, &json!("/problems/phone-not-textable")),
            "{phone}"
        );
        assert!(
            phone.is_empty() || !refused.body.to_string().contains(phone),
            "{phone} is echoed"
        );
    }
    for body in [
        json!({}),
        json!({"phone": 7}),
        json!({"phone": SAM, "code": "123456"}),
    ] {
        assert_eq!(ada.post("/auth/phone", body).await.status, 422);
    }
    for code in ["123456", "", "12345", "abcdef", "١٢٣٤٥٦"] {
        let wrong = confirm(&ada, code).await;
        assert_eq!(wrong.status, 400, "{code}");
    }
    assert!(world.twilio.received().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_guesses_at_once_five_are_judged() {
    let world = world().await;
    let sam = world.hiker(SAM);
    let ada = world.client("ada").await;
    ask(&ada, SAM).await;
    let code = texted_code(&sam, 1).await;
    let guess = if code == "000000" { "000001" } else { "000000" };
    let guesses = join_all((0..200).map(|_| confirm(&ada, guess))).await;
    let judged = guesses.iter().filter(|answer| answer.status == 400).count();
    assert_eq!(judged, 5);
    assert!(
        guesses
            .iter()
            .all(|answer| answer.status == 400 || (answer.status == 429 && answer.waits()))
    );
    assert_eq!(
        confirm(&ada, &code).await.status,
        429,
        "the right one comes too late"
    );
    let resend = ask(&ada, SAM).await;
    assert_eq!(
        (resend.status, resend.waits()),
        (429, true),
        "and a resend forgives nothing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_for_neighbouring_numbers_send_twenty_texts() {
    let world = world().await;
    let mut accounts = Vec::new();
    for nth in 0..20 {
        accounts.push(world.client(&format!("hiker{nth}")).await);
    }
    let mut sent = 0;
    for chunk in (0..1_000_usize).collect::<Vec<_>>().chunks(100) {
        let asking = chunk.iter().map(|nth| {
            let (account, phone) = (&accounts[nth % accounts.len()], format!("+61412345{nth:03}"));
            async move { ask(account, &phone).await }
        });
        for answer in join_all(asking).await {
            assert!(
                answer.status == 202 || (answer.status == 429 && answer.waits()),
                "{answer:?}"
            );
            sent += usize::from(answer.status == 202);
        }
    }
    assert_eq!(sent, 20);
    world.twilio.wait_for(20).await;
    assert_eq!(world.twilio.received().len(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_the_database_nor_the_log_holds_a_code_a_word_or_a_number_in_clear() {
    let mut world = world().await;
    let kiri = world.hiker(KIRI);
    world.twilio.always(Some(Fault::Status(503)));
    let ada = world.client("ada").await;
    assert_eq!(ask(&ada, SAM).await.status, 202);
    let tried = eventually("the attempt to send the code", async || {
        world.twilio.received().into_iter().next()
    })
    .await;
    let body = tried.parameter("Body").unwrap().to_owned();
    let code = digits_of(&body);
    let text = ada.link_text().await;
    let asked = kiri.says(&text).await;
    let asked_word = word_to_confirm(&asked);
    kiri.says(&format!("CONFIRM {}", wrong(&asked_word))).await;
    kiri.says(&code).await;
    world.service.kill();
    let secrets = [
        code.clone(),
        text.clone(),
        text.trim_start_matches("LINK ").to_owned(),
        text.trim_start_matches("LINK ").to_lowercase(),
        format!("CONFIRM {asked_word}"),
        format!("CONFIRM {}", wrong(&asked_word)),
    ];
    let mut dump = Vec::new();
    for file in std::fs::read_dir(world.service.folder()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() && path.to_string_lossy().contains("thunderbird.db") {
            dump.extend(std::fs::read(path).unwrap());
        }
    }
    assert!(contains(&dump, KIRI), "the dump is one");
    for secret in &secrets {
        assert!(!contains(&dump, secret), "{secret} stands in the database");
    }
    let log = world.service.output();
    assert!(!log.is_empty());
    for secret in secrets
        .iter()
        .map(String::as_str)
        .chain([SAM, KIRI, "ada@example.org"])
    {
        assert!(!log.contains(secret), "{secret} stands in the log");
    }
}

fn contains(dump: &[u8], needle: &str) -> bool {
    dump.windows(needle.len())
        .any(|window| window == needle.as_bytes())
}
