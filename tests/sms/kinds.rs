//! Inputs that failed once, each with others of its kind: what must be right is the kind.
//!
//! The first inputs of a list are those that were reported; the last two or more are further ones of the kind.

use thunderbird_testkit::service::{
    World,
    phones::{MUM, SAM},
};

use crate::{BINARY, world};

/// Row: a contact's REVOKE, OPTOUT, Opt out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_word_of_the_carrier_opts_a_contact_out() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    let words = ["REVOKE", "OPTOUT", "Opt out", "stop all", "Opt-Out!"];
    for (place, word) in words.into_iter().enumerate() {
        let contact = world.contact(&format!("+6149157030{place}"));
        sam.text(&format!("SAFE {} Friend", contact.number())).await;
        contact.nth_text(0).await;
        let bye = contact.says(word).await;
        assert!(bye.contains("no more texts"), "{word}: {bye}");
    }
    let list = sam.says("SAFELIST").await;
    assert_eq!(list.matches("(opted out)").count(), words.len(), "{list}");
    let told = sam.says("CHECKIN PELIO").await;
    assert!(told.contains("0 contacts will be told"), "{told}");
}

/// Row: a thumb up, and within ten minutes SOS.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_for_help_after_a_courtesy_is_answered_every_time() {
    let world = world().await;
    for (place, (courtesy, call)) in [
        ("\u{1f44d}", "SOS"),
        ("\u{2764}\u{fe0f}", "mayday"),
        ("Ok thanks", "I am lost"),
    ]
    .into_iter()
    .enumerate()
    {
        let hiker = world.hiker(&format!("+6149157031{place}")).registered().await;
        let stranger = world.hiker(&format!("+6149157032{place}"));
        assert_eq!(hiker.says(courtesy).await, "", "{courtesy}");
        stranger.text(courtesy).await;
        for turn in 0..3 {
            for phone in [&hiker, &stranger] {
                let answer = phone.says(call).await;
                assert!(answer.contains("CALL 000 or 112"), "{call} {turn}: {answer}");
            }
        }
    }
}

/// Rows: SOS at the name prompt; "Route 66" at the name prompt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_name_prompt_a_call_for_help_is_no_name_and_a_name_is_no_command() {
    let world = world().await;
    for (place, call) in ["SOS", "broken ankle", "please help us"].into_iter().enumerate() {
        let phone = world.hiker(&format!("+6149157033{place}"));
        phone.text("START").await;
        let answer = phone.says(call).await;
        assert!(
            answer.contains("CALL 000") && answer.contains("What name"),
            "{call}: {answer}"
        );
        assert!(phone.says("Sam").await.contains("1 Overland Track"), "{call}");
    }
    for (place, name) in ["Route 66", "Cast Away", "Safe House"].into_iter().enumerate() {
        let phone = world.hiker(&format!("+6149157034{place}"));
        phone.text("START").await;
        let asked = phone.says(name).await;
        assert!(!asked.contains("not registered"), "{name}: {asked}");
        if asked.contains("Reply NAME") {
            phone.text("NAME").await;
        }
        let done = phone.says("1").await;
        assert!(
            done.contains(&format!("You are registered: {name}")),
            "{name}: {done}"
        );
    }
}

/// Row: Chekin Pelio, and within ten minutes Chekcin Pelio.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_misspelled_check_in_is_answered_with_the_line_to_copy() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for text in ["Chekin Pelio", "Chekcin Pelio", "Checkn Pelio", "chckin pelio"] {
        let answer = sam.text(text).await.message();
        assert!(answer.contains("Nobody was told."), "{text}: {answer}");
        assert_eq!(answer.lines().last(), Some("CHECKIN PELIO"), "{text}: {answer}");
    }
    sam.text("START").await;
    sam.text("CHANGE").await;
    for text in ["Chekin Pelio", "at pelio", "im ok"] {
        let answer = sam.says(text).await;
        assert!(
            answer.contains("Nobody was told.") && answer.contains("What name"),
            "a prompt hides no failed check-in: {text}: {answer}"
        );
    }
}

