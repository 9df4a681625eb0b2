//! The operator is paged: signed texts in, and what a receiver of pages and a mail server on loopback were handed.

use std::time::Duration;

use serde_json::Value;
use thunderbird_testkit::{
    eventually, eventually_holds,
    fake_smtp::SmtpFault,
    fake_twilio::Fault,
    pager::{Bell, FakePager},
    service::{
        Service, World,
        phones::{DAD, MUM, SAM},
    },
};

use crate::{
    BINARY,
    moved_clock::{Trip, day},
};

pub const MINUTE: Duration = Duration::from_mins(1);

pub async fn paged(receiver: &FakePager, more: &[(&str, &str)]) -> World {
    World::start_with(BINARY, |builder| {
        let own = builder
            .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
            .env("THUNDERBIRD_METRICS_BIND", "127.0.0.1:0");
        let settings = receiver.settings();
        let paged = settings
            .iter()
            .fold(own, |builder, (name, value)| builder.env(name, value));
        more.iter()
            .fold(paged, |builder, (name, value)| builder.env(name, value))
    })
    .await
}

pub async fn trip(receiver: &FakePager) -> Trip {
    let settings = receiver.settings();
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let settings = [&settings[..], &[("THUNDERBIRD_METRICS_BIND", "127.0.0.1:0")]].concat();
    Trip::begin_with(&settings).await
}

/// What the health report says of a part of the service.
pub async fn health(service: &Service, part: &str) -> Option<String> {
    let answer = service.http().get(service.url("/api/health")).send().await.ok()?;
    let report: Value = answer.json().await.ok()?;
    report["services"][part].as_str().map(str::to_owned)
}

/// Waits until the service has looked four times more for what is to be told: once for what may have been under way, and
/// what it knows of itself counts from the second look in a row on.
pub async fn looks_again(service: &Service) {
    let looks = async || -> u64 {
        let looks = service.metric("pager_looks_total{outcome=\"whole\"}").await;
        looks.and_then(|looks| looks.parse().ok()).unwrap_or(0)
    };
    let before = looks().await;
    eventually_holds("the pager to look again", async || looks().await >= before + 4).await;
}

async fn health_is(service: &Service, part: &str, wanted: &str) {
    let what = format!("the health of {part} to be {wanted}");
    eventually_holds(&what, async || {
        health(service, part).await.as_deref() == Some(wanted)
    })
    .await;
}

