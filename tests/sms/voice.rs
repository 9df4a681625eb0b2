//! Calls to contacts who do not answer an alert, through the real binary: phones that ring at the fake Twilio, signed
//! requests for what is said, and keys.

use std::time::Duration;

use thunderbird_testkit::{
    eventually, eventually_holds,
    fake_twilio::{Fault, ReceivedCall, post_form},
    service::{
        Contact, Operator, Phone,
        phones::{DAD, MUM},
    },
};

use crate::moved_clock::Trip;

/// The number of a contact who has opted out.
const JO: &str = "+61491570157";

/// Longer than a contact is given to answer a text.
const UNANSWERED: Duration = Duration::from_secs(200);

/// Sam with Mum, who is ready, and Dad, who is not.
async fn trip() -> Trip {
    let trip = Trip::begin_with(&[("THUNDERBIRD_VOICE", "on")]).await;
    trip.mum.nth_text(0).await;
    trip.dad.nth_text(0).await;
    trip.mum.text("READY").await;
    trip
}

/// Waits until every text has left and its answer is stored: a lease that a moved clock ends is sent again.
async fn has_left(trip: &Trip) {
    eventually_holds("every text to have left", async || {
        trip.count("messages WHERE class IS NOT NULL AND state IN ('queued', 'sending')") == 0
    })
    .await;
}

/// Sam asks for help, and both contacts have the text.
async fn alerted(trip: &Trip) {
    let said = says(&trip.sam, "ALERT").await;
    assert!(said.contains("We are texting your 2 contacts now"), "{said}");
    for contact in [&trip.mum, &trip.dad] {
        contact.texts_with("ALERT 1 of 3: Sam asks for help.", 1).await;
    }
    has_left(trip).await;
}

/// What a phone is answered. A connection from before the clock was moved is closed with 408, and Twilio tries again then.
async fn says(phone: &Phone, body: &str) -> String {
    let text = phone.webhook(body);
    eventually("an answer", async || {
        let answer = phone.deliver(&text).await;
        (answer.status == 200).then(|| answer.line())
    })
    .await
}

/// The phones that ring once the contacts have not answered.
async fn rings(trip: &mut Trip, count: usize) -> Vec<ReceivedCall> {
    passes(trip, UNANSWERED).await;
    let calls = trip.world.twilio.wait_for_calls(count).await;
    eventually_holds("the calls to be settled", async || {
        trip.count("calls WHERE state = 'sending'") == 0
    })
    .await;
    calls
}

/// Lets time pass, and waits until the service has noticed: until then it closes connections, or answers 408.
async fn passes(trip: &mut Trip, span: Duration) {
    trip.passes(span);
    let service = &trip.world.service;
    eventually_holds("the service to go by the new time", async || {
        let answer = service.http().get(service.url("/healthz")).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
}

fn to<'a>(calls: &'a [ReceivedCall], number: &str) -> &'a ReceivedCall {
    calls.iter().find(|call| call.to == number).unwrap()
}

async fn stood_down(contacts: [&Contact; 2]) {
    for contact in contacts {
        contact
            .texts_with("STAND DOWN. Sam's phone texted ALERT OFF", 1)
            .await;
    }
}