/// Row: Check in Pelio; check-in pelio.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_phone_makes_of_checkin_checks_in() {
    let world = world().await;
    let texts = [
        "Check in Pelio",
        "check-in pelio",
        "Check In: PELIO",
        "check\nin pelio.",
    ];
    for (place, text) in texts.into_iter().enumerate() {
        let hiker = world.hiker(&format!("+6149157035{place}")).registered().await;
        let answer = hiker.says(text).await;
        assert!(answer.starts_with("Checked in: PELIO"), "{text:?}: {answer}");
    }
}

/// Row: CHECKIN pelion; checkin new pelion hut; CHECKIN PELlO.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_in_with_a_wrong_code_names_the_nearest_camp() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for (text, code) in [
        ("CHECKIN pelion", "PELIO"),
        ("checkin new pelion hut", "PELIO"),
        ("CHECKIN PELlO", "PELIO"),
        ("checkin kia ora hut", "KIAOR"),
        ("CHECKIN R0NNY", "RONNY"),
        ("checkin windermere", "WINDM"),
    ] {
        let answer = sam.text(text).await.message();
        assert!(answer.contains("Nobody was told."), "{text}: {answer}");
        let line = format!("CHECKIN {code}");
        assert_eq!(answer.lines().last(), Some(line.as_str()), "{text}: {answer}");
    }
    assert!(sam.says("STATUS").await.contains("Last check-in: none"));
}

/// Row: SAFEDEL 1 twice within seconds under two sids.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_came_twice_removes_one_contact() {
    let world = world().await;
    for (place, text) in ["SAFEDEL 1", "safe del 1", "Safedel 1."].into_iter().enumerate() {
        let hiker = world.hiker(&format!("+6149157036{place}")).registered().await;
        for number in 0..3 {
            hiker
                .text(&format!("SAFE 0491 570 37{number} Friend{number}"))
                .await;
        }
        let first = hiker.says(text).await;
        assert_eq!(hiker.says(text).await, first);
        hiker.text("STATUS").await;
        assert_eq!(hiker.says(text).await, first, "with another text in between");
        let list = hiker.says("SAFELIST").await;
        assert!(
            list.starts_with("2 contacts:") && !list.contains("Friend0") && list.contains("Friend1"),
            "{text}: {list}"
        );
    }
}

/// Rows: SAFE with two numbers; SAFE mum 0491570156.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn safe_takes_the_number_first_or_last_and_never_drops_one() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for text in [
        "SAFE 0491 570 156 0491 570 157 Mum",
        "SAFE Mum 0491 570 110 0491 570 313",
        "SAFE 0491570110 / 0491570313",
    ] {
        let answer = sam.says(text).await;
        assert!(
            answer.contains("two numbers") && answer.contains("Nobody was added"),
            "{text}: {answer}"
        );
    }
    assert!(sam.says("SAFELIST").await.contains("no contacts"));
    for (text, kept) in [
        (
            "SAFE mum 0491570110",
            "mum is contact 1 of at most 10: +61491570110",
        ),
        (
            "SAFE Dad: 0491 570 313",
            "Dad is contact 2 of at most 10: +61491570313",
        ),
        (
            "SAFE Jo Lee (0491-571-266)",
            "Jo Lee is contact 3 of at most 10: +61491571266",
        ),
    ] {
        let answer = sam.says(text).await;
        assert!(answer.contains(kept), "{text}: {answer}");
    }
}

/// Row: the example in SAFE's refusal, where numbers are read as New Zealand's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_in_a_refusal_is_a_number_that_is_accepted() {
    for region in ["NZ", "GB", "AU"] {
        let world = World::start_with(BINARY, |builder| {
            builder
                .env("THUNDERBIRD_DEFAULT_REGION", region)
                .env("THUNDERBIRD_SMS_REGIONS", "AU,NZ,GB")
        })
        .await;
        let hiker = world.hiker("+61491570399").registered().await;
        for refused in ["SAFE mum", "SAFE 12345 Dad", "SAFE 0491 57 Jo"] {
            let answer = hiker.text(refused).await.message();
            assert!(
                answer.contains("Nobody was added"),
                "{region} {refused}: {answer}"
            );
            let line = answer.lines().last().unwrap();
            let added = hiker.says(line).await;
            assert!(
                added.contains("Mum is contact") || added.contains("already a contact"),
                "{region} {refused}: {line} -> {added}"
            );
        }
    }
}