/// No page names anybody, gives a number or repeats what a hiker wrote.
fn tells_nothing_of_people(page: &Value) {
    let text = page.to_string();
    for secret in ["Sam", "Mum", "Dad", SAM, MUM, DAD, "creek"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

fn number(place: usize) -> String {
    format!("+6149157{place:04}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_for_help_pages_once_whatever_dies_meanwhile() {
    let receiver = FakePager::start().await;
    let mut world = paged(&receiver, &[("THUNDERBIRD_PAGER_MAIL", "ops@example.org")]).await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491570110 Mum").await;
    assert!(receiver.asked().is_empty(), "nothing has happened");
    receiver.set(Bell::Answers(500));
    let call = sam.webhook("ALERT");
    sam.deliver(&call).await;
    world.restart().await;
    eventually_holds("a page that is refused", async || !receiver.asked().is_empty()).await;
    world.service.kill();
    receiver.set(Bell::Hangs);
    world.service.start_again().await;
    sam.deliver(&call).await;
    let refused = receiver.asked().len();
    eventually_holds("a page that hangs", async || receiver.asked().len() > refused).await;
    world.service.kill();
    receiver.set(Bell::Takes);
    world.service.start_again().await;
    let pages = receiver.wait_for("alarm_opened").await;
    assert_eq!(pages.len(), 1);
    let page = &pages[0];
    assert_eq!(
        page["message"],
        "A hiker asks for help by ALERT, and 1 contact is alerted now."
    );
    assert_eq!(
        (&page["priority"], &page["tags"][0]),
        (&5.into(), &"rotating_light".into())
    );
    let link = page["click"].as_str().unwrap();
    assert!(link.ends_with("/admin/watch"), "{link}");
    let is_same = |ring: &thunderbird_testkit::pager::Ring| ring.body["id"] == page["id"];
    assert!(
        receiver.asked().iter().all(is_same),
        "one page, however often it was tried"
    );
    tells_nothing_of_people(page);
    world
        .service
        .shows("pages_last_day{channel=\"url\",state=\"sent\"}", "1")
        .await;
    world
        .service
        .shows("pages_last_day{channel=\"mail\",state=\"sent\"}", "1")
        .await;
    let mails = world.smtp.mails();
    let mails: Vec<_> = mails.iter().filter(|mail| mail.to == "ops@example.org").collect();
    assert!(
        mails
            .iter()
            .all(|mail| mail.header("Message-ID") == mails[0].header("Message-ID"))
    );
    assert!(mails[0].body().contains("A hiker asks for help by ALERT"));
    let printed = world.service.output();
    assert!(!printed.contains("topic-5e6f"), "the address is a secret");
    assert!(!printed.contains("ops@example.org"), "an address was logged");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_overdue_alarm_pages_when_it_opens_reaches_no_contact_and_is_claimed_by_none() {
    let receiver = FakePager::start().await;
    let mut trip = trip(&receiver).await;
    trip.sam.text("OUT THU 6PM").await;
    trip.goes_through_every_question().await;
    assert!(receiver.taken().is_empty(), "a question pages no operator");
    trip.moves_to(day("19:00"));
    trip.passes(Duration::from_secs(10));
    let opened = receiver.wait_for("alarm_opened").await;
    assert_eq!(
        opened[0]["message"],
        "A hiker is overdue, and 2 contacts are alerted now."
    );
    assert!(opened[0]["click"].as_str().unwrap().contains("/admin/watch/"));
    trip.mum.texts_with("ALERT 1 of 3", 1).await;
    assert!(receiver.of("alarm_unreached").is_empty());
    let unreached = async |trip: &mut Trip, count: usize| {
        trip.passes(16 * MINUTE);
        eventually_holds("a page about contacts who are not reached", async || {
            receiver.of("alarm_unreached").len() >= count
        })
        .await;
    };
    for count in 1..=2 {
        unreached(&mut trip, count).await;
    }
    trip.world.restart().await;
    trip.moves_to(day("20:01"));
    let unclaimed = receiver.wait_for("alarm_unclaimed").await;
    tells_nothing_of_people(&unclaimed[0]);
    // Who acts has read the alert, so an operator need not ring again.
    trip.mum.text("ACTING").await;
    trip.passes(3 * MINUTE);
    let told = receiver.of("alarm_unreached").len();
    trip.passes(40 * MINUTE);
    looks_again(&trip.world.service).await;
    assert_eq!(receiver.of("alarm_unreached").len(), told);
    assert_eq!(receiver.of("alarm_opened").len(), 1);
    assert_eq!(receiver.of("alarm_unclaimed").len(), 1);
    trip.passes(150 * MINUTE);
    eventually_holds("a page about the claim that has ended", async || {
        receiver.of("alarm_unclaimed").len() == 2
    })
    .await;
    let lapsed = &receiver.of("alarm_unclaimed")[1];
    assert!(
        lapsed["message"]
            .as_str()
            .unwrap()
            .starts_with("A contact replied ACTING"),
        "{lapsed}"
    );
    tells_nothing_of_people(lapsed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_beyond_those_of_a_day_pages_although_no_contact_is_alerted() {
    let receiver = FakePager::start().await;
    let world = paged(&receiver, &[]).await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491570110 Mum").await;
    for _ in 0..6 {
        sam.text("ALERT").await;
        sam.text("ALERT OFF").await;
    }
    assert!(receiver.of("distress").is_empty(), "the contacts were alerted");
    for _ in 0..5 {
        let said = sam.says("ALERT").await;
        assert!(said.contains("Nothing more was sent"), "{said}");
    }
    let pages = receiver.wait_for("distress").await;
    assert_eq!(
        pages[0]["message"],
        "A hiker at +614***006 texted ALERT again, and nothing more was sent to contacts: the calls of a day are used up. \
         The hiker was answered with the emergency number."
    );
    assert!(pages.len() <= 2, "one in 20 minutes: {}", pages.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_calls_for_help_is_told_in_a_few_pages() {
    let receiver = FakePager::start().await;
    let mut trip = trip(&receiver).await;
    for place in 0..60 {
        trip.world
            .hiker(&number(place))
            .text("sos, lost at the creek")
            .await;
    }
    let pages = async |count: usize| {
        eventually(&format!("{count} pages"), async || {
            let pages = receiver.of("distress");
            (pages.len() >= count).then_some(pages)
        })
        .await
    };
    pages(10).await;
    trip.passes(11 * MINUTE);
    let all = pages(11).await;
    assert!(
        all[9]["message"]
            .as_str()
            .unwrap()
            .starts_with("A text from +614***"),
        "{}",
        all[9]
    );
    let together = all[10]["message"].as_str().unwrap();
    assert!(together.contains("more events since"), "{together}");
    trip.passes(11 * MINUTE);
    eventually_holds("all pages to have left", async || {
        trip.count("pages WHERE state IN ('queued', 'sending')") == 0
    })
    .await;
    let all = receiver.of("distress");
    assert!(
        all.len() <= 12,
        "60 texts, at most two spans of ten minutes: {}",
        all.len()
    );
    all.iter().for_each(tells_nothing_of_people);
    let counted = |page: &Value| {
        let words = page["message"].as_str().unwrap();
        words.split(' ').next().unwrap().parse().unwrap_or(1)
    };
    let told: usize = all.iter().map(counted).sum();
    assert_eq!(told, 60, "each is reported, alone or together with others");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sender_takes_three_pages_and_leaves_room_for_others() {
    let receiver = FakePager::start().await;
    let world = paged(&receiver, &[]).await;
    let loud = world.hiker(&number(1));
    for place in 0..15 {
        loud.text(&format!("sos {place}")).await;
    }
    world.hiker(&number(2)).text("sos").await;
    eventually_holds("the page about the other", async || {
        let last = number(2);
        let (_, end) = last.split_at(last.len() - 3);
        receiver.of("distress").iter().any(|page| {
            let words = page["message"].as_str().unwrap();
            words.contains(&format!("***{end}"))
        })
    })
    .await;
    assert_eq!(receiver.of("distress").len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_both_channels_are_dead_is_seen_from_outside() {
    let receiver = FakePager::start().await;
    let world = paged(&receiver, &[("THUNDERBIRD_PAGER_MAIL", "ops@example.org")]).await;
    let service = &world.service;
    health_is(service, "pager", "ok").await;
    receiver.set(Bell::Redirects);
    world.smtp.misbehave(&[SmtpFault::Busy; 50]);
    world.hiker(SAM).text("sos").await;
    for part in ["pager", "mail"] {
        health_is(service, part, "degraded").await;
    }
    for channel in ["url", "mail"] {
        let sent = format!("pages_last_day{{channel=\"{channel}\",state=\"sent\"}}");
        service.shows(&sent, "0").await;
    }
    assert!(
        receiver
            .asked()
            .iter()
            .all(|ring| ring.line.contains("/topic-5e6f")),
        "a redirect was followed"
    );
    receiver.set(Bell::Takes);
    world.smtp.behave();
    receiver.wait_for("distress").await;
    for part in ["pager", "mail"] {
        health_is(service, part, "ok").await;
    }
    service
        .shows("pages_last_day{channel=\"url\",state=\"sent\"}", "1")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_to_a_private_address_is_not_asked() {
    let receiver = FakePager::start().await;
    let url = format!("http://localhost:{}/topic", receiver.port());
    let world = World::start_with(BINARY, |builder| builder.env("THUNDERBIRD_PAGER_URL", &url)).await;
    world.hiker(SAM).text("sos").await;
    health_is(&world.service, "pager", "degraded").await;
    assert!(receiver.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_made_for_an_operator_without_a_pager() {
    let trip = Trip::begin().await;
    trip.sam.text("ALERT").await;
    trip.world.hiker(&number(1)).text("sos").await;
    trip.mum.texts_with("ALERT", 1).await;
    assert_eq!((trip.count("pages"), trip.count("page_events")), (0, 0));
    assert_eq!(trip.count("mails"), 0);
    assert_eq!(health(&trip.world.service, "pager").await.as_deref(), Some("off"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_does_not_arrive_is_told_with_a_masked_number() {
    let receiver = FakePager::start().await;
    let world = paged(&receiver, &[]).await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491570110 Mum").await;
    world.contact(MUM).nth_text(0).await;
    world.twilio.script_for(MUM, [Fault::Refused(21_211)]);
    sam.text("CHECKIN RONNY").await;
    let pages = receiver.wait_for("text_failed").await;
    assert_eq!(
        pages[0]["message"],
        "A text about a hiker's safety has not arrived at +614***110: failed, error 21211."
    );
    tells_nothing_of_people(&pages[0]);
}
