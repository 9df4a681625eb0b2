//! A text as commands are compared, and what its signs say.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A question ("CHECKIN PELIO?") and a quoted message ("> CHECKIN PELIO") say nothing about where their sender is.
pub(super) fn asks_or_quotes(body: &str) -> bool {
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

pub(super) fn is_word(letter: char) -> bool {
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