/// Row: END after a walk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_all_texts_says_that_a_check_in_still_works() {
    let world = world().await;
    for (place, word) in ["END", "Quit", "STOP ALL"].into_iter().enumerate() {
        let hiker = world.hiker(&format!("+6149157038{place}")).registered().await;
        hiker.text("SAFE 0491 570 110 Mum").await;
        let bye = hiker.says(word).await;
        assert!(
            bye.contains("CHECKIN still tells your contacts, but we cannot answer you"),
            "{word}: {bye}"
        );
        hiker.text("CHECKIN PELIO").await;
        world.contact(MUM).texts_with("checked in at", place + 1).await;
    }
    let alone = world.hiker("+61491570389").registered().await;
    assert!(!alone.says("END").await.contains("still tells"));
}

/// Row: a phone of the United Kingdom texts START and SOS.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_may_not_be_texted_gets_one_honest_answer_an_hour() {
    let world = world().await;
    for (phone, texts) in [
        ("+447700900123", ["START", "SOS", "hello"]),
        ("+4915123456789", ["SOS", "START", "SOS again"]),
        ("+33612345678", ["is sam ok?", "HELP", "need help"]),
    ] {
        let foreign = world.hiker(phone);
        let mut answers = Vec::new();
        for text in texts {
            answers.push(foreign.says(text).await);
        }
        answers.retain(|answer| !answer.is_empty());
        assert!(
            answers.len() == 1 && answers[0].contains("CALL 000 or 112"),
            "{phone}: {answers:?}"
        );
        assert!(foreign.texts().is_empty(), "nothing is sent to {phone}");
    }
}

/// A messenger's ending is cut for the sake of commands; a call for help behind it is heard.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_for_help_behind_a_messenger_s_ending_is_answered_and_checks_nobody_in() {
    let world = world().await;
    for (place, text) in [
        "CHECKIN PELIO sent from my injured friend, need help",
        "CHECKIN PELIO\nsent via helicopter",
        "CHECKIN PELIO (lat at night, broken leg",
        "CHECKIN PELIO - Sam sent this message from: Lat -41.8 Lon 146.0 SOS",
    ]
    .into_iter()
    .enumerate()
    {
        let hiker = world.hiker(&format!("+6149157039{place}")).registered().await;
        let answer = hiker.says(text).await;
        assert!(answer.contains("CALL 000 or 112"), "{text:?}: {answer}");
        assert!(
            hiker.says("STATUS").await.contains("Last check-in: none"),
            "{text:?}"
        );
    }
}

/// NAME follows the rules and doubts of the registration.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn name_changes_the_trail_name_and_doubts_what_reads_like_none() {
    let mut world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for (text, part) in [
        ("NAME Sam Lee", "Your family will read: Sam Lee"),
        ("name: Zoë", "Your family will read: Zoë"),
        ("NAME of the hut?", "Nothing was changed"),
        ("NAME", "NAME <name>"),
        ("NAME +61491570110", "cannot be a name"),
        ("NAME 12345", "NAME Sam Lee"),
        ("name tell me what this is", "NAME IS tell me what this is"),
        ("NAME of my friend who is hurt", "CALL 000"),
    ] {
        let answer = sam.says(text).await;
        assert!(answer.contains(part), "{text}: {answer}");
    }
    world.restart().await;
    assert!(sam.says("STATUS").await.starts_with("Zoë "));
    let line = sam.text("NAME ok").await.message();
    let line = line.lines().last().unwrap();
    assert_eq!(sam.says(line).await, "Your family will read: ok");
    sam.text("SAFE 0491 570 110 Mum").await;
    sam.text("NAME Sam").await;
    sam.text("CHECKIN PELIO").await;
    let told = world.contact(MUM).texts_with("checked in at", 1).await;
    assert!(told[0].starts_with("Sam checked in"), "{told:?}");
    let stranger = world.hiker("+61491570398");
    stranger.text("START").await;
    let menu = stranger.says("NAME Ada").await;
    assert!(
        menu.contains("1 Overland Track"),
        "at the prompt NAME is no part of the name: {menu}"
    );
    assert!(stranger.says("1").await.contains("You are registered: Ada"));
}
