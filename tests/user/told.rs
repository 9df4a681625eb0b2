//! Told means told: what became of the texts to contacts is the same everywhere, and the hiker hears of a failure.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use diesel::{
    Connection as _, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _, sql_query,
};
use serde_json::{Value, json};

use thunderbird_testkit::{
    eventually, eventually_holds,
    fake_twilio::Fault,
    service::{
        Operator,
        phones::{DAD, MUM, SAM},
    },
};

use crate::Linked;

/// Refused at once: the provider says that the number takes no texts.
const REX: &str = "+61412345671";
/// The carrier cannot deliver.
const UNA: &str = "+61412345672";
/// The text's life ends before it can be sent.
const EVE: &str = "+61412345673";
/// The provider never answers.
const DAN: &str = "+61412345674";
/// Opts out after the text was sent.
const OLGA: &str = "+61412345675";

/// Each contact, the reason that the API names, and the words of every other place.
const FAILURES: [(&str, &str, &str); 4] = [
    ("Rex", "takes_no_texts", "takes no texts"),
    ("Una", "unreachable", "could not be reached"),
    ("Eve", "late", "was not sent the last text in time"),
    ("Dan", "doubtful", "may not have got the last text"),
];

impl Linked {
    pub(crate) fn database(&self) -> SqliteConnection {
        let path = self.world.service.database();
        let mut database = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        database.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
        database
    }

    fn change_rows(&self, set: &str) -> usize {
        sql_query(format!("UPDATE messages SET {set}"))
            .execute(&mut self.database())
            .unwrap()
    }

    /// How many texts of these words wait for a phone.
    pub(crate) fn waiting_for(&self, phone: &str, words: &str) -> usize {
        self.change_rows(&format!(
            "body = body WHERE phone = '{phone}' AND state = 'queued' AND body LIKE '{words}'"
        ))
    }

    pub(crate) fn change_check_ins(&self, set: &str) {
        sql_query(format!("UPDATE check_ins SET {set}"))
            .execute(&mut self.database())
            .unwrap();
    }

    /// Whether a text to this number waits for its next attempt.
    pub(crate) fn waits(&self, phone: &str) -> bool {
        self.change_rows(&format!(
            "body = body WHERE phone = '{phone}' AND state = 'queued' AND attempts > 0"
        )) == 1
    }

    async fn contact_named(&self, name: &str) -> Value {
        let listed = self.get("/api/user/contacts").await;
        let contacts = listed["items"].as_array().unwrap();
        contacts
            .iter()
            .find(|contact| contact["name"] == name)
            .unwrap_or_else(|| panic!("{name} is no contact: {listed}"))
            .clone()
    }

    /// The text of the newest check-in to a contact.
    pub(crate) async fn newest_notice(&self, name: &str) -> Value {
        let listed = self.get("/api/user/checkins").await;
        let notices = listed["items"][0]["notices"].as_array().unwrap();
        let notice = notices.iter().find(|notice| notice["name"] == name);
        notice.cloned().unwrap_or(Value::Null)
    }

    async fn calls_back(&self, to: &str, part: &str, (status, code): (&str, Option<u32>)) {
        let text = eventually(part, async || {
            let texts = self.world.twilio.accepted_for(to);
            texts.into_iter().rev().find(|text| text.body.contains(part))
        })
        .await;
        // A callback is a part of the text's state as soon as the text is settled, before or after it.
        let answer = self.world.twilio.call_back(&text, status, code).await.unwrap();
        assert_eq!(answer, 204);
    }
}

/// Makes the check-in at Ronny Creek fail in every way, one a contact.
async fn fails_in_every_way(hiker: &Linked) {
    for (phone, name) in [
        (REX, "Rex"),
        (UNA, "Una"),
        (EVE, "Eve"),
        (DAN, "Dan"),
        (OLGA, "Olga"),
    ] {
        assert_eq!(hiker.add(phone, name).await.0, 201);
        hiker.world.contact(phone).texts_with("safety contact", 1).await;
    }
    let twilio = &hiker.world.twilio;
    twilio.script_for(REX, [Fault::Refused(21_614)]);
    twilio.script_for(EVE, [Fault::TooMany(Some("3000"))]);
    twilio.script_for(DAN, [Fault::Close; 5]);
    let told = hiker.text("CHECKIN RONNY").await;
    assert!(told.contains("5 contacts will be told"), "{told}");
    hiker
        .calls_back(UNA, "Ronny", ("undelivered", Some(30_003)))
        .await;
    hiker.world.contact(OLGA).texts_with("Ronny", 1).await;
    hiker.world.contact(OLGA).text("STOP").await;
    eventually_holds("the end of Eve's text", async || {
        let waits = format!("expires_at = not_before, next_attempt_at = not_before WHERE phone = '{EVE}'");
        hiker.change_rows(&format!("{waits} AND state = 'queued' AND attempts = 1"));
        hiker.newest_notice("Eve").await["state"] == "failed"
    })
    .await;
    eventually_holds("the end of Dan's text", async || {
        hiker.change_rows("next_attempt_at = not_before WHERE state = 'queued'");
        hiker.newest_notice("Dan").await["state"] == "failed"
    })
    .await;
    for name in ["Rex", "Una"] {
        eventually_holds(name, async || {
            hiker.newest_notice(name).await["state"] == "failed"
        })
        .await;
    }
}

