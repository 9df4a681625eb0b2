//! The webhook itself: signatures, copies, order and TwiML.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use quick_xml::{Reader, events::Event, name::QName};
use thunderbird_testkit::service::{
    Webhook,
    phones::{DAD, MUM, SAM},
};

use crate::world;

/// Twilio tells the town that a number belongs to, and some towns look like parameters.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_from_frome_is_heard() {
    let world = world().await;
    let url = world.service.inbound_url();
    for (place, city) in ["Frome", "Fromelles", "TOOWOOMBA", "Tomerong"]
        .into_iter()
        .enumerate()
    {
        let hiker = format!("+6149157100{place}");
        let text = world
            .service
            .webhook(&hiker, "STATUS")
            .with("FromCity", city)
            .with("ToCity", city)
            .with("MessagingServiceSid", "MG0123456789abcdef0123456789abcdef");
        let answer = world.service.deliver(&text.signed(&url)).await;
        assert_eq!(answer.status, 200, "{city}: {}", answer.body);
        assert!(answer.line().contains("START"), "{}", answer.body);
    }
    let texted = world
        .service
        .webhook("Telstra", &format!("CHECKIN PELIOFrom{MUM}FromAe"));
    assert_eq!(world.service.deliver(&texted).await.status, 200);
    let forged = texted
        .with("Body", "CHECKIN PELIO")
        .with("From", MUM)
        .with("FromA", "eFromTelstra");
    let answer = world.service.deliver(&forged).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_copies_of_a_text_act_once_and_are_answered_alike() {
    let mut world = world().await;
    let sam = world.hiker(SAM).registered().await;
    let text = sam.webhook("SAFE 0491570110 Mum");
    let answers = join_all((0..64).map(|_| world.service.deliver(&text))).await;
    let distinct: BTreeSet<&str> = answers.iter().map(|answer| answer.body.as_str()).collect();
    assert_eq!(distinct.len(), 1, "{distinct:?}");
    assert!(answers.iter().all(|answer| answer.status == 200));
    let list = sam.says("SAFELIST").await;
    assert!(list.contains("1 contact:"), "{list}");
    let first = answers[0].body.clone();
    world.service.terminate().await;
    world.service.start_again().await;
    let url = world.service.inbound_url();
    let replayed = world.service.deliver(&text.clone().signed(&url)).await;
    assert_eq!(replayed.body, first);
    let other = world
        .service
        .deliver(&text.with("Body", "SAFEDEL 1").signed(&url))
        .await;
    assert_eq!(other.status, 409);
    assert!(other.body.contains("message-sid-reused"), "{}", other.body);
    assert_eq!(sam.says("SAFELIST").await, list);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn texts_of_one_sender_at_the_same_time_are_decided_one_after_the_other() {
    let world = world().await;
    let dad = world.hiker(DAD);
    let sam = world.hiker(SAM).registered().await;
    let texts: Vec<Webhook> = (0..40)
        .map(|last| sam.webhook(&format!("SAFE 04915701{last:02} Friend")))
        .collect();
    let answers = join_all(texts.iter().map(|text| world.service.deliver(text))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let added = answers
        .iter()
        .filter(|answer| answer.line().contains("of at most 10"));
    assert_eq!(added.count(), 10);
    let unknown: Vec<Webhook> = (0..40)
        .map(|turn| dad.webhook(&format!("hello {turn}")))
        .collect();
    let answers = join_all(unknown.iter().map(|text| world.service.deliver(text))).await;
    let hints = answers.iter().filter(|answer| !answer.messages.is_empty());
    assert_eq!(hints.count(), 1, "one pointer to HELP in ten minutes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_twilio_s_signature_opens_the_door() {
    let world = world().await;
    let sam = world.hiker(SAM);
    let genuine = sam.webhook("START");
    let unsigned = Webhook {
        signature: None,
        ..genuine.clone()
    };
    let blank = Webhook {
        signature: Some(String::new()),
        ..genuine.clone()
    };
    let tampered = genuine.clone().with("Body", "STOP");
    let elsewhere = genuine.clone().signed(&world.service.url("/webhook/sms/status"));
    for refused in [unsigned, blank, tampered, elsewhere] {
        let answer = world.service.deliver(&refused).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
    assert!(
        sam.says("STATUS").await.contains("not registered"),
        "nothing was stored"
    );
}

/// The forgeries of a captured signature: another sender cut out of the body.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_captured_signature_cannot_be_cut_into_another_sender() {
    let world = world().await;
    let sam = world.hiker(SAM);
    let mum = world.hiker(MUM).registered().await;
    let texted = sam.webhook(&format!("CHECKIN PELIOFrom{MUM}FromCity"));
    assert_eq!(world.service.deliver(&texted).await.status, 200);
    let forged = texted
        .clone()
        .with("Body", "CHECKIN PELIO")
        .with("From", MUM)
        .with("FromCity", &format!("From{SAM}FromCity"));
    let answer = world.service.deliver(&forged).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(answer.body.contains("webhook-shape"), "{}", answer.body);

    let texted = sam.webhook(&format!("CHECKIN PELIOFrom{MUM}Ga"));
    let forged = texted
        .clone()
        .with("Body", "CHECKIN PELIO")
        .with("From", MUM)
        .with("Ga", &format!("From{SAM}FromCityFromCountryAUFromStateFromZip"))
        .without("FromCity")
        .without("FromCountry")
        .without("FromState")
        .without("FromZip");
    assert_eq!(world.service.deliver(&forged).await.status, 400);

    let other_sid = "SMfedcba9876543210fedcba9876543210";
    let ours = texted
        .form
        .iter()
        .find(|(name, _)| name == "To")
        .unwrap()
        .1
        .clone();
    let tail = format!("MessageSid{other_sid}NumMedia0SmsMessageSid{other_sid}SmsSid{other_sid}To{ours}Zz");
    let texted = sam.webhook(&format!("CHECKIN PELIOFrom{MUM}{tail}"));
    let mut sorted = texted.form.clone();
    sorted.sort();
    let signed: String = sorted
        .into_iter()
        .flat_map(|(name, value)| [name, value])
        .collect();
    let swallowed = signed.split_once("Zz").unwrap().1;
    let mut forged = texted.clone();
    forged
        .form
        .retain(|(name, _)| ["AccountSid", "ApiVersion", "Body", "NumMedia", "To"].contains(&name.as_str()));
    let forged = forged
        .with("Body", "CHECKIN PELIO")
        .with("From", MUM)
        .with("MessageSid", other_sid)
        .with("SmsMessageSid", other_sid)
        .with("SmsSid", other_sid)
        .with("Zz", swallowed);
    assert_eq!(world.service.deliver(&forged).await.status, 400);
    let status = mum.says("STATUS").await;
    assert!(status.contains("Last check-in: none"), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_misshapen_webhook_is_refused_and_a_name_is_kept() {
    let world = world().await;
    let sam = world.hiker(SAM);
    let url = world.service.inbound_url();
    let text = sam.webhook("START");
    for misshapen in [
        text.clone().without("SmsSid"),
        text.clone().with("NumMedia", "x"),
        text.clone().with("To", SAM),
        text.clone().with("ToCity", &"x".repeat(1_025)),
        text.clone()
            .with("AccountSid", "AC0123456789abcdef0123456789abcdef"),
    ] {
        let answer = world.service.deliver(&misshapen.signed(&url)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    let named = world
        .service
        .deliver(&text.with("From", "Telstra").signed(&url))
        .await;
    assert_eq!((named.status, named.messages.len()), (200, 0));
}

/// How many messages an independent XML reader finds; it fails on anything that is not well-formed.
fn messages_in(twiml: &str) -> usize {
    let mut reader = Reader::from_str(twiml);
    let mut messages = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) if start.name() == QName("Message") => messages += 1,
            Event::Eof => return messages,
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_well_formed_twiml() {
    let world = world().await;
    let sam = world.hiker(SAM);
    let dad = world.hiker(DAD);
    sam.text("START").await;
    sam.text("Søm \u{1f43b}").await;
    sam.text("1").await;
    let empty = dad.text("STOP").await;
    for body in ["STATUS", "HELP", "ROUTE", "START"] {
        let answer = sam.text(body).await;
        assert_eq!(
            messages_in(&answer.body),
            answer.messages.len(),
            "{}",
            answer.body
        );
        assert!(!answer.messages.is_empty());
    }
    assert_eq!(messages_in(&empty.body), empty.messages.len());
}