/// Dad's phone is picked up, repeats the facts, and claims the alarm.
async fn dad_claims(trip: &Trip, dad: &ReceivedCall) {
    let twilio = &trip.world.twilio;
    let (status, script) = twilio.pick_up(dad).await.unwrap();
    assert_eq!(status, 200, "{script}");
    assert_eq!(script.matches("Sam asks for help.").count(), 2, "{script}");
    for part in [
        r#"<Gather numDigits="1""#,
        "Press 1 if you deal with it.",
        "call 0 0 0 and ask for Police",
    ] {
        assert!(script.contains(part), "{part}: {script}");
    }
    let again = twilio.press(dad, "2").await.unwrap();
    assert_eq!(again, (200, script));
    for _ in 0..2 {
        let (status, said) = twilio.press(dad, "1").await.unwrap();
        assert_eq!(status, 200, "{said}");
        assert!(
            said.contains("You deal with it") && !said.contains("Gather"),
            "{said}"
        );
    }
    let acts = trip.mum.texts_with("Dad is acting for Sam.", 1).await;
    assert_eq!(acts.len(), 1);
    trip.dad
        .texts_with("For Police: Sam, phone +61491570006", 1)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_not_answered_is_called_and_a_key_claims_the_alarm() {
    let mut trip = trip().await;
    trip.sam.text("SAFE 0491 570 157 Jo").await;
    let jo = trip.world.contact(JO);
    jo.nth_text(0).await;
    jo.text("STOP").await;
    alerted(&trip).await;
    assert!(trip.world.twilio.calls().is_empty(), "three minutes are not over");
    let calls = rings(&mut trip, 2).await;
    assert_eq!(calls.len(), 2);
    let (mum, dad) = (to(&calls, MUM), to(&calls, DAD));
    for word in ["ringing", "in-progress", "initiated"] {
        let status = trip.world.twilio.report_call(dad, word).await.unwrap();
        assert_eq!(status, 204, "{word}");
    }
    dad_claims(&trip, dad).await;
    let (_, said) = trip.world.twilio.pick_up(mum).await.unwrap();
    assert!(
        said.contains("Dad is acting for Sam") && !said.contains("Gather"),
        "{said}"
    );
    let ada = Operator::signed_in(&trip.world.service, "ada", "viewer").await;
    let page = ada.page("/admin/watch/1").await;
    assert!(
        page.contains("Calls about it") && page.contains(">answered<"),
        "{page}"
    );
    let off = says(&trip.sam, "ALERT OFF").await;
    assert!(off.starts_with("The alert is over,"), "{off}");
    stood_down([&trip.mum, &trip.dad]).await;
    let (_, said) = trip.world.twilio.pick_up(mum).await.unwrap();
    assert!(said.contains("is over. You need do nothing."), "{said}");
    has_left(&trip).await;
    passes(&mut trip, Duration::from_hours(2)).await;
    says(&trip.sam, "STATUS").await;
    assert_eq!(trip.world.twilio.calls().len(), 2, "no call after the end");
    let texts = (trip.mum.texts().len(), trip.dad.texts().len(), jo.texts().len());
    assert_eq!(texts, (4, 4, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_by_text_is_not_called_and_neither_is_anybody_else() {
    let mut trip = trip().await;
    alerted(&trip).await;
    let acting = says(&trip.mum, "ACTING").await;
    assert!(acting.starts_with("You deal with it"), "{acting}");
    trip.dad.texts_with("Mum is acting for Sam.", 1).await;
    has_left(&trip).await;
    passes(&mut trip, UNANSWERED).await;
    says(&trip.dad, "WHERE").await;
    assert_eq!(trip.count("calls WHERE state = 'withheld'"), 2);
    assert!(trip.world.twilio.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_texts_refused_calls_alone_reach_and_who_was_called_is_stood_down() {
    let mut trip = trip().await;
    has_left(&trip).await;
    trip.world.twilio.always(Some(Fault::Status(503)));
    let said = says(&trip.sam, "ALERT").await;
    assert!(said.contains("We are texting your 2 contacts now"), "{said}");
    let calls = rings(&mut trip, 2).await;
    let (status, said) = trip.world.twilio.press(to(&calls, MUM), "1").await.unwrap();
    assert_eq!(status, 200);
    assert!(said.contains("You deal with it"), "{said}");
    assert_eq!(trip.count("alarms WHERE acting_phone = '+61491570110'"), 1);
    says(&trip.sam, "ALERT OFF").await;
    trip.world.twilio.always(None);
    stood_down([&trip.mum, &trip.dad]).await;
    has_left(&trip).await;
    assert_eq!(
        trip.alerts(),
        2,
        "the stand-downs name the word, and no alert has left"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_while_a_phone_is_called_repeats_no_call_after_the_end() {
    let mut trip = trip().await;
    alerted(&trip).await;
    trip.world.twilio.always_calls(Some(Fault::Hang));
    passes(&mut trip, UNANSWERED).await;
    eventually_holds("both requests", async || trip.world.twilio.calls().len() == 2).await;
    says(&trip.sam, "ALERT OFF").await;
    trip.world.service.kill();
    trip.world.twilio.always_calls(None);
    trip.world.service.start_again().await;
    eventually_holds("the end of both calls", async || {
        trip.count("calls WHERE state = 'withheld' AND ambiguous_attempts = 1") == 2
    })
    .await;
    assert_eq!(trip.world.twilio.calls().len(), 2, "no request after the end");
    stood_down([&trip.mum, &trip.dad]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_while_a_phone_is_called_repeats_the_call_while_the_alarm_is_open() {
    let mut trip = trip().await;
    alerted(&trip).await;
    trip.world.twilio.always_calls(Some(Fault::Hang));
    passes(&mut trip, UNANSWERED).await;
    eventually_holds("both requests", async || trip.world.twilio.calls().len() == 2).await;
    trip.world.service.kill();
    trip.world.twilio.always_calls(None);
    trip.world.service.start_again().await;
    let calls = trip.world.twilio.wait_for_calls(2).await;
    eventually_holds("both calls to be taken over", async || {
        trip.count("calls WHERE state = 'accepted' AND ambiguous_attempts = 1") == 2
    })
    .await;
    assert_eq!(trip.world.twilio.calls().len(), 4, "one repeat each");
    // The first call may have got through as well: who picks it up hears the alert.
    let first = ReceivedCall {
        sid: format!("CA{:032x}", 77),
        ..calls[0].clone()
    };
    let (status, script) = trip.world.twilio.pick_up(&first).await.unwrap();
    assert!(status == 200 && script.contains("Sam asks for help."), "{script}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn key_9_ends_the_calls_to_a_number_and_not_its_texts() {
    let mut trip = trip().await;
    alerted(&trip).await;
    let calls = rings(&mut trip, 2).await;
    for _ in 0..2 {
        let (status, said) = trip.world.twilio.press(to(&calls, DAD), "9").await.unwrap();
        assert!(
            status == 200 && said.contains("We do not call this number again."),
            "{said}"
        );
    }
    for call in &calls {
        assert_eq!(
            trip.world.twilio.report_call(call, "completed").await.unwrap(),
            204
        );
    }
    has_left(&trip).await;
    passes(&mut trip, Duration::from_mins(58)).await;
    for contact in [&trip.mum, &trip.dad] {
        contact.texts_with("ALERT 2 of 3", 1).await;
    }
    has_left(&trip).await;
    let calls = rings(&mut trip, 3).await;
    assert_eq!(calls[2].to, MUM);
    eventually_holds("the other call to be withheld", async || {
        trip.count("calls WHERE state = 'withheld' AND phone = '+61491570313'") == 1
    })
    .await;
    assert_eq!(trip.world.twilio.calls().len(), 3);
    let said = says(&trip.dad, "READY").await;
    assert!(said.starts_with("Thank you, it is noted"), "{said}");
    assert_eq!(trip.count("no_calls"), 0);
    // Who has agreed before takes it back in the same way.
    let said = trip.world.twilio.press(&calls[2], "9").await.unwrap().1;
    assert!(said.contains("We do not call this number again."), "{said}");
    assert_eq!(trip.count("no_calls"), 1);
    for _ in 0..2 {
        says(&trip.mum, "READY").await;
    }
    assert_eq!(trip.count("no_calls"), 0);
}

/// The form of key 1, with these values in place of its own.
fn pressed_one(call: &ReceivedCall, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form = call.form("in-progress");
    form.push(("Digits".to_owned(), "1".to_owned()));
    for (name, value) in changes {
        form.iter_mut()
            .filter(|(known, _)| known == name)
            .for_each(|(_, old)| (*value).clone_into(old));
    }
    form
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_about_a_call_of_ours_is_answered_clearly_and_changes_nothing() {
    let mut trip = trip().await;
    alerted(&trip).await;
    let calls = rings(&mut trip, 2).await;
    let twilio = &trip.world.twilio;
    let dad = to(&calls, DAD);
    let url = dad.parameter("Url").unwrap();
    let pressed = |changes: &[(&str, &str)]| pressed_one(dad, changes);
    let genuine = twilio.pick_up(dad).await.unwrap();
    assert_eq!(genuine.0, 200);
    eventually_holds("an unsigned request to be refused", async || {
        let unsigned = post_form(url, &pressed(&[]), "wrong").await;
        unsigned.is_ok_and(|(status, _)| status == 403)
    })
    .await;
    let (there, _) = url.rsplit_once('/').unwrap();
    let unknown = format!("{there}/{}", "0".repeat(32));
    for (url, form, expected) in [
        (
            url,
            pressed(&[("AccountSid", "AC00000000000000000000000000000001")]),
            400,
        ),
        (url, pressed(&[("From", "+61491570999")]), 400),
        (url, pressed(&[("Digits", "11")]), 400),
        (url, pressed(&[("To", "+61491570157")]), 404),
        (url, pressed(&[("CallSid", &format!("CA{:032x}", 99))]), 404),
        (&unknown, pressed(&[]), 404),
        (&format!("{there}/no-call"), pressed(&[]), 404),
    ] {
        let (status, body) = twilio.post_signed(url, &form).await.unwrap();
        assert_eq!(status, expected, "{url} {form:?} {body}");
        let (status, _) = twilio.post_signed(&format!("{url}/status"), &form).await.unwrap();
        assert_eq!(status, expected, "{url}/status {form:?}");
    }
    let strange = twilio.press(dad, "7").await.unwrap();
    assert!(
        strange.1.contains("Press 1"),
        "a key that means nothing repeats the facts: {}",
        strange.1
    );
    assert_eq!(trip.count("alarms WHERE acting_phone IS NOT NULL"), 0);
    assert_eq!(
        trip.count("calls WHERE pressed IS NOT NULL OR status IS NOT NULL"),
        0
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_in_any_order_never_lead_back_and_who_did_not_pick_up_is_not_called_again() {
    let mut trip = trip().await;
    alerted(&trip).await;
    let calls = rings(&mut trip, 2).await;
    let twilio = &trip.world.twilio;
    let dad = to(&calls, DAD);
    for (word, state, status) in [
        ("ringing", "sent", "ringing"),
        ("initiated", "sent", "ringing"),
        ("no-answer", "undelivered", "no_answer"),
        ("no-answer", "undelivered", "no_answer"),
        ("in-progress", "undelivered", "no_answer"),
        ("teleported", "undelivered", "no_answer"),
    ] {
        assert_eq!(twilio.report_call(dad, word).await.unwrap(), 204, "{word}");
        let row = format!("calls WHERE phone = '{DAD}' AND state = '{state}' AND status = '{status}'");
        assert_eq!(trip.count(&row), 1, "{word}");
    }
    passes(&mut trip, Duration::from_mins(10)).await;
    has_left(&trip).await;
    assert_eq!(trip.count("calls WHERE state IN ('queued', 'sending')"), 0);
    says(&trip.sam, "ALERT OFF").await;
    assert_eq!(
        trip.world.twilio.calls().len(),
        2,
        "a call that was not picked up is not repeated"
    );
}
