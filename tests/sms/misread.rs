//! Texts that were misread once, through the signed webhook; each list ends with further inputs of its kind.

use thunderbird_testkit::service::phones::{DAD, MUM, SAM};

use crate::world;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sentence_that_looks_like_a_messenger_s_ending_checks_nobody_in() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for text in [
        "CHECKIN PELIO (late, still at Windermere)",
        "CHECKIN PELIO (late?)",
        "CHECKIN PELIO sent from my tent, not there yet",
        "CHECKIN PELIO (lat 41 but we are not there yet)",
        "CHECKIN PELIO sent from my iPhone?",
        "CHECKIN PELIO https://inreachlink.com/ABC123 not there yet",
    ] {
        let answer = sam.text(text).await.message();
        assert!(answer.contains("Nobody was told."), "{text}: {answer}");
        assert_eq!(answer.lines().last(), Some("CHECKIN PELIO"), "{text}: {answer}");
    }
    assert!(sam.says("STATUS").await.contains("Last check-in: none"));
    let done = sam
        .says("CHECKIN PELIO (Lat: -41.8, Lon: 146.0)\nSent from my iPhone 15 Pro")
        .await;
    assert!(done.contains("Checked in: PELIO"), "{done}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_for_help_that_begins_with_a_command_s_word_gets_the_emergency_number() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for text in [
        "safe but I am lost, need help",
        "Safe at camp but Sam broke his leg",
        "Safe? he is lost",
        "CHECKIN SOS",
        "LATE 1.5H broken ankle",
        "OUT 6PM AEDT broken leg",
        "SAFEDEL me I am lost",
        "Safe but we are lost, call 0417 000 345",
        "CHECKIN PELIO \u{1f198}",
        "\u{1f198}",
    ] {
        let answer = sam.says(text).await;
        assert!(answer.contains("CALL 000 or 112"), "{text}: {answer}");
    }
    assert!(sam.says("SAFELIST").await.contains("no contacts"));
    assert!(sam.says("STATUS").await.contains("Last check-in: none"));
    let added = sam.says("SAFE 0417 000 345 Mum").await;
    assert!(added.contains("Mum is contact 1"), "{added}");
    let police = sam.says("SAFE 0491 570 110 Police").await;
    assert!(police.contains("Police is contact 2"), "{police}");
    let mum = world.contact(MUM);
    mum.nth_text(0).await;
    let answer = mum.says("Safe? he is lost").await;
    assert!(answer.contains("CALL 000 or 112"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn safe_without_a_number_is_news_or_an_arrival() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for text in [
        "safe",
        "safe and well",
        "Safe now",
        "safe at home",
        "Safe and dry",
    ] {
        // A program would send no command in between.
        sam.text("STATUS").await;
        let answer = sam.says(text).await;
        assert!(
            answer.contains("Nobody was told.") && answer.contains("CHECKIN RONNY"),
            "{text}: {answer}"
        );
    }
    for text in [
        "safe at new pelion hut",
        "Safe and well at pelio",
        "we made it to pelio",
        "we have reached new pelion hut",
        "I've just arrived at Pelion",
    ] {
        let answer = sam.text(text).await.message();
        assert!(answer.contains("Nobody was told."), "{text}: {answer}");
        assert_eq!(answer.lines().last(), Some("CHECKIN PELIO"), "{text}: {answer}");
    }
    for text in ["arrived at camp", "we made it to the hut", "safe at camp"] {
        let answer = sam.says(text).await;
        assert!(
            answer.contains("Nobody was told.")
                && answer.contains("CHECKIN RONNY")
                && answer.contains("ROUTE"),
            "{text}: {answer}"
        );
    }
    assert!(sam.says("SAFE").await.contains("SAFE <phone> [name]"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peak_in_any_words_is_answered_with_the_nearest_camp() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for text in [
        "at ossa",
        "CHECKIN Mt Ossa",
        "OSSA",
        "CHECKIN OSSA",
        "arrived at Mount Ossa",
    ] {
        let answer = sam.text(text).await.message();
        assert!(
            answer.contains("is a peak. Nobody was told. Nearest: "),
            "{text}: {answer}"
        );
        let line = answer.lines().last().unwrap();
        assert!(
            line.starts_with("CHECKIN ") && !line.contains("OSSA") && !line.contains('<'),
            "{text}: {answer}"
        );
    }
    let first = sam.says("ROUTE").await;
    assert!(!first.contains("(peak)"), "camps come first: {first}");
    assert!(sam.says("ROUTE 2").await.contains("OSSA Mt Ossa (peak)"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reaction_to_our_text_is_no_call_for_help() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for text in [
        "Liked \u{201c}No answer by 8 pm: call 000, ask for Police\u{201d}",
        "Removed a like from \u{201c}call 000, ask for Police\u{201d}",
        "\u{1f44d} to \u{201c}call 000, ask for Police\u{201d}",
        "Reacted \u{1f62e} to \u{201c}Sam is lost?\u{201d}",
        "Laughed at \u{201c}Emergency: call 000\u{201d}",
    ] {
        assert_eq!(sam.says(text).await, "", "{text}");
    }
    let call = sam.says("Liked \u{201c}call 000\u{201d} but he is lost").await;
    assert!(call.contains("CALL 000 or 112"), "{call}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_reads_what_this_is_and_that_a_check_in_told_nobody() {
    let world = world().await;
    let stranger = world.hiker(DAD);
    let checked = stranger.says("CHECKIN PELIO").await;
    assert_eq!(
        checked,
        "Nobody was told. You are not registered yet. Text START to register."
    );
    let status = stranger.says("STATUS").await;
    assert!(status.starts_with("You are not registered yet."), "{status}");
    stranger.text("START").await;
    let asked = stranger.says("CHECKIN").await;
    assert!(
        asked.starts_with("Nobody was told. That works once you are registered."),
        "{asked}"
    );
    for (place, text) in ["is the hut open", "what do I do", "at pelio", "im ok"]
        .into_iter()
        .enumerate()
    {
        let other = world.hiker(&format!("+6149157041{place}"));
        let answer = other.says(text).await;
        assert!(
            answer.contains("This is Thunderbird") && answer.contains("text START"),
            "{text}: {answer}"
        );
        assert_eq!(
            answer.starts_with("Nobody was told."),
            place >= 2,
            "{text}: {answer}"
        );
        assert_eq!(other.says("and now").await, "", "once in ten minutes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_s_short_question_is_answered_with_our_last_text() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491 570 110 Mum").await;
    let mum = world.contact(MUM);
    mum.nth_text(0).await;
    sam.text("CHECKIN PELIO").await;
    mum.nth_text(1).await;
    for question in [
        "Back yet?",
        "Out yet?",
        "Safe now?",
        "safe?",
        "Home yet?",
        "late?",
    ] {
        let answer = mum.says(question).await;
        assert!(
            answer.contains("New Pelion Hut") && !answer.contains("Only hikers"),
            "{question}: {answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_read_with_any_dash_and_said_back_as_it_is_stored() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for (text, part) in [
        (
            "SAFE 0491\u{2212}570\u{2212}110 Mum",
            "Mum is contact 1 of at most 10: +61491570110",
        ),
        (
            "SAFE Dad 0491\u{2043}570\u{2043}313",
            "Dad is contact 2 of at most 10: +61491570313",
        ),
        (
            "SAFE 0491570110",
            "Mum is already a contact: +61491570110. Nothing was changed.",
        ),
        (
            "SAFE 0491570110 Mother",
            "Mother is already a contact: +61491570110, and now has this name.",
        ),
    ] {
        let answer = sam.says(text).await;
        assert!(answer.contains(part), "{text}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_satellite_messengers_share_is_not_registered() {
    let world = world().await;
    let pool = world.hiker(SAM);
    for text in [
        "START https://inreachlink.com/ABC123",
        "start - inreachlink.com/XYZ - Sam",
        "REGISTER\n\nView the location or send a reply to Sam:\nhttps://txt.garmin.com/x",
    ] {
        let answer = pool.says(text).await;
        assert!(
            answer.starts_with("Not registered: satellite messengers share this number."),
            "{text}: {answer}"
        );
    }
    assert!(
        pool.says("START").await.contains("What name"),
        "a text without a link begins"
    );
    let answer = pool
        .says("Sam Lee https://aus.explore.garmin.com/textmessage/1")
        .await;
    assert!(answer.starts_with("Not registered"), "{answer}");
    assert!(pool.says("STATUS").await.contains("You are not registered yet"));
    let own = world.hiker(DAD);
    let zoleo = own
        .says("START - Sam sent this message from: Lat -41.8 Lon 146.0")
        .await;
    assert!(
        zoleo.contains("What name"),
        "a ZOLEO has a number of its own: {zoleo}"
    );
}