/// Every place says the same about the four contacts whom the last text did not reach.
async fn every_place_agrees(hiker: &Linked, ada: &Operator) {
    let (list, status) = (hiker.text("SAFELIST").await, hiker.text("STATUS").await);
    let page = ada.page("/admin/users/1").await;
    for (name, reason, words) in FAILURES {
        assert!(list.contains(&format!("({words})")), "{name}: {list}");
        assert!(status.contains(&format!("{name} ({words})")), "{name}: {status}");
        assert!(
            page.contains(&format!(r#"<span class="state bad">{words}</span>"#)),
            "{page}"
        );
        let contact = hiker.contact_named(name).await;
        assert_eq!(
            contact["trouble"],
            json!({"reason": reason, "words": words}),
            "{name}"
        );
        let notice = hiker.newest_notice(name).await;
        assert_eq!(
            (&notice["state"], &notice["trouble"]["reason"]),
            (&json!("failed"), &json!(reason)),
            "{name}"
        );
        let shown = format!("<small>{name}:</small> <span class=\"state bad\">failed: ");
        assert!(page.contains(&shown), "{name}: {page}");
    }
    assert!(list.contains("Olga") && list.contains("(opted out)"), "{list}");
    assert!(status.contains("Olga (opted out)"), "{status}");
    let olga = hiker.contact_named("Olga").await;
    assert_eq!(
        (&olga["opted_out"], &olga["trouble"]),
        (&json!(true), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_place_agrees_on_who_was_told_and_a_delivery_clears_it() {
    let mut hiker = Linked::new().await;
    let ada = hiker.world.operator("ada").await;
    fails_in_every_way(&hiker).await;
    every_place_agrees(&hiker, &ada).await;
    let heard = hiker.sam.texts_with("A text about you", 4).await;
    for (name, _, words) in FAILURES {
        let about = heard
            .iter()
            .filter(|text| text.contains(name) && text.contains(words));
        assert_eq!(about.count(), 1, "{name}: {heard:?}");
    }
    hiker.world.restart().await;
    every_place_agrees(&hiker, &ada).await;
    let told = hiker.text("CHECKIN WATER").await;
    assert!(told.contains("0 of 5 contacts will be told."), "{told}");
    assert!(told.contains("Rex's number takes no texts."), "{told}");
    assert!(told.contains("Una's phone could not be reached."), "{told}");
    assert!(told.contains("Cannot be told: Olga"), "{told}");
    for phone in [REX, UNA, EVE, DAN] {
        hiker.calls_back(phone, "Waterfall", ("delivered", None)).await;
    }
    for (name, ..) in FAILURES {
        eventually_holds(name, async || {
            hiker.contact_named(name).await["trouble"] == Value::Null
        })
        .await;
        assert_eq!(hiker.newest_notice(name).await["state"], "delivered");
    }
    let (list, status) = (hiker.text("SAFELIST").await, hiker.text("STATUS").await);
    let page = ada.page("/admin/users/1").await;
    assert_eq!(list.matches('(').count(), 1, "Olga only: {list}");
    assert!(status.contains("Not reached: Olga (opted out)"), "{status}");
    for (name, ..) in FAILURES {
        assert!(
            page.contains(&format!("<small>{name}:</small> <span class=\"state\">delivered")),
            "{page}"
        );
    }
    let told = hiker.text("CHECKIN WINDM").await;
    assert!(told.contains("4 contacts will be told."), "{told}");
    assert_eq!(
        hiker.sam.texts_with("A text about you", 4).await.len(),
        4,
        "told once each"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_text_that_fails_is_told_once_until_the_contact_is_added_again() {
    let hiker = Linked::new().await;
    let twilio = &hiker.world.twilio;
    twilio.script_for(MUM, [Fault::Refused(21_211), Fault::Refused(21_211)]);
    hiker.text("SAFE 0491 570 110 Mum").await;
    let heard = hiker.sam.texts_with("Mum's number takes no texts", 1).await;
    assert_eq!(heard.len(), 1, "{heard:?}");
    hiker.add(DAD, "Dad").await;
    let told = hiker.text("CHECKIN RONNY").await;
    assert!(
        told.contains("1 of 2 contacts will be told. Mum's number takes no texts."),
        "{told}"
    );
    eventually_holds("the second failure", async || {
        hiker.newest_notice("Mum").await["state"] == "failed"
    })
    .await;
    let again = hiker.text("SAFE 0491 570 110 Mum").await;
    assert!(again.contains("We try this number again"), "{again}");
    assert_eq!(hiker.contact_named("Mum").await["trouble"], Value::Null);
    assert_eq!(
        hiker.sam.texts_with("did not reach them", 1).await.len(),
        1,
        "not told again"
    );
    twilio.script_for(MUM, [Fault::Refused(21_211)]);
    let told = hiker.text("CHECKIN WATER").await;
    assert!(
        told.contains("2 contacts will be told."),
        "the hiker vouched for the number: {told}"
    );
    assert_eq!(
        hiker.sam.texts_with("did not reach them", 2).await.len(),
        2,
        "told again"
    );
}

/// Callbacks come late and in any order: what is said of an older text is no news.
/// The hiker hears of a first text that failed, whichever way the provider or the carrier says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_text_that_fails_in_any_way_is_told_and_listed() {
    let hiker = Linked::new().await;
    let twilio = &hiker.world.twilio;
    twilio.script_for(REX, [Fault::Refused(21_614)]);
    twilio.script_for(UNA, [Fault::Refused(21_211)]);
    for (phone, name, undelivered, words) in [
        (REX, "Rex", None, "takes no texts"),
        (UNA, "Una", None, "takes no texts"),
        (EVE, "Eve", Some(30_005), "takes no texts"),
        (DAN, "Dan", Some(30_006), "takes no texts"),
        (OLGA, "Olga", Some(30_003), "could not be reached"),
    ] {
        hiker.text(&format!("SAFE {phone} {name}")).await;
        if let Some(code) = undelivered {
            hiker
                .calls_back(phone, "safety contact", ("undelivered", Some(code)))
                .await;
        }
        let heard = hiker.sam.texts_with(name, 1).await;
        assert!(heard[0].contains(words), "{name}: {heard:?}");
        let list = hiker.text("SAFELIST").await;
        assert!(
            list.contains(name) && list.contains(&format!("({words})")),
            "{name}: {list}"
        );
    }
    let list = hiker.text("SAFELIST").await;
    assert_eq!(list.matches("(takes no texts)").count(), 4, "{list}");
    assert!(list.contains("(could not be reached)"), "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_failure_of_an_older_text_does_not_mark_a_contact_who_got_a_newer_one() {
    let hiker = Linked::new().await;
    hiker.add(MUM, "Mum").await;
    for camp in ["RONNY", "WATER"] {
        hiker.text(&format!("CHECKIN {camp}")).await;
    }
    hiker.calls_back(MUM, "Waterfall", ("delivered", None)).await;
    eventually_holds("the delivery", async || {
        hiker.newest_notice("Mum").await["state"] == "delivered"
    })
    .await;
    hiker
        .calls_back(MUM, "Ronny", ("undelivered", Some(30_005)))
        .await;
    let listed = hiker.get("/api/user/checkins").await;
    assert_eq!(listed["items"][1]["notices"][0]["state"], "failed", "{listed}");
    assert_eq!(hiker.contact_named("Mum").await["trouble"], Value::Null);
    let told = hiker.text("CHECKIN WINDM").await;
    assert!(told.contains("1 contact will be told."), "{told}");
}

/// A hiker who gets no texts hears of no failure either, and after STOP none waits for START.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_who_opted_out_hears_of_no_failure() {
    let hiker = Linked::new().await;
    hiker.add(MUM, "Mum").await;
    hiker.world.contact(MUM).texts_with("safety contact", 1).await;
    hiker.sam.text("STOP").await;
    hiker.world.twilio.script_for(MUM, [Fault::Refused(21_614)]);
    hiker.text("CHECKIN RONNY").await;
    eventually_holds("the failure", async || {
        hiker.newest_notice("Mum").await["state"] == "failed"
    })
    .await;
    hiker.sam.text("UNSTOP").await;
    assert!(hiker.text("SAFELIST").await.contains("takes no texts"));
    let texts = hiker.world.twilio.received();
    assert!(texts.iter().all(|text| text.to != SAM), "{texts:?}");
}
