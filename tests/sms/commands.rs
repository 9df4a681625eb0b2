//! What each command answers.

use thunderbird_testkit::service::phones::{DAD, SAM};

use crate::world;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_table_answers() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for (body, part) in [
        ("HELP", "Emergency: call 000"),
        ("info please, which codes?", "Emergency: call 000"),
        ("menu", "Emergency: call 000"),
        ("?", "Emergency: call 000"),
        ("where am I?", "Last check-in: none"),
        ("camps", "PELIO New Pelion Hut"),
        ("commands", "CHECKIN"),
        ("START", "reply CHANGE"),
        ("REGISTER", "registered as Sam on the Overland Track"),
        ("STATUS", "Last check-in: none"),
        ("ROUTE", "PELIO New Pelion Hut"),
        ("routes 2", "(peak)"),
        ("ROUTE 9", "have 2 pages"),
        ("CHECKIN", "Nobody was told."),
        (
            "CHECKIN PELIO now",
            "Nobody was told. Nearest: PELIO New Pelion Hut.",
        ),
        ("check in at pelio", "To check in there text CHECKIN PELIO"),
        ("CHECKIN NOSUCH", "No camp NOSUCH. Nobody was told."),
        (
            "CHECKIN PELION",
            "No camp PELION. Nobody was told. Nearest: PELIO New Pelion Hut. To check in there text CHECKIN PELIO",
        ),
        ("CHECKIN OSSA", "OSSA is a peak. Nobody was told. Nearest: "),
        ("pelio", "text CHECKIN PELIO"),
        ("ossa", "OSSA Mt Ossa is a peak. Nobody was told. Nearest: "),
        ("PELI", "PELI could be"),
        ("CAST12 PELIO", "not available"),
        ("CHECKIN PELIO", "Checked in: PELIO New Pelion Hut"),
        ("STATUS", "Last check-in: PELIO New Pelion Hut"),
        ("YES", "Not understood"),
    ] {
        let answer = sam.says(body).await;
        assert!(answer.contains(part), "{body:?}: {answer}");
    }
    let again = sam.says("what now").await;
    assert!(
        again.contains("Nobody was told. Text MENU."),
        "a hiker is always answered: {again}"
    );
    let bye = sam.says("STOP").await;
    assert!(bye.contains("no more texts"), "{bye}");
    assert_eq!(sam.says("STOP").await, "", "STOP is confirmed once");
    assert_eq!(sam.says("HELP").await, "", "answers are withheld while opted out");
    let back = sam.says("START").await;
    assert!(back.contains("registered as Sam"), "{back}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_about_contacts_answers() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for (body, part) in [
        ("SAFE", "SAFE <phone> [name]"),
        (
            "SAFE 0491 570 110 Mum Smith",
            "Mum Smith is contact 1 of at most 10: +61491570110",
        ),
        ("SAFE +61491570110 Mother", "Mother is already a contact"),
        ("SAFE 0491570006", "your own number"),
        ("SAFE 03 6234 5678 Home", "cannot get texts"),
        ("SAFE +1 876 555 1234 Far", "cannot text numbers of that country"),
        ("SAFE Mum 0491570", "not a phone number"),
        (
            "SAFE 0491 570 110 0491 570 313 Mum",
            "That has two numbers. Nobody was added.",
        ),
        ("SAFELIST", "1 Mother +614***110"),
        ("my contacts", "1 Mother +614***110"),
        ("SAFEDEL 2", "no such contact"),
        ("SAFEDEL 1", "Mother is removed. 0 contacts left"),
        ("SAFELIST", "You have no contacts"),
    ] {
        let answer = sam.says(body).await;
        assert!(answer.contains(part), "{body:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_are_kept_as_they_were_meant() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for (body, part) in [
        ("SAFE 0491 570 110, Mum", "Mum is contact 1"),
        ("SAFE 0491570313 (Dad)", "Dad is contact 2"),
        ("SAFE 0491 571 266 42", "42 is contact 3"),
        ("SAFE +61 0491 571 491: Dr. Jo", "Dr. Jo is contact 4"),
        (
            "SAFE 0491570110",
            "Mum is already a contact: +61491570110. Nothing was changed",
        ),
        (
            "SAFE 0491570110 Mother",
            "Mother is already a contact: +61491570110, and now has this name.",
        ),
        ("SAFE 0491570156 Us", "number of this service itself"),
        (
            "SAFELIST",
            "1 Mother +614***110 2 Dad +614***313 3 42 +614***266 4 Dr. Jo +614***491",
        ),
    ] {
        let answer = sam.says(body).await;
        assert!(answer.contains(part), "{body:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_for_a_code_is_not_said_back_at_length() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    let answer = sam.text(&format!("CHECKIN {}", "X".repeat(1_500))).await;
    assert_eq!(answer.messages.len(), 1, "{}", answer.body);
    assert!(answer.line().contains("no such camp"), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_are_told_to_start() {
    let world = world().await;
    let dad = world.hiker(DAD);
    for body in [
        "STATUS",
        "ROUTE",
        "CHECKIN PELIO",
        "SAFE 0491570110",
        "SAFELIST",
        "SAFEDEL 1",
        "CAST PELIO",
    ] {
        let answer = dad.says(body).await;
        assert!(answer.contains("Text START to register"), "{body}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prose_never_checks_in_and_no_text_breaks_anything() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
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
        "please check in pelio",
        "check in pelio now",
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
        let answer = sam.text(body).await;
        assert!(
            !answer.message().contains("Checked in"),
            "{body:?}: {}",
            answer.body
        );
    }
    let status = sam.says("STATUS").await;
    assert!(status.contains("Last check-in: none"), "{status}");
}
