//! Limits on what is texted, and to whom.

use jiff::Timestamp;
use serde_json::json;
use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::Fault,
    service::{
        Client,
        phones::{DAD, MUM, SAM, word_to_confirm},
    },
};

use super::Watched;

const CAMPS: [&str; 2] = ["RONNY", "WATER"];

/// What this file makes refuse.
pub const LIMITS: &[&str] = &[
    "check_ins.hour",
    "check_ins.day",
    "texts.hiker",
    "texts.recipient",
    "texts.pair",
    "texts_day",
    "contacts.hiker",
    "contacts.account",
    "contacts.recipient",
    "contacts.introduced",
    "contacts.neighbours",
    "contacts.service",
    "contacts.pair",
    "trips.echo",
    "alarms.hiker",
    "alarms.words",
    "codes.number",
    "codes.account",
    "codes.neighbours",
    "codes.service",
    "codes.guesses",
    "phone.wrong_words",
    "sender.answers",
    "sender.loop",
    "unreached.hiker",
    "pages.kind",
];

/// An account whose hiker is registered.
async fn hiker(watched: &Watched, name: &str, phone: &str) -> Client {
    let sam = watched.world.hiker(phone).registered().await;
    let client = watched.world.client(name).await;
    sam.links_to(&client).await;
    client
}

/// Adds a contact; answers with the id if it was added.
async fn add(client: &Client, phone: &str) -> Option<i64> {
    let contact = json!({"phone": phone, "name": "Friend"});
    client.post("/api/user/contacts", contact).await.body["id"].as_i64()
}

