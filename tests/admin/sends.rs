//! The forms that send texts: once, however often they are sent.

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, dsl::sql, sql_types::Text};
use thunderbird_testkit::{
    eventually, eventually_holds,
    fake_twilio::Fault,
    service::{Service, console::location, phones::MUM},
};

use super::{Browser, world};

const QUEUED: &str = "/admin/messages?notice=test-queued";
const KEY: &str = "Idempotency-Key";

/// How many texts Twilio has taken over, as the service knows it.
fn settled(service: &Service) -> usize {
    let mut db = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    let accepted = "SELECT state FROM messages WHERE direction = 'out' AND state = 'accepted'";
    sql::<Text>(accepted).load::<String>(&mut db).unwrap().len()
}

/// The list of failed texts, as soon as there are this many.
async fn failed(ada: &Browser, count: usize) -> String {
    eventually(&format!("{count} failed texts"), async || {
        let list = ada.page("/admin/messages?state=failed").await;
        (list.matches("error 21211").count() == count).then_some(list)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_text_is_sent_once_and_a_failed_text_can_be_sent_again() {
    let world = world().await;
    let mut ada = world.operator("ada").await;
    world.twilio.script([Fault::Refused(21211)]);
    let page = ada.page("/admin/messages").await;
    let (_, rest) = page.split_once("name=\"nonce\" value=\"").unwrap();
    let fields = [
        ("phone", "0491 570 110"),
        ("words", "Is this thing on?"),
        ("nonce", &rest[..32]),
    ];
    for _ in 0..3 {
        assert_eq!(
            location(&ada.submit("/admin/test-text", &fields).await),
            QUEUED,
            "the same form leads to the same answer"
        );
    }
    let list = failed(&ada, 1).await;
    assert!(list.contains("+614***110"), "{list}");
    let (_, rest) = list.split_once("/admin/messages/1/resend").unwrap();
    let (_, rest) = rest.split_once("name=\"nonce\" value=\"").unwrap();
    let nonce = rest.split_once('"').unwrap().0;
    for _ in 0..2 {
        let again = ada.submit("/admin/messages/1/resend", &[("nonce", nonce)]).await;
        assert_eq!(location(&again), "/admin/messages?notice=resent");
    }
    let accepted = world.twilio.wait_for(1).await;
    assert_eq!(accepted[0].parameter("Body"), Some("Is this thing on?"));
    assert_eq!(accepted[0].parameter("To"), Some(MUM));
    let another_form = ada.submit("/admin/messages/1/resend", &[]).await;
    assert_eq!(location(&another_form), "/admin/messages?notice=not-given-up");
    let audit = ada.page("/admin/audit").await;
    for action in ["console.test_sent", "message.resent"] {
        assert_eq!(audit.matches(action).count(), 1, "{action}: {audit}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_names_another_intention_is_refused_and_one_without_a_name_is_new() {
    let world = world().await;
    let mut ada = world.operator("ada").await;
    let csrf = thunderbird_testkit::service::console::csrf(&ada.page("/admin").await);
    let text = |words: &'static str| {
        vec![
            ("csrf", csrf.clone()),
            ("phone", "0491 570 110".to_owned()),
            ("words", words.to_owned()),
        ]
    };
    let mut send = async |words: &'static str, key: &[&str]| {
        let fields = text(words);
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut headers = vec![("Sec-Fetch-Site", "same-origin")];
        headers.extend(key.iter().map(|key| (KEY, *key)));
        ada.post_with("/admin/test-text", &fields, &headers).await
    };
    for _ in 0..2 {
        assert_eq!(location(&send("first", &["key-1"]).await), QUEUED);
    }
    let reused = send("second", &["key-1"]).await;
    assert_eq!(reused.status(), 422);
    let page = reused.text().await.unwrap();
    assert!(
        page.contains("<h1>") && page.contains("another request"),
        "{page}"
    );
    for malformed in [&["a b"][..], &[""], &["a", "b"]] {
        assert_eq!(send("third", malformed).await.status(), 422, "{malformed:?}");
    }
    assert_eq!(
        location(&send("", &["key-2"]).await),
        "/admin/messages?notice=words"
    );
    assert_eq!(
        location(&send("fourth", &["key-2"]).await),
        QUEUED,
        "a refusal lets the name go"
    );
    for _ in 0..2 {
        assert_eq!(location(&send("nameless", &[]).await), QUEUED);
    }
    let accepted = world.twilio.wait_for(4).await;
    let mut bodies: Vec<_> = accepted
        .iter()
        .filter_map(|text| text.parameter("Body"))
        .collect();
    bodies.sort_unstable();
    assert_eq!(bodies, ["first", "fourth", "nameless", "nameless"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_administrators_may_choose_the_same_name_and_a_restart_forgets_none() {
    let mut world = world().await;
    let fields = [("phone", "0491 570 110"), ("words", "hut"), ("nonce", "mine")];
    for name in ["ada", "grace"] {
        let mut admin = world.operator(name).await;
        assert_eq!(location(&admin.submit("/admin/test-text", &fields).await), QUEUED);
    }
    assert_eq!(world.twilio.wait_for(2).await.len(), 2);
    // A kill before the answers are stored would make their end ambiguous, and a text with an ambiguous end is sent again.
    eventually_holds("both texts to be settled", async || settled(&world.service) == 2).await;
    world.restart().await;
    let mut ada = Browser::new(&world.service);
    assert_eq!(ada.sign_in("ada").await.status(), 303);
    assert_eq!(location(&ada.submit("/admin/test-text", &fields).await), QUEUED);
    ada.submit("/admin/opt-outs", &[("phone", MUM)]).await;
    let unwanted = [("phone", MUM), ("words", "hut"), ("nonce", "other")];
    assert_eq!(
        location(&ada.submit("/admin/test-text", &unwanted).await),
        "/admin/messages?notice=opted-out"
    );
    assert_eq!(world.twilio.accepted().len(), 2);
}
