//! What a text is read as, and that only the exact command checks in.

use proptest::prelude::*;

use super::*;

fn read(body: &str) -> Meaning {
    Meaning::of(&normalize(body), body)
}

fn check_in(code: &str) -> Meaning {
    Meaning::Command(
        Verb::CheckIn,
        Args {
            words: vec![code.to_ascii_uppercase()],
            tail: code.to_owned(),
        },
    )
}

#[test]
fn start_unstop_and_the_carrier_lift_an_opt_out_and_stop_and_help_do_not() {
    use CarrierVerdict::{Help, Start, Stop};
    for (body, verdict, lifts) in [
        ("start", None, true),
        ("register", None, true),
        ("start now", None, false),
        ("unstop", None, true),
        ("yes", None, true),
        ("status", None, false),
        ("anything", Some(Start), true),
        ("stop", Some(Start), false),
        ("start", Some(Stop), false),
        ("unstop", Some(Help), false),
    ] {
        let text = ParsedText::parse(body);
        assert_eq!(text.lifts_opt_out(verdict), lifts, "{body} {verdict:?}");
    }
}

#[test]
fn only_commands_that_link_or_make_us_send_need_more_to_be_read() {
    for (body, expected) in [
        ("LINK a b c", Some(Prepare::Link)),
        ("CONFIRM goshawk", Some(Prepare::Confirm)),
        ("UNLINK", Some(Prepare::Unlink)),
        ("CHECKIN PELIO", Some(Prepare::Contacts)),
        ("SAFE 0491570110 Mum", Some(Prepare::NewContact)),
        ("SAFELIST", None),
        ("STATUS", None),
        ("link-free prose", Some(Prepare::Link)),
        ("the weak link", None),
    ] {
        assert_eq!(ParsedText::parse(body).prepare(), expected, "{body}");
    }
}

#[test]
fn separators_are_replaced_and_never_deleted() {
    for (body, normal) in [
        ("  cast-lakeo ", "CAST LAKEO"),
        ("cast\nlakeo", "CAST LAKEO"),
        ("ＣＨＥＣＫＩＮ　ｐｅｌｉｏ", "CHECKIN PELIO"),
        ("CHECK\u{200b}IN PELIO", "CHECK IN PELIO"),
        ("(+61) 412@x", "+61 412@X"),
        ("straße", "STRAßE"),
        ("c\u{337}heckin", "C HECKIN"),
        ("?!", ""),
        ("", ""),
    ] {
        assert_eq!(normalize(body), normal, "{body:?}");
    }
}

#[test]
fn only_the_word_and_one_code_check_in() {
    for body in [
        "CHECKIN pelio",
        " checkin-pelio.",
        "Checkin\npelio",
        "\"checkin pelio\"",
        "Check in pelio",
        "check-in pelio",
        "Check. In. Pelio.",
    ] {
        let Meaning::Command(Verb::CheckIn, args) = read(body) else {
            panic!("{body:?} is a check-in");
        };
        assert_eq!(args.first(), "PELIO", "{body:?}");
    }
    assert_eq!(read("CHECKIN PELIO"), check_in("PELIO"));
    for body in [
        "CHECKIN",
        "CHECKIN PELIO now",
        "CHECKIN PELIO?",
        "CHECKIN PELIO？",
        "did she CHECKIN PELIO",
        "> CHECKIN PELIO",
        "CHECK IN",
        "CHECK IN PELIO now",
        "CHECK IN AT PELIO",
        "CHECK IN PELIO?",
        "please CHECK IN PELIO",
        "CHECKINPELIO",
        "СHECKIN PELIO",
        "PELIO",
        "Cut my leg badly, need help",
        "Water running out",
        "Wind is extreme",
    ] {
        assert!(
            !matches!(read(body), Meaning::Command(Verb::CheckIn, _)),
            "{body:?}"
        );
    }
}

#[test]
fn a_tail_is_kept_as_typed() {
    let Meaning::Command(Verb::Safe, args) = read("Safe: (0400) 111-222 Mum  O'Hara") else {
        panic!("a contact");
    };
    assert_eq!(args.tail, "(0400) 111-222 Mum  O'Hara");
    let Meaning::Command(Verb::Safe, args) = read("SAFE \u{202a}+61 400 111 222\u{202c} Dad") else {
        panic!("a contact");
    };
    assert_eq!(args.tail, "+61 400 111 222 Dad");
}

