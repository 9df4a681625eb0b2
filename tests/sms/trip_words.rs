//! BACK and the trip words from another phone: the hiker's own may have no power.

use crate::promise::{DAD, MUM, SAM, STRANGER, Trip, count};

/// What any phone can text, as the answer to OUT says it.
fn line_to_copy(answer: &str) -> String {
    let (_, line) = answer.split_once("From any phone: ").unwrap();
    line.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_phone_closes_the_promise_with_its_words_and_everybody_reads_how() {
    let mut trip = Trip::begin_with(&[]).await;
    let line = line_to_copy(&trip.says(SAM, "OUT THU 6PM"));
    assert_eq!(line_to_copy(&trip.says(SAM, "LATE 1H")), line, "the words stay");
    assert!(
        trip.says(SAM, "OUT")
            .ends_with(&format!("From any phone: {line}"))
    );
    trip.clock("2030-01-10T19:00:10+11:00").await;
    trip.hears(SAM, "it is 7:00 pm").await;
    trip.clock("2030-01-10T20:00:10+11:00").await;
    for phone in [MUM, DAD] {
        trip.hears(phone, "ALERT 1 of 3").await;
    }
    for near in [format!("> {line}"), format!("{line} tonight"), format!("{line}?")] {
        let answer = trip.says(STRANGER, &near);
        assert!(!answer.contains("is out"), "{near}: {answer}");
    }
    let sent = format!(
        "{}\nView the location or send a reply to Sam: https://inreachlink.com/AB12CD",
        line.to_lowercase()
    );
    let answer = trip.says(STRANGER, &sent);
    assert!(
        answer.starts_with("Sam is out, it is noted. The contacts were alerted; now they read of it."),
        "{answer}"
    );
    trip.service.kill();
    trip.service.start_again().await;
    let stood_down =
        "messages WHERE body LIKE '%STAND DOWN. A phone that knows Sam''s trip words texted BACK%'";
    assert_eq!(count(&trip.service, stood_down), 2);
    let told = format!("messages WHERE phone = '{SAM}' AND body LIKE '%texted BACK with your trip words%'");
    assert_eq!(count(&trip.service, &told), 1);
    let again = trip.says(MUM, &line);
    assert!(again.contains("That time is over: closed by BACK"), "{again}");
    assert!(trip.says(SAM, "OUT").starts_with("No time is set"));
    let next = line_to_copy(&trip.says(SAM, "OUT TOMORROW 6PM"));
    assert_ne!(next, line, "a new promise has new words");
    assert!(
        trip.says(SAM, &next).starts_with("Welcome back."),
        "the own phone may say them too"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_wrong_guesses_are_answered_and_then_not_even_the_right_one_acts() {
    let trip = Trip::begin_with(&[]).await;
    let line = line_to_copy(&trip.says(SAM, "OUT THU 6PM"));
    for nth in 1..=5 {
        let answer = trip.says(STRANGER, "BACK knitting mainland");
        assert!(
            !answer.is_empty() && !answer.contains("is out"),
            "{nth}: {answer}"
        );
    }
    assert_eq!(trip.says(STRANGER, "BACK knitting mainland"), "");
    assert_eq!(trip.says(STRANGER, &line), "");
    assert!(trip.says(SAM, "OUT").starts_with("Set: out by"));
    assert!(
        trip.says(DAD, &line).starts_with("Sam is out"),
        "another phone is not silenced"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_satellite_number_from_abroad_closes_it_and_reads_so() {
    let trip = Trip::begin_with(&[]).await;
    let line = line_to_copy(&trip.says(SAM, "OUT THU 6PM"));
    let satellite = "+14155550123";
    assert!(
        trip.says(satellite, "STATUS")
            .contains("cannot text numbers of your country")
    );
    let answer = trip.says(satellite, &line);
    assert!(answer.starts_with("Sam is out, it is noted"), "{answer}");
    assert!(
        trip.says(SAM, "OUT")
            .starts_with("No time is set: closed by BACK")
    );
}
