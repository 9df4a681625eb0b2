//! Reads the number and the name in the tail of SAFE.

use super::ContactName;
use crate::phone_number::{PhoneNumber, Region};

/// Digits that make a run of a text look like a second number.
const NUMBER_DIGITS: usize = 6;

/// Why SAFE could not be read. Nothing was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// No phone number stands at the beginning or at the end.
    NoNumber,
    /// The number has the form of another country's, written without its code.
    NoCountry,
    /// Two numbers stand in the text, or one and most of another.
    TwoNumbers,
    /// The name is longer than a name may be.
    LongName,
}

/// The number and the name, whichever stands first.
///
/// # Errors
///
/// [`Unreadable`] unless every part of the text belongs to one number and one name.
pub fn contact_in(tail: &str, region: Region) -> Result<(PhoneNumber, ContactName), Unreadable> {
    let found = number_first(tail, region).or_else(|| number_last(tail, region));
    let Some((phone, name)) = found else {
        return Err(match digits(tail) {
            NUMBER_DIGITS.. => Unreadable::NoCountry,
            _ => Unreadable::NoNumber,
        });
    };
    if digits(name) >= NUMBER_DIGITS {
        return Err(Unreadable::TwoNumbers);
    }
    let name = name_in(name);
    if name.is_empty() {
        return Ok((phone, ContactName::default()));
    }
    let whole = ContactName::parse(name).ok_or(Unreadable::LongName)?;
    Ok((phone, whole))
}

/// Whether a run of the text has as many digits as a phone number.
pub fn has_number(tail: &str) -> bool {
    tail.split(|letter| !is_phone_like(letter))
        .any(|run| digits(run) >= NUMBER_DIGITS)
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// The name without the punctuation between number and name, or brackets around it.
fn name_in(rest: &str) -> &str {
    let between =
        |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '.' | ':' | '=' | '-' | ')');
    let name = rest.trim_start_matches(between).trim_end_matches(|letter: char| {
        letter.is_whitespace() || matches!(letter, ',' | ';' | ':' | '=' | '-' | '(')
    });
    match name.strip_suffix(')') {
        Some(bare) if !bare.contains('(') => bare,
        _ => name,
    }
}

fn is_phone_like(letter: char) -> bool {
    matches!(
        letter,
        '0'..='9' | '+' | '(' | ')' | '-' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}'
    ) || letter.is_whitespace()
}

/// The longest beginning that is a phone number, and what follows it.
fn number_first(tail: &str, region: Region) -> Option<(PhoneNumber, &str)> {
    let run = tail.find(|letter| !is_phone_like(letter)).unwrap_or(tail.len());
    let (run, _) = tail.split_at_checked(run)?;
    let blanks = run
        .char_indices()
        .rev()
        .filter(|(_, letter)| letter.is_whitespace())
        .map(|(place, _)| place);
    std::iter::once(run.len()).chain(blanks).find_map(|end| {
        let (number, rest) = tail.split_at_checked(end)?;
        let number = number.trim_end_matches([' ', '-', '.', '/', '(']);
        Some((PhoneNumber::parse(number, region).ok()?, rest))
    })
}

/// The longest end that is a phone number, and what stands before it.
fn number_last(tail: &str, region: Region) -> Option<(PhoneNumber, &str)> {
    let before = tail
        .char_indices()
        .rev()
        .find(|(_, letter)| !is_phone_like(*letter))
        .map_or(0, |(place, letter)| place.saturating_add(letter.len_utf8()));
    let (name, run) = tail.split_at_checked(before)?;
    let starts = run
        .char_indices()
        .filter(|(_, letter)| letter.is_whitespace())
        .map(|(place, letter)| place.saturating_add(letter.len_utf8()));
    std::iter::once(0).chain(starts).find_map(|start| {
        let number = run.get(start..)?;
        let phone = PhoneNumber::parse(number.trim_matches([' ', '-', '.', '/']), region).ok()?;
        Some((phone, tail.get(..name.len().saturating_add(start))?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tail: &str) -> Result<(String, String), Unreadable> {
        contact_in(tail, Region::parse("AU").unwrap())
            .map(|(phone, name)| (phone.as_str().to_owned(), name.as_str().to_owned()))
    }

    #[test]
    fn the_number_stands_first_or_last() {
        for (tail, phone, name) in [
            ("0400 111 222 Mum Smith", "+61400111222", "Mum Smith"),
            ("0400 111 222", "+61400111222", ""),
            ("(04) 0011-1222, Dad", "+61400111222", "Dad"),
            ("0400111222Mum", "+61400111222", "Mum"),
            ("0400 111 222 2nd phone", "+61400111222", "2nd phone"),
            ("0400\n111\n222 - Jo", "+61400111222", "Jo"),
            ("+64 21 123 4567 Kiri", "+64211234567", "Kiri"),
            ("0400\u{2011}111\u{2011}222 Al", "+61400111222", "Al"),
            ("0400\u{2212}111\u{2212}222 Al", "+61400111222", "Al"),
            ("Al 0400\u{2043}111\u{2043}222", "+61400111222", "Al"),
            ("0400111222 (Mum)", "+61400111222", "Mum"),
            ("0400 111 222 - Mum (home)", "+61400111222", "Mum (home)"),
            ("0400 111 222: Dr. Jo", "+61400111222", "Dr. Jo"),
            ("0400 111 222 42", "+61400111222", "42"),
            ("0400 111 222 -", "+61400111222", ""),
            ("Mum 0400 111 222", "+61400111222", "Mum"),
            ("mum 0400111222", "+61400111222", "mum"),
            ("Mum: +61 400 111 222", "+61400111222", "Mum"),
            ("Mum (0400 111 222)", "+61400111222", "Mum"),
            ("Team 42 0400 111 222", "+61400111222", "Team 42"),
        ] {
            assert_eq!(read(tail), Ok((phone.to_owned(), name.to_owned())), "{tail}");
        }
    }

    #[test]
    fn nothing_is_dropped_without_a_word() {
        for (tail, why) in [
            ("0491 570 156 0491 570 157 Mum", Unreadable::TwoNumbers),
            ("0491 570 156 Mum 0491 570 157", Unreadable::TwoNumbers),
            ("0491 570 156 / 0491 570 157", Unreadable::TwoNumbers),
            (
                "0400 111 222 Mum and Dad at home in Launceston",
                Unreadable::LongName,
            ),
            ("0400 111 2223 Mum", Unreadable::NoCountry),
            ("0400 111 22 Mum", Unreadable::NoCountry),
            ("0400 1", Unreadable::NoNumber),
            ("", Unreadable::NoNumber),
            ("at camp", Unreadable::NoNumber),
            ("mum", Unreadable::NoNumber),
        ] {
            assert_eq!(read(tail), Err(why), "{tail}");
        }
    }
}
