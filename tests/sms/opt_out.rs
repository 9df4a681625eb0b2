//! Texts that are not answered: opt-outs and limits.

use thunderbird_testkit::service::{
    World,
    phones::{DAD, MUM, SAM},
};

use crate::{BINARY, world};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_says_that_it_lifts_an_opt_out() {
    let world = world().await;
    let mum = world.hiker(MUM);
    mum.text("STOP").await;
    let back = mum.says("START").await;
    assert!(
        back.contains("get texts from Thunderbird again") && back.contains("If you are no hiker yourself"),
        "a contact who wants texts again is no hiker: {back}"
    );
    let again = mum.says("START").await;
    assert!(!again.contains("again"), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_opted_out_a_check_in_counts_and_conversations_do_not() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("STOP").await;
    assert_eq!(sam.says("CHECKIN RONNY").await, "");
    sam.text("UNSTOP").await;
    let status = sam.says("STATUS").await;
    assert!(status.contains("Last check-in: RONNY Ronny Creek"), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_twilio_s_own_opt_out_handling_our_answers_are_empty() {
    let world = World::start(BINARY).await;
    let sam = world.hiker(SAM).registered().await;
    let url = world.service.inbound_url();
    let with = |body: &str, verdict: &str| sam.webhook(body).with("OptOutType", verdict).signed(&url);
    assert_eq!(sam.text("STOP").await.line(), "");
    let start = world.service.deliver(&with("START", "START")).await;
    assert!(
        start.line().contains("registered as Sam"),
        "the text START is ours to answer: {}",
        start.body
    );
    assert_eq!(world.service.deliver(&with("HELP", "HELP")).await.line(), "");
    assert_eq!(world.service.deliver(&with("ARRET", "STOP")).await.line(), "");
    assert_eq!(
        sam.says("STATUS").await,
        "",
        "Twilio's own word for STOP opts out"
    );
    assert_eq!(world.service.deliver(&with("BEGIN", "START")).await.line(), "");
    assert!(sam.says("STATUS").await.contains("Sam"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_has_ten_answers_an_hour_and_is_told_once() {
    let world = world().await;
    let sam = world.hiker(SAM);
    let dad = world.hiker(DAD);
    for _ in 0..10 {
        assert!(!dad.says("STATUS").await.is_empty());
    }
    let told = dad.says("STATUS").await;
    assert!(told.contains("try again in"), "{told}");
    assert_eq!(dad.says("STATUS").await, "");
    assert!(dad.says("HELP").await.contains("Emergency"), "HELP is exempt");
    assert!(dad.says("START").await.contains("What name"), "START is exempt");
    assert!(!sam.says("STATUS").await.is_empty(), "limits are per sender");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_repeats_itself_is_left_alone() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    let mut answered = 0;
    for _ in 0..35 {
        answered += usize::from(!sam.says("SAFELIST").await.is_empty());
    }
    assert_eq!(answered, 30);
    assert!(!sam.says("STATUS").await.is_empty(), "another text is answered");
}
