//! The SMS channel through the real binary: signed texts in, TwiML and a fake Twilio's messages out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use futures_util::future::join_all;
use quick_xml::{Reader, events::Event, name::QName};
use thunderbird_testkit::{
    fake_twilio::FakeTwilio,
    service::{Service, TextAnswer, Webhook},
};

const SAM: &str = "+61491570006";
const MUM: &str = "+61491570110";
const DAD: &str = "+61491570313";

async fn service() -> (Service, FakeTwilio) {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
        .twilio(&twilio)
        .start()
        .await;
    (service, twilio)
}

/// Registers a hiker as Sam on the Overland Track.
async fn register(service: &Service, phone: &str) {
    service.text(phone, "START").await;
    service.text(phone, "Sam").await;
    let confirmed = said(service, phone, "1").await;
    assert!(confirmed.contains("You are registered: Sam"), "{confirmed}");
}

/// What a text is answered, lines joined as a reader would.
async fn said(service: &Service, phone: &str, body: &str) -> String {
    joined(&service.text(phone, body).await)
}

fn joined(answer: &TextAnswer) -> String {
    answer.message().replace('\n', " ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_registers_a_hiker() {
    let (service, _twilio) = service().await;
    let welcome = said(&service, SAM, "start").await;
    assert!(welcome.contains("trail name"), "{welcome}");
    let menu = service.text(SAM, "Sam").await.message();
    assert!(menu.contains("1 Overland Track"), "{menu}");
    let again = said(&service, SAM, "99").await;
    assert!(again.contains("none of the routes"), "{again}");
    let confirmed = said(&service, SAM, "overland track").await;
    assert!(
        confirmed.contains("You are registered: Sam on the Overland Track"),
        "{confirmed}"
    );
    let status = said(&service, SAM, "Status").await;
    for part in [
        "Sam",
        "Route: Overland Track",
        "Last check-in: none",
        "Contacts: 0",
        "Web account: no",
    ] {
        assert!(status.contains(part), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_at_a_prompt_runs_and_never_becomes_a_name() {
    let (service, _twilio) = service().await;
    service.text(SAM, "START").await;
    let help = said(&service, SAM, "HELP").await;
    assert!(
        help.contains("Emergency: call 000") && help.contains("trail name"),
        "{help}"
    );
    let yes = said(&service, SAM, "YES").await;
    assert!(yes.contains("trail name"), "{yes}");
    let status = said(&service, SAM, "STATUS").await;
    assert!(
        status.contains("not registered") && status.contains("trail name"),
        "{status}"
    );
    service.text(DAD, "START").await;
    service.text(DAD, "Dad").await;
    let help = service.text(DAD, "HELP").await;
    let shown = help.message();
    assert_eq!(help.messages.len(), 1, "{shown}");
    assert!(
        shown.len() <= 306 && shown.ends_with("Which route? Reply with its number."),
        "{shown}"
    );
    assert!(said(&service, DAD, "which?").await.contains("1 Overland Track"));
    let too_long = said(&service, SAM, &"x".repeat(31)).await;
    assert!(too_long.contains("cannot be a trail name"), "{too_long}");
    service.text(SAM, "STOP").await;
    service.text(SAM, "Sam").await;
    let resumed = said(&service, SAM, "UNSTOP").await;
    assert!(resumed.contains("get texts from Thunderbird again"), "{resumed}");
    let stranger = said(&service, SAM, "1").await;
    assert!(
        stranger.contains("Not understood"),
        "STOP ended the conversation: {stranger}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_table_answers() {
    let (service, _twilio) = service().await;
    register(&service, SAM).await;
    for (body, part) in [
        ("HELP", "Emergency: call 000"),
        ("info please, which codes?", "Emergency: call 000"),
        ("commands", "CHECKIN"),
        ("START", "reply CHANGE"),
        ("REGISTER", "registered as Sam on the Overland Track"),
        ("STATUS", "Last check-in: none"),
        ("ROUTE", "PELIO New Pelion Hut"),
        ("routes 2", "(peak)"),
        ("ROUTE 9", "have 2 pages"),
        ("CHECKIN", "CHECKIN <camp code>"),
        ("CHECKIN PELIO now", "nobody was told"),
        (
            "check in pelio",
            "nobody was told. The command is: CHECKIN <camp code>",
        ),
        ("CHECKIN NOSUCH", "has no camp NOSUCH"),
        ("CHECKIN OSSA", "OSSA is a peak"),
        ("pelio", "text CHECKIN PELIO"),
        ("ossa", "OSSA Mt Ossa is a peak"),
        ("PELI", "PELI could be"),
        ("SAFE", "SAFE <phone> [name]"),
        (
            "SAFE 0491 570 110 Mum Smith",
            "Mum Smith is contact 1 of at most 10",
        ),
        ("SAFE +61491570110 Mother", "Mother is already a contact"),
        ("SAFE 0491570006", "your own number"),
        ("SAFE 03 6234 5678 Home", "cannot get texts"),
        ("SAFE +1 876 555 1234 Far", "cannot text numbers of that country"),
        ("SAFE Mum 0491570110", "not a phone number"),
        ("SAFELIST", "1 Mother +614***110"),
        ("SAFEDEL 2", "no such contact"),
        ("SAFEDEL 1", "Mother is removed. 0 contacts left"),
        ("SAFELIST", "You have no contacts"),
        ("CAST12 PELIO", "not available"),
        ("CHECKIN PELIO", "Checked in: PELIO New Pelion Hut"),
        ("STATUS", "Last check-in: PELIO New Pelion Hut"),
        ("YES", "Not understood"),
    ] {
        let answer = said(&service, SAM, body).await;
        assert!(answer.contains(part), "{body:?}: {answer}");
    }
    assert_eq!(
        said(&service, SAM, "what now").await,
        "",
        "the pointer to HELP comes once in ten minutes"
    );
    let bye = said(&service, SAM, "STOP").await;
    assert!(bye.contains("no more texts"), "{bye}");
    assert_eq!(said(&service, SAM, "STOP").await, "", "STOP is confirmed once");
    assert_eq!(
        said(&service, SAM, "HELP").await,
        "",
        "answers are withheld while opted out"
    );
    let back = said(&service, SAM, "START").await;
    assert!(back.contains("registered as Sam"), "{back}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_are_kept_as_they_were_meant() {
    let (service, _twilio) = service().await;
    register(&service, SAM).await;
    for (body, part) in [
        ("SAFE 0491 570 110, Mum", "Mum is contact 1"),
        ("SAFE 0491570313 (Dad)", "Dad is contact 2"),
        ("SAFE 0491 571 266 42", "42 is contact 3"),
        ("SAFE +61 0491 571 491: Dr. Jo", "Dr. Jo is contact 4"),
        ("SAFE 0491570110", "Mum is already a contact. Nothing was changed"),
        (
            "SAFE 0491570110 Mother",
            "Mother is already a contact, and now has this name",
        ),
        ("SAFE 0491570156 Us", "number of this service itself"),
        (
            "SAFELIST",
            "1 Mother +614***110 2 Dad +614***313 3 42 +614***266 4 Dr. Jo +614***491",
        ),
    ] {
        let answer = said(&service, SAM, body).await;
        assert!(answer.contains(part), "{body:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_no_phone_shows_is_none() {
    let (service, _twilio) = service().await;
    service.text(SAM, "START").await;
    for nothing in [
        "\u{301}",
        "\u{3164}",
        "\u{2800}",
        "\u{0}",
        "\u{e000}",
        "0491570110",
    ] {
        let again = said(&service, SAM, nothing).await;
        assert!(again.contains("cannot be a trail name"), "{nothing:?}: {again}");
    }
    assert!(
        said(&service, SAM, "\u{301}Sam")
            .await
            .contains("1 Overland Track")
    );
    let confirmed = said(&service, SAM, "1").await;
    assert!(confirmed.contains("You are registered: Sam on"), "{confirmed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_for_a_code_is_not_said_back_at_length() {
    let (service, _twilio) = service().await;
    register(&service, SAM).await;
    let answer = service.text(SAM, &format!("CHECKIN {}", "X".repeat(1_500))).await;
    assert_eq!(answer.messages.len(), 1, "{}", answer.body);
    assert!(joined(&answer).contains("no such camp"), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_says_that_it_lifts_an_opt_out() {
    let (service, _twilio) = service().await;
    service.text(MUM, "STOP").await;
    let back = said(&service, MUM, "START").await;
    assert!(
        back.contains("get texts from Thunderbird again") && back.contains("If you are no hiker yourself"),
        "a contact who wants texts again is no hiker: {back}"
    );
    let again = said(&service, MUM, "START").await;
    assert!(!again.contains("again"), "{again}");
}

/// Twilio tells the town that a number belongs to, and some towns look like parameters.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_from_frome_is_heard() {
    let (service, _twilio) = service().await;
    let url = service.inbound_url();
    for (place, city) in ["Frome", "Fromelles", "TOOWOOMBA", "Tomerong"]
        .into_iter()
        .enumerate()
    {
        let hiker = format!("+6149157100{place}");
        let text = service
            .webhook(&hiker, "STATUS")
            .with("FromCity", city)
            .with("ToCity", city)
            .with("MessagingServiceSid", "MG0123456789abcdef0123456789abcdef");
        let answer = service.deliver(&text.signed(&url)).await;
        assert_eq!(answer.status, 200, "{city}: {}", answer.body);
        assert!(joined(&answer).contains("START"), "{}", answer.body);
    }
    let texted = service.webhook("Telstra", &format!("CHECKIN PELIOFrom{MUM}FromAe"));
    assert_eq!(service.deliver(&texted).await.status, 200);
    let forged = texted
        .with("Body", "CHECKIN PELIO")
        .with("From", MUM)
        .with("FromA", "eFromTelstra");
    let answer = service.deliver(&forged).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_are_told_to_start() {
    let (service, _twilio) = service().await;
    for body in [
        "STATUS",
        "ROUTE",
        "CHECKIN PELIO",
        "SAFE 0491570110",
        "SAFELIST",
        "SAFEDEL 1",
        "CAST PELIO",
    ] {
        let answer = said(&service, DAD, body).await;
        assert!(answer.contains("Text START to register"), "{body}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prose_never_checks_in_and_no_text_breaks_anything() {
    let (service, _twilio) = service().await;
    register(&service, SAM).await;
    let long = "漢".repeat(1_600);
    for body in [
        "Cut my leg badly, need help",
        "Water running out",
        "Wind is extreme",
        "CHECKIN PELIO?",
        "CHECKIN PELIO❓",
        "CHECKIN PELIO؟",
        "CHECKIN PELIO‽",
        "> CHECKIN PELIO",
        "\u{200b}> CHECKIN PELIO",
        "﹥CHECKIN PELIO",
        "check in pelio",
        "checkin pelio and water",
        "СHECKIN PELIO",
        "",
        "\u{0}",
        "\u{202e}OILEP NIKCEHC",
        "👨‍👩‍👧‍👦 at PELIO",
        "\r\r\r",
        "]]></Message><Message>",
        &long,
    ] {
        let answer = service.text(SAM, body).await;
        assert!(
            !answer.message().contains("Checked in"),
            "{body:?}: {}",
            answer.body
        );
    }
    let status = said(&service, SAM, "STATUS").await;
    assert!(status.contains("Last check-in: none"), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_opted_out_a_check_in_counts_and_conversations_do_not() {
    let (service, _twilio) = service().await;
    register(&service, SAM).await;
    service.text(SAM, "STOP").await;
    assert_eq!(said(&service, SAM, "CHECKIN RONNY").await, "");
    service.text(SAM, "UNSTOP").await;
    let status = said(&service, SAM, "STATUS").await;
    assert!(status.contains("Last check-in: RONNY Ronny Creek"), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_twilio_s_own_opt_out_handling_our_answers_are_empty() {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .twilio(&twilio)
        .start()
        .await;
    register(&service, SAM).await;
    let url = service.inbound_url();
    let with = |body: &str, verdict: &str| {
        service
            .webhook(SAM, body)
            .with("OptOutType", verdict)
            .signed(&url)
    };
    assert_eq!(joined(&service.text(SAM, "STOP").await), "");
    let start = service.deliver(&with("START", "START")).await;
    assert!(
        joined(&start).contains("registered as Sam"),
        "the text START is ours to answer: {}",
        start.body
    );
    assert_eq!(joined(&service.deliver(&with("HELP", "HELP")).await), "");
    assert_eq!(joined(&service.deliver(&with("ARRET", "STOP")).await), "");
    assert_eq!(
        said(&service, SAM, "STATUS").await,
        "",
        "Twilio's own word for STOP opts out"
    );
    assert_eq!(joined(&service.deliver(&with("BEGIN", "START")).await), "");
    assert!(said(&service, SAM, "STATUS").await.contains("Sam"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_copies_of_a_text_act_once_and_are_answered_alike() {
    let (mut service, _twilio) = service().await;
    register(&service, SAM).await;
    let text = service.webhook(SAM, "SAFE 0491570110 Mum");
    let answers = join_all((0..64).map(|_| service.deliver(&text))).await;
    let distinct: BTreeSet<&str> = answers.iter().map(|answer| answer.body.as_str()).collect();
    assert_eq!(distinct.len(), 1, "{distinct:?}");
    assert!(answers.iter().all(|answer| answer.status == 200));
    let list = said(&service, SAM, "SAFELIST").await;
    assert!(list.contains("1 contact:"), "{list}");
    let first = answers[0].body.clone();
    service.terminate().await;
    service.start_again().await;
    let url = service.inbound_url();
    let replayed = service.deliver(&text.clone().signed(&url)).await;
    assert_eq!(replayed.body, first);
    let other = service
        .deliver(&text.with("Body", "SAFEDEL 1").signed(&url))
        .await;
    assert_eq!(other.status, 409);
    assert!(other.body.contains("message-sid-reused"), "{}", other.body);
    assert_eq!(said(&service, SAM, "SAFELIST").await, list);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn texts_of_one_sender_at_the_same_time_are_decided_one_after_the_other() {
    let (service, _twilio) = service().await;
    register(&service, SAM).await;
    let texts: Vec<Webhook> = (0..40)
        .map(|last| service.webhook(SAM, &format!("SAFE 04915701{last:02} Friend")))
        .collect();
    let answers = join_all(texts.iter().map(|text| service.deliver(text))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let added = answers
        .iter()
        .filter(|answer| joined(answer).contains("of at most 10"));
    assert_eq!(added.count(), 10);
    let unknown: Vec<Webhook> = (0..40)
        .map(|turn| service.webhook(DAD, &format!("hello {turn}")))
        .collect();
    let answers = join_all(unknown.iter().map(|text| service.deliver(text))).await;
    let hints = answers.iter().filter(|answer| !answer.messages.is_empty());
    assert_eq!(hints.count(), 1, "one pointer to HELP in ten minutes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_a_kill() {
    let (mut service, _twilio) = service().await;
    service.text(SAM, "START").await;
    service.kill();
    service.start_again().await;
    let menu = service.text(SAM, "Sam").await.message();
    assert!(
        menu.contains("1 Overland Track"),
        "the conversation goes on: {menu}"
    );
    service.kill();
    service.start_again().await;
    assert!(said(&service, SAM, "1").await.contains("You are registered"));
    for (body, part) in [
        ("CHECKIN RONNY", "RONNY"),
        ("CHECKIN WATER", "WATER"),
        ("CHECKIN PELIO", "PELIO"),
    ] {
        assert!(said(&service, SAM, body).await.contains("Checked in"));
        service.kill();
        service.start_again().await;
        let status = said(&service, SAM, "STATUS").await;
        assert!(status.contains(&format!("Last check-in: {part}")), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_twilio_s_signature_opens_the_door() {
    let (service, _twilio) = service().await;
    let genuine = service.webhook(SAM, "START");
    let unsigned = Webhook {
        signature: None,
        ..genuine.clone()
    };
    let blank = Webhook {
        signature: Some(String::new()),
        ..genuine.clone()
    };
    let tampered = genuine.clone().with("Body", "STOP");
    let elsewhere = genuine.clone().signed(&service.url("/webhook/sms/status"));
    for refused in [unsigned, blank, tampered, elsewhere] {
        let answer = service.deliver(&refused).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
    assert!(
        said(&service, SAM, "STATUS").await.contains("not registered"),
        "nothing was stored"
    );
}

/// The forgeries of a captured signature: another sender cut out of the body.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_captured_signature_cannot_be_cut_into_another_sender() {
    let (service, _twilio) = service().await;
    register(&service, MUM).await;
    let texted = service.webhook(SAM, &format!("CHECKIN PELIOFrom{MUM}FromCity"));
    assert_eq!(service.deliver(&texted).await.status, 200);
    let forged = texted
        .clone()
        .with("Body", "CHECKIN PELIO")
        .with("From", MUM)
        .with("FromCity", &format!("From{SAM}FromCity"));
    let answer = service.deliver(&forged).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(answer.body.contains("webhook-shape"), "{}", answer.body);

    let texted = service.webhook(SAM, &format!("CHECKIN PELIOFrom{MUM}Ga"));
    let forged = texted
        .clone()
        .with("Body", "CHECKIN PELIO")
        .with("From", MUM)
        .with("Ga", &format!("From{SAM}FromCityFromCountryAUFromStateFromZip"))
        .without("FromCity")
        .without("FromCountry")
        .without("FromState")
        .without("FromZip");
    assert_eq!(service.deliver(&forged).await.status, 400);

    let other_sid = "SMfedcba9876543210fedcba9876543210";
    let ours = texted
        .form
        .iter()
        .find(|(name, _)| name == "To")
        .unwrap()
        .1
        .clone();
    let tail = format!("MessageSid{other_sid}NumMedia0SmsMessageSid{other_sid}SmsSid{other_sid}To{ours}Zz");
    let texted = service.webhook(SAM, &format!("CHECKIN PELIOFrom{MUM}{tail}"));
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
    assert_eq!(service.deliver(&forged).await.status, 400);
    let status = said(&service, MUM, "STATUS").await;
    assert!(status.contains("Last check-in: none"), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_misshapen_webhook_is_refused_and_a_name_is_kept() {
    let (service, _twilio) = service().await;
    let url = service.inbound_url();
    let text = service.webhook(SAM, "START");
    for misshapen in [
        text.clone().without("SmsSid"),
        text.clone().with("NumMedia", "x"),
        text.clone().with("To", SAM),
        text.clone().with("ToCity", &"x".repeat(1_025)),
        text.clone()
            .with("AccountSid", "AC0123456789abcdef0123456789abcdef"),
    ] {
        let answer = service.deliver(&misshapen.signed(&url)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    let named = service.deliver(&text.with("From", "Telstra").signed(&url)).await;
    assert_eq!((named.status, named.messages.len()), (200, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_has_ten_answers_an_hour_and_is_told_once() {
    let (service, _twilio) = service().await;
    for _ in 0..10 {
        assert!(!said(&service, DAD, "STATUS").await.is_empty());
    }
    let told = said(&service, DAD, "STATUS").await;
    assert!(told.contains("try again in"), "{told}");
    assert_eq!(said(&service, DAD, "STATUS").await, "");
    assert!(
        said(&service, DAD, "HELP").await.contains("Emergency"),
        "HELP is exempt"
    );
    assert!(
        said(&service, DAD, "START").await.contains("trail name"),
        "START is exempt"
    );
    assert!(
        !said(&service, SAM, "STATUS").await.is_empty(),
        "limits are per sender"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_repeats_itself_is_left_alone() {
    let (service, _twilio) = service().await;
    register(&service, SAM).await;
    let mut answered = 0;
    for _ in 0..35 {
        answered += usize::from(!said(&service, SAM, "SAFELIST").await.is_empty());
    }
    assert_eq!(answered, 30);
    assert!(
        !said(&service, SAM, "STATUS").await.is_empty(),
        "another text is answered"
    );
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
    let (service, _twilio) = service().await;
    service.text(SAM, "START").await;
    service.text(SAM, "Søm \u{1f43b}").await;
    service.text(SAM, "1").await;
    let empty = service.text(DAD, "STOP").await;
    for body in ["STATUS", "HELP", "ROUTE", "START"] {
        let answer = service.text(SAM, body).await;
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