#[test]
fn a_page_is_one_or_two_digits() {
    for (body, accepted) in [
        ("ROUTE", true),
        ("routes 2", true),
        ("ROUTE 0", false),
        ("ROUTE 66 x", false),
    ] {
        assert_eq!(
            matches!(read(body), Meaning::Command(Verb::Route, _)),
            accepted,
            "{body}"
        );
    }
}

/// The rule of the page of commands, written a second time and from the other end: by characters of the raw text.
fn is_the_exact_command(body: &str) -> bool {
    let normal = normalize(body);
    let words: Vec<&str> = normal.split_whitespace().collect();
    let (verb, code) = words
        .split_last()
        .map_or((&[][..], &""), |(code, verb)| (verb, code));
    !code.is_empty()
        && matches!(verb, ["CHECKIN"] | ["CHECK", "IN"])
        && !body.contains(['?', '？'])
        && !body.trim().starts_with('>')
}

proptest! {
    #[test]
    fn the_only_path_to_a_check_in_is_the_exact_command(
        body in "\\PC{0,40}|[>\"]{0,2}(?i:checkin)[ \\-\n?.!]{0,3}[A-Za-z?]{0,7}[ ?.]{0,2}[a-z]{0,3}"
    ) {
        if matches!(read(&body), Meaning::Command(Verb::CheckIn, _)) {
            prop_assert!(is_the_exact_command(&body), "{:?}", body);
        }
    }

    #[test]
    fn reading_is_total_and_stable(body in any::<String>()) {
        let normal = normalize(&body);
        prop_assert_eq!(normalize(&normal), normal.clone());
        let _ = read(&body);
    }

    #[test]
    fn prose_in_front_or_behind_never_checks_in(before in "[a-z]{1,8}", after in "[a-z]{1,8}") {
        for body in [format!("{before} CHECKIN PELIO"), format!("CHECKIN PELIO {after}")] {
            prop_assert!(!matches!(read(&body), Meaning::Command(Verb::CheckIn, _)));
        }
    }
}

#[test]
fn a_command_s_word_hides_no_call_for_help() {
    for body in [
        "safe but I am lost, need help",
        "Safe at camp but Sam broke his leg",
        "SAFE 0417 000 345 call us we are lost",
        "SAFEDEL mum she is hurt",
        "CHECKIN SOS",
        "CHECKIN LOST",
        "LATE 1.5H broken ankle",
        "OUT 6PM AEDT broken leg",
        "BACK knitting mainland\nbroken leg",
        "CHECKIN PELIO \u{1f198}",
        "\u{1f198}",
    ] {
        let text = ParsedText::parse(body);
        assert!(text.is_distress && text.prepare().is_none(), "{body:?}");
    }
    for body in [
        "SAFE 0417 000 345 Mum",
        "SAFE 0417 000 345 Police",
        "SAFEDEL 000 111 999",
        "SAFEDEL 1",
        "NAME IS Lost",
        "LATE 2H",
        "OUT SUN 6PM",
        "BACK knitting mainland",
        "CHECKIN PELIO",
        "Liked \u{201c}call 000, ask for Police\u{201d}",
    ] {
        assert!(!ParsedText::parse(body).is_distress, "{body:?}");
    }
}

#[test]
fn safe_without_a_number_is_what_people_write() {
    for body in ["safe and well", "Safe at new pelion hut", "safe now"] {
        assert_eq!(read(body), Meaning::Other, "{body}");
    }
    for body in ["SAFE 0417 000 345 Mum", "SAFE mum", "SAFE at 0417 000 345"] {
        assert!(matches!(read(body), Meaning::Command(Verb::Safe, _)), "{body}");
    }
}

#[test]
fn a_call_for_help_behind_what_looks_like_an_ending_is_heard_and_checks_nobody_in() {
    for body in [
        "CHECKIN PELIO sent from my injured friend, need help",
        "CHECKIN PELIO\nsent via helicopter",
        "CHECKIN PELIO (lat at night, broken leg",
    ] {
        let text = ParsedText::parse(body);
        assert!(text.is_distress, "{body:?}");
        assert!(
            !matches!(text.meaning, Meaning::Command(Verb::CheckIn, _)),
            "{body:?}"
        );
    }
    let text = ParsedText::parse("CHECKIN PELIO\nSent from my iPhone");
    assert!(matches!(text.meaning, Meaning::Command(Verb::CheckIn, _)));
}
