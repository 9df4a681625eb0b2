//! What an operator is woken for while a promise is open: in the metrics, on the pages of the watch, in the health report.

use thunderbird_testkit::{
    eventually_holds,
    service::{
        Operator, World,
        phones::{DAD, MUM, SAM},
    },
};

use super::watch::{OVERDUE, on_disk};

async fn world() -> World {
    World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder
            .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
            .env("THUNDERBIRD_METRICS_BIND", "127.0.0.1:0")
    })
    .await
}

/// What the health report says of the alarms, and of everything.
async fn health_is(world: &World, alarms: &str) {
    let service = &world.service;
    eventually_holds(&format!("alarms that are {alarms}"), async || {
        let answer = service.http().get(service.url("/api/health")).send().await;
        let report: serde_json::Value = answer.unwrap().json().await.unwrap();
        report["services"]["alarms"] == alarms && report["status"] == alarms
    })
    .await;
}

/// What was reported of the newest alert to this number.
async fn reported(world: &World, number: &str, status: &str, code: Option<u32>) {
    let mut alerts = world.twilio.accepted_for(number);
    alerts.retain(|text| text.body.contains("ALERT 1 of 3"));
    let alert = alerts.pop().unwrap();
    assert_eq!(world.twilio.call_back(&alert, status, code).await.unwrap(), 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_that_reaches_no_contact_is_shown_until_it_reaches_one() {
    let world = world().await;
    let (service, sam) = (&world.service, world.hiker(SAM).registered().await);
    let (mum, dad) = (world.contact(MUM), world.contact(DAD));
    sam.text("SAFE 0491570110 Mum").await;
    sam.text("SAFE 0491570313 Dad").await;
    sam.text("OUT TOMORROW 6PM").await;
    service.shows("alarms_unreached", "0").await;
    on_disk(&world, OVERDUE);
    for contact in [&mum, &dad] {
        contact.texts_with("ALERT 1 of 3", 1).await;
    }
    service
        .shows("alarm_texts_last_day{arrived=\"not_yet\"}", "2")
        .await;
    service.shows("alarms_unreached", "0").await;
    health_is(&world, "ok").await;
    reported(&world, MUM, "undelivered", Some(30_003)).await;
    service.shows("alarm_contacts_unreached", "1").await;
    service.shows("alarms_unreached", "0").await;
    on_disk(&world, "UPDATE alarm_contacts SET alerted_at = 1");
    service.shows("alarm_contacts_unreached", "2").await;
    service.shows("alarms_unreached", "1").await;
    health_is(&world, "degraded").await;
    let vera = Operator::signed_in(service, "vera", "viewer").await;
    for page in ["/admin/watch", "/admin/watch/1"] {
        let page = vera.page(page).await;
        assert!(page.contains("No alert has reached a contact."), "{page}");
    }
    reported(&world, DAD, "delivered", None).await;
    service.shows("alarms_unreached", "0").await;
    service
        .shows("alarm_texts_last_day{arrived=\"within_5_minutes\"}", "1")
        .await;
    health_is(&world, "ok").await;
    service.shows("alarms_unclaimed", "0").await;
    on_disk(&world, "UPDATE alarms SET opened_at = 1");
    service.shows("alarms_unclaimed", "1").await;
    let page = vera.page("/admin/watch").await;
    assert!(page.contains("No contact acts, an hour after"), "{page}");
    mum.says("ACTING").await;
    service.shows("alarms_unclaimed", "0").await;
    service.shows("alarm_contacts_unreached", "0").await;
    let page = vera.page("/admin/watch").await;
    assert!(!page.contains("No contact"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_our_texts_while_a_time_is_watched_is_shown() {
    let world = world().await;
    let (service, sam) = (&world.service, world.hiker(SAM).registered().await);
    let (mum, dad) = (world.contact(MUM), world.contact(DAD));
    let vera = Operator::signed_in(service, "vera", "viewer").await;
    let watch = async |part: &str| {
        let page = vera.page("/admin/watch").await;
        assert!(page.contains(part), "{part}: {page}");
    };
    sam.text("OUT TOMORROW 6PM").await;
    service.shows("promises_without_contact", "1").await;
    watch("There is no contact to alert.").await;
    sam.text("SAFE 0491570110 Mum").await;
    sam.text("SAFE 0491570313 Dad").await;
    service.shows("promises_without_contact", "0").await;
    mum.text("READY").await;
    service.shows("promises_with_ready_contact", "1").await;
    mum.text("STOP").await;
    service.shows("promises_with_ready_contact", "0").await;
    watch("Stopped our texts: Mum.").await;
    dad.text("STOP").await;
    service.shows("promises_without_contact", "1").await;
    watch("No contact can be reached: all stopped our texts.").await;
    service.shows("promises_hiker_stopped", "0").await;
    sam.text("STOP").await;
    service.shows("promises_hiker_stopped", "1").await;
    let stopped = "The hiker&#39;s phone stopped our texts, ";
    watch(stopped).await;
    sam.text("BACK").await;
    for sample in ["promises_hiker_stopped", "promises_without_contact"] {
        service.shows(sample, "0").await;
    }
    let page = vera.page("/admin/watch/1").await;
    assert!(!page.contains("stopped our texts"), "it is over: {page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_becomes_of_promises_is_counted_since_the_start() {
    let mut world = world().await;
    let sam = world.hiker(SAM).registered().await;
    let mum = world.contact(MUM);
    sam.text("SAFE 0491570110 Mum").await;
    let count = async |world: &World, sample: &str, value: &str| world.service.shows(sample, value).await;
    sam.text("OUT TOMORROW 6").await;
    count(
        &world,
        "deadline_texts_refused_total{verb=\"OUT\",reason=\"two_readings\"}",
        "1",
    )
    .await;
    sam.text("OUT TOMORROW 6PM").await;
    count(&world, "deadlines_set_total{by=\"text\"}", "1").await;
    sam.text("LATE 1H").await;
    count(&world, "deadlines_set_total{by=\"late\"}", "1").await;
    count(
        &world,
        "deadlines_closed_total{how=\"replaced\",when=\"before_time\"}",
        "1",
    )
    .await;
    on_disk(&world, OVERDUE);
    mum.texts_with("ALERT 1 of 3", 1).await;
    let fired: u32 = world
        .service
        .metric("deadline_stage_lateness_seconds_count")
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert!(fired >= 1);
    count(&world, "alarm_claim_seconds_count", "0").await;
    mum.says("ACTING").await;
    mum.says("ACTING").await;
    count(&world, "alarm_claim_seconds_bucket{le=\"300\"}", "1").await;
    count(&world, "alarm_claim_seconds_count", "1").await;
    sam.text("I am nearly there").await;
    count(&world, "deadline_near_misses_total", "1").await;
    sam.text("BACK").await;
    count(
        &world,
        "deadlines_closed_total{how=\"back\",when=\"after_alert\"}",
        "1",
    )
    .await;
    sam.text("OUT TOMORROW 7PM").await;
    sam.text("END").await;
    count(&world, "deadline_carrier_words_total{word=\"END\"}", "1").await;
    count(&world, "promises_hiker_stopped", "1").await;
    world.restart().await;
    count(&world, "deadlines_set_total{by=\"text\"}", "0").await;
    count(&world, "promises_hiker_stopped", "1").await;
}
