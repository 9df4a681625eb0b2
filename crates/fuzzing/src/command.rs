//! A text, read as a command.

use thunderbird_domain::sms::{
    command::{Meaning, ParsedText},
    keyword::{Keyword, RESUME_WORDS, STOP_PHRASES, STOP_WORDS},
    normal::normalize,
    verb::Verb,
};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::input;

/// A text's body.
pub fn check(bytes: &[u8]) {
    let body = input::text(bytes);
    let normal = normalize(&body);
    assert_eq!(normalize(&normal), normal, "from {body:?}");
    assert_eq!(normal, words(&body).join(" "), "from {body:?}");
    let text = ParsedText::parse(&body);
    assert!(body.starts_with(&text.typed), "{body:?}");
    let typed = text.typed.as_str();
    let read = words(typed);
    assert_eq!(text.normal, read.join(" "), "{body:?}");
    let expected = match text.normal.as_str() {
        word if STOP_WORDS.contains(&word) || STOP_PHRASES.contains(&word) => Some(Keyword::Stop),
        word if RESUME_WORDS.contains(&word) => Some(Keyword::Resume),
        _ => None,
    };
    assert_eq!(text.keyword, expected, "{body:?}");
    match text.meaning {
        Meaning::Command(verb, args) => {
            assert_eq!(verb == Verb::CheckIn, camp_of(typed).is_some(), "{body:?}");
            if verb == Verb::CheckIn {
                assert_eq!(Some(args.first()), camp_of(typed).as_deref());
            }
            if args.words.is_empty() {
                return;
            }
            assert!(follows(verb, &read, &args.words), "{body:?}");
            let again = ParsedText::parse(&format!("{} {}", verb.word(), args.words.join(" ")));
            assert_eq!(again.verb(), Some(verb), "{body:?}");
        }
        Meaning::Misused(verb, args) => {
            assert!(follows(verb, &read, &args.words), "{body:?}");
            assert_eq!(camp_of(typed), None, "{body:?}");
        }
        Meaning::Other => assert_eq!(camp_of(typed), None, "{body:?}"),
    }
}

/// Whether the text consists of the command's word, or its two words, and the arguments.
fn follows(verb: Verb, read: &[String], args: &[String]) -> bool {
    let in_two_words = match verb {
        Verb::CheckIn => read.iter().take(2).eq(["CHECK", "IN"]),
        Verb::SafeDel => read.first().is_some_and(|word| word == "SAFE"),
        _ => false,
    };
    let words = if in_two_words { 2 } else { 1 };
    let is_named = in_two_words || verb.entry().words.contains(&read[0].as_str());
    is_named && args == &read[words..]
}

/// The words of a text, by the page of commands: letters, digits, `+` and `@`, ASCII in capitals.
pub fn words(body: &str) -> Vec<String> {
    let letters: Vec<char> = body.trim().nfkc().collect();
    letters
        .split(|letter| !in_word(*letter))
        .filter(|word| !word.is_empty())
        .map(|word| word.iter().map(char::to_ascii_uppercase).collect())
        .collect()
}

fn in_word(letter: char) -> bool {
    ['+', '@'].contains(&letter) || (letter.is_alphanumeric() && !is_combining_mark(letter))
}

/// Every character whose name in Unicode says that it is a question mark, an interrobang or one of their ornaments.
const QUESTIONS: &str = "?\u{bf}\u{37e}\u{55e}\u{61f}\u{1367}\u{1945}\u{203d}\u{2753}\u{2754}\u{2cfa}\u{2cfb}\
                         \u{2e18}\u{2e2e}\u{a60f}\u{a6f7}\u{11143}\u{1f679}\u{1f67a}\u{1f67b}";

/// What stands in the place of the camp's code when a text is, by the page of commands, a check-in and nothing else.
pub fn camp_of(body: &str) -> Option<String> {
    let is_question = |letter: char| QUESTIONS.contains(letter);
    let asks = body.contains(is_question) || body.nfkc().any(is_question);
    let quotes = body
        .nfkc()
        .take_while(|letter| !in_word(*letter))
        .any(|letter| letter == '>');
    match words(body).as_slice() {
        [command, camp] if command == "CHECKIN" && !asks && !quotes => Some(camp.clone()),
        [check, r#in, camp] if check == "CHECK" && r#in == "IN" && !asks && !quotes => Some(camp.clone()),
        _ => None,
    }
}
