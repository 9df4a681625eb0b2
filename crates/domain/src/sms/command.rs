//! Reads a text: pure, total, and with one path only to a check-in.

use std::time::Duration;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::{
    inbound::CarrierVerdict,
    keyword::Keyword,
    verb::{Form, Prepare, Verb},
};
use crate::{phone::secret_life, user::is_invisible};

/// What follows a command's word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Args {
    /// Word by word, normalized.
    pub words: Vec<String>,
    /// As typed (NFKC), without what stands directly after the command's word.
    pub tail: String,
}

impl Args {
    /// The first word, or nothing.
    pub fn first(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }
}

/// What a text asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A command in the form that it asks for.
    Command(Verb, Args),
    /// A command's word followed by something that it cannot be followed by, or CHECKIN in two words: never run,
    /// answered with its usage. The arguments are what follows the first word.
    Misused(Verb, Args),
    /// Anything else.
    Other,
}

impl Meaning {
    /// Reads a text, given normalized ([`normalize`]) and as it was typed.
    pub(super) fn of(normal: &str, body: &str) -> Self {
        let mut words = normal.split(' ');
        let first = words.next().unwrap_or_default();
        let in_two_words = normal == "CHECK IN" || normal.starts_with("CHECK IN ");
        let verb = if in_two_words {
            Some(Verb::CheckIn)
        } else {
            Verb::of_word(first)
        };
        let Some(verb) = verb else {
            return Self::Other;
        };
        let args = Args {
            words: words.map(str::to_owned).collect(),
            tail: tail(body),
        };
        if !in_two_words && accepts(verb.entry().form, &args, body) {
            Self::Command(verb, args)
        } else {
            Self::Misused(verb, args)
        }
    }
}

/// What one text says.
#[derive(Clone, PartialEq, Eq)]
pub struct ParsedText {
    /// The whole text as commands are compared, see [`normalize`].
    pub normal: String,
    /// The carrier's word that the text consists of.
    pub keyword: Option<Keyword>,
    /// What the text asks for.
    pub meaning: Meaning,
    /// For how long the body is stored sealed, because it may carry a secret.
    pub secret_life: Option<Duration>,
}

impl ParsedText {
    /// Parses the body of a text.
    pub fn parse(body: &str) -> Self {
        let normal = normalize(body);
        Self {
            keyword: Keyword::of(&normal),
            meaning: Meaning::of(&normal, body),
            secret_life: secret_life(&normal),
            normal,
        }
    }

    /// The command whose word the text begins with, whether its form is right or not.
    pub fn verb(&self) -> Option<Verb> {
        match self.meaning {
            Meaning::Command(verb, _) | Meaning::Misused(verb, _) => Some(verb),
            Meaning::Other => None,
        }
    }

    /// Whether the text is START in its right form.
    pub fn starts(&self) -> bool {
        matches!(self.meaning, Meaning::Command(Verb::Start, _))
    }

    /// Whether the text lifts an opt-out of its sender, given what the carrier made of the text.
    pub fn lifts_opt_out(&self, verdict: Option<CarrierVerdict>) -> bool {
        match (verdict, self.keyword) {
            (Some(CarrierVerdict::Stop | CarrierVerdict::Help), _) | (_, Some(Keyword::Stop)) => false,
            (Some(CarrierVerdict::Start), _) | (_, Some(Keyword::Resume)) => true,
            (None, None) => self.starts(),
        }
    }

    /// What else must be read before the command is decided.
    pub fn prepare(&self) -> Option<Prepare> {
        match self.meaning {
            Meaning::Command(verb, _) => verb.entry().prepare,
            Meaning::Misused(..) | Meaning::Other => None,
        }
    }
}

fn accepts(form: Form, args: &Args, body: &str) -> bool {
    match form {
        Form::Alone => args.words.is_empty(),
        Form::Anything => true,
        Form::Page => match args.words.as_slice() {
            [] => true,
            [page] => matches!(page.as_bytes(), [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9']),
            _ => false,
        },
        Form::OneWord => args.words.len() == 1 && !asks_or_quotes(body),
        Form::Something => !args.words.is_empty(),
    }
}

/// A question ("CHECKIN PELIO?") and a quoted message ("> CHECKIN PELIO") say nothing about where their sender is.
fn asks_or_quotes(body: &str) -> bool {
    let quotes = body
        .nfkc()
        .take_while(|letter| !is_word(*letter))
        .any(|letter| letter == '>');
    quotes || body.chars().any(is_question_mark) || body.nfkc().any(is_question_mark)
}

/// The question marks of the world's scripts, and those among the pictures.
fn is_question_mark(letter: char) -> bool {
    matches!(
        letter,
        '?' | '\u{bf}'
            | '\u{37e}'
            | '\u{55e}'
            | '\u{61f}'
            | '\u{1367}'
            | '\u{1945}'
            | '\u{203d}'
            | '\u{2753}'
            | '\u{2754}'
            | '\u{2cfa}'
            | '\u{2cfb}'
            | '\u{2e18}'
            | '\u{2e2e}'
            | '\u{a60f}'
            | '\u{a6f7}'
            | '\u{11143}'
            | '\u{1f679}'..='\u{1f67b}'
    )
}

fn is_word(letter: char) -> bool {
    letter == '+' || letter == '@' || (letter.is_alphanumeric() && !is_combining_mark(letter))
}

/// A text as commands are compared: NFKC, every run of other characters one space, ASCII letters in upper case.
pub fn normalize(body: &str) -> String {
    let mut normal = String::with_capacity(body.len());
    for letter in body.trim().nfkc() {
        if is_word(letter) {
            normal.push(letter.to_ascii_uppercase());
        } else if !normal.is_empty() && !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// What follows the first word, as typed, without the invisible characters that phones paste around numbers.
fn tail(body: &str) -> String {
    let typed: String = body
        .trim()
        .nfkc()
        .filter(|letter| !is_invisible(*letter))
        .collect();
    let after_word = typed
        .trim_start_matches(|letter| !is_word(letter))
        .trim_start_matches(is_word);
    after_word
        .trim_start_matches(|letter| !is_word(letter) && letter != '(')
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
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
    fn only_the_three_commands_of_linking_need_more_to_be_read() {
        for (body, expected) in [
            ("LINK a b c", Some(Prepare::Link)),
            ("CONFIRM goshawk", Some(Prepare::Confirm)),
            ("UNLINK", Some(Prepare::Unlink)),
            ("CHECKIN PELIO", None),
            ("CHECKIN", None),
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
            "CHECK IN PELIO",
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
        words.len() == 2
            && words[0] == "CHECKIN"
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
}
