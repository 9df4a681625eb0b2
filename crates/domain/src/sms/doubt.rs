//! Tells a name from a text that is no name, at the prompt for a trail name.
//!
//! A family reads this name, so a doubtful one is asked back once. It is never refused: people have strange names.

use super::{
    command::{Meaning, ParsedText},
    remark::Remark,
};

/// Fewest words that read like a sentence.
const SENTENCE_WORDS: usize = 5;

/// Openings of sentences that are no name, as commands are compared.
const OPENINGS: &[&str] = &[
    "I ",
    "IM ",
    "I M ",
    "WHAT ",
    "WHO ",
    "WHY ",
    "HOW ",
    "WHERE ",
    "WHEN ",
    "CAN ",
    "DO ",
    "IS ",
    "MY NAME IS ",
    "THIS IS ",
    "NO ",
    "YES ",
];

/// Words that people answer to a question they do not understand.
const ANSWERS: &[&str] = &[
    "NO", "YES", "NONE", "NAME", "NOTHING", "NOBODY", "NA", "N A", "SKIP",
];

/// Words that acknowledge or refuse, and are neither a name nor [`CONFIRM_NAME`](crate::user::CONFIRM_NAME).
const ACKNOWLEDGEMENTS: &[&str] = &[
    "NO",
    "NOPE",
    "NAH",
    "N",
    "YES",
    "Y",
    "YEAH",
    "CORRECT",
    "RIGHT",
    "THATS RIGHT",
    "THAT S RIGHT",
    "TRUE",
    "CONFIRMED",
];

/// Returns true if a text is no other name after the question whether the first one is right: a yes, a no or a courtesy.
pub(super) fn only_acknowledges(text: &ParsedText) -> bool {
    let normal = text.normal.as_str();
    ACKNOWLEDGEMENTS.contains(&normal) || Remark::of(&text.typed, normal, false) == Remark::Courtesy
}

/// Returns true if a text at the prompt for a name is probably not meant as a name.
pub(super) fn is_doubtful_name(text: &ParsedText) -> bool {
    let normal = text.normal.as_str();
    let asks = text.typed.contains(['?', '\u{ff1f}']);
    let is_sentence = normal.split(' ').count() >= SENTENCE_WORDS
        || OPENINGS.iter().any(|opening| normal.starts_with(opening));
    let is_remark = Remark::of(&text.typed, normal, false) != Remark::Other;
    let is_command = text.keyword.is_some() || !matches!(text.meaning, Meaning::Other);
    let is_one_sign = normal.chars().count() <= 1;
    asks || is_sentence || is_remark || is_command || is_one_sign || ANSWERS.contains(&normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_and_anything_else_is_asked_back() {
        for name in [
            "Sam",
            "Sam Lee",
            "Wombat",
            "J.R. O'Hara",
            "Route 66",
            "Zoë",
            "Team 42",
            "Mum & Dad",
        ] {
            let text = ParsedText::parse(name);
            let is_command = !matches!(text.meaning, Meaning::Other);
            assert!(is_command || !is_doubtful_name(&text), "{name}");
        }
        for text in [
            "what is a trail name?",
            "Hi, I want to register",
            "thank you",
            "ok",
            "x",
            "none",
            "I am a hiker",
            "please tell me what this is for",
        ] {
            assert!(is_doubtful_name(&ParsedText::parse(text)), "{text}");
        }
    }
}