async fn arrive(client: &Client, nth: usize) {
    let camp = json!({ "camp": CAMPS[nth % 2] });
    let arrived = client.post("/api/user/checkins", camp).await;
    assert_eq!(arrived.status, 201, "{}", arrived.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_check_ins() {
    let watched = Watched::new(&[
        ("THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY", "3"),
        ("THUNDERBIRD_LIMIT_SMS_PER_DAY", "200"),
        ("THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR", "10"),
        ("THUNDERBIRD_LIMIT_CHECKINS_PER_DAY", "10"),
    ])
    .await;
    let sam = hiker(&watched, "sam", SAM).await;
    for phone in [MUM, DAD, "+61412555001"] {
        add(&sam, phone).await.unwrap();
    }
    // A notice and five check-ins are three of the day and three of the reserve.
    for nth in 0..6 {
        arrive(&sam, nth).await;
    }
    watched.have_refused(&["texts.recipient", "texts.pair"]).await;
    add(&sam, "+61412666001").await.unwrap();
    for nth in 6..9 {
        arrive(&sam, nth).await;
    }
    watched.have_refused(&["texts.hiker"]).await;
    for nth in 9..12 {
        arrive(&sam, nth).await;
    }
    watched.have_refused(&["check_ins.hour", "check_ins.day"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_new_contacts() {
    let watched = Watched::new(&[
        ("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY", "3"),
        ("THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR", "5"),
    ])
    .await;
    let sam = hiker(&watched, "sam", SAM).await;
    let id = add(&sam, "+61412345001").await.unwrap();
    assert_eq!(add(&sam, "+61412345002").await, None);
    watched.have_refused(&["contacts.neighbours"]).await;
    sam.delete(&format!("/api/user/contacts/{id}")).await;
    assert!(add(&sam, "+61412345001").await.is_some(), "without a notice");
    watched.have_refused(&["contacts.pair"]).await;
    for phone in [MUM, "+61412555001", "+61412666001"] {
        add(&sam, phone).await;
    }
    watched
        .have_refused(&["contacts.hiker", "contacts.account"])
        .await;
    let kim = hiker(&watched, "kim", "+61491570737").await;
    for phone in ["+61412777001", "+61412888001", "+61412999001"] {
        add(&kim, phone).await;
    }
    watched.have_refused(&["contacts.service"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_one_recipient_and_of_the_day() {
    let watched = Watched::new(&[("THUNDERBIRD_LIMIT_SMS_PER_DAY", "4")]).await;
    for nth in 0..11 {
        let phone = format!("+6141288{nth:02}00");
        let hiker = watched.world.hiker(&phone).registered().await;
        hiker.says("SAFE 0491570110 Mum").await;
    }
    watched
        .have_refused(&["contacts.recipient", "contacts.introduced"])
        .await;
    watched.world.twilio.wait_for(4).await;
    let ada = watched.world.client("ada").await;
    ada.post("/auth/phone", json!({ "phone": DAD })).await;
    watched.have_refused(&["texts_day"]).await;
}

/// A whole minute, so many minutes from now.
#[expect(
    clippy::disallowed_methods,
    reason = "the service under test has the real clock"
)]
fn ahead(minutes: i64) -> String {
    let now = Timestamp::now().as_second();
    let at = now - now.rem_euclid(60) + minutes * 60;
    Timestamp::from_second(at).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_texts_to_the_own_phone_about_times() {
    let watched = Watched::new(&[]).await;
    let sam = hiker(&watched, "sam", SAM).await;
    let mut tag = None;
    for nth in 0..11 {
        let at = ahead(600 + nth * 10);
        let condition = match &tag {
            Some(tag) => ("if-match", String::as_str(tag)),
            None => ("if-none-match", "*"),
        };
        let wanted = json!({ "out_by": at });
        let set = sam
            .call_if("PUT", "/api/user/trip", condition, Some(wanted))
            .await;
        assert!(set.status < 300, "{}", set.text);
        tag = set.header("etag").map(str::to_owned);
    }
    watched.have_refused(&["trips.echo"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_calls_for_help() {
    let watched = Watched::new(&[]).await;
    let sam = watched.world.hiker(SAM).registered().await;
    sam.text("SAFE 0491 570 110 Mum").await;
    watched.world.contact(MUM).text("READY").await;
    sam.text("ALERT").await;
    for nth in 0..21 {
        sam.text(&format!("hurt and {nth} hours from the hut")).await;
        sam.text("ALERT").await;
    }
    watched.have_refused(&["alarms.words"]).await;
    for _ in 0..6 {
        sam.text("ALERT OFF").await;
        sam.text("ALERT").await;
    }
    watched.have_refused(&["alarms.hiker"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_texts_to_the_own_phone_about_contacts() {
    let watched = Watched::new(&[]).await;
    let sam = hiker(&watched, "sam", SAM).await;
    for nth in 0..11 {
        let phone = format!("+6141288{nth:02}00");
        watched.world.twilio.script_for(&phone, [Fault::Refused(21_211)]);
        let id = add(&sam, &phone).await.unwrap();
        eventually_holds("the contact to be in trouble", async || {
            let contacts = sam.get("/api/user/contacts").await.body;
            let contacts = contacts["items"].as_array().unwrap();
            contacts
                .iter()
                .any(|contact| contact["id"] == id && !contact["trouble"].is_null())
        })
        .await;
        sam.delete(&format!("/api/user/contacts/{id}")).await;
    }
    watched.have_refused(&["unreached.hiker"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_codes() {
    let watched = Watched::new(&[
        ("THUNDERBIRD_LIMIT_OTP_SENDS_PER_DAY", "2"),
        ("THUNDERBIRD_LIMIT_OTP_PER_HOUR", "5"),
    ])
    .await;
    let [ada, grace, joan] = [
        watched.world.client("ada").await,
        watched.world.client("grace").await,
        watched.world.client("joan").await,
    ];
    let ask = async |account: &Client, phone: &str| {
        account
            .post("/auth/phone", json!({ "phone": phone }))
            .await
            .status
    };
    for (account, phone, status) in [
        (&ada, SAM, 202),
        (&grace, SAM, 202),
        (&joan, SAM, 429),
        (&ada, MUM, 202),
        (&ada, DAD, 429),
    ] {
        assert_eq!(ask(account, phone).await, status, "{phone}");
    }
    watched.have_refused(&["codes.number", "codes.account"]).await;
    let right = watched.world.hiker(MUM).texts_with("Thunderbird code", 1).await;
    let wrong = if right[0].contains("000000") {
        "000001"
    } else {
        "000000"
    };
    for _ in 0..6 {
        ada.post("/auth/phone/confirm", json!({ "code": wrong })).await;
    }
    watched.have_refused(&["codes.guesses"]).await;
    for phone in ["+61412555001", "+61412666001"] {
        assert_eq!(ask(&joan, phone).await, 202, "{phone}");
    }
    assert_eq!(ask(&grace, "+61412777001").await, 429);
    watched.have_refused(&["codes.service"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_neighbours_and_of_senders() {
    let watched = Watched::new(&[("THUNDERBIRD_LIMIT_OTP_SENDS_PER_DAY", "50")]).await;
    let ada = watched.world.client("ada").await;
    for nth in 0..21 {
        let phone = format!("+61412345{nth:03}");
        ada.post("/auth/phone", json!({ "phone": phone })).await;
    }
    watched.have_refused(&["codes.neighbours"]).await;
    let sam = watched.world.hiker(SAM);
    let asked = sam.says(&ada.link_text().await).await;
    let word = word_to_confirm(&asked);
    let wrong = if word == "OTTER" { "CANYON" } else { "OTTER" };
    for _ in 0..6 {
        sam.text(&format!("CONFIRM {wrong}")).await;
    }
    watched.have_refused(&["phone.wrong_words"]).await;
    let stranger = watched.world.hiker(DAD);
    for nth in 0..12 {
        stranger.text(&format!("ROUTE {nth}")).await;
    }
    watched.have_refused(&["sender.answers"]).await;
    let machine = watched.world.hiker(MUM);
    for _ in 0..32 {
        machine.text("out of office").await;
    }
    watched.have_refused(&["sender.loop"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limit_of_pages_that_tell_of_one_event() {
    let watched = Watched::new(&[("THUNDERBIRD_PAGER_MAIL", "ops@example.org")]).await;
    for place in 0..11 {
        watched
            .world
            .hiker(&format!("+6149157{place:04}"))
            .text("sos")
            .await;
    }
    watched.have_refused(&["pages.kind"]).await;
}
