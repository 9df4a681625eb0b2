//! Names that hikers give to themselves and to their contacts, made fit to be put in a text to somebody else.

use std::fmt;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::invisible::is_invisible;

/// Longest name, in characters.
pub const MAX_NAME: usize = 30;

/// Most digits that a name may have: with more it would be a number to call.
const MAX_DIGITS: usize = 4;

/// What a hiker is called on the trail: 1 to 30 characters. `Debug` masks it.
#[derive(Clone, PartialEq, Eq)]
pub struct TrailName(Box<str>);

impl TrailName {
    /// Reads a name as typed; `None` when nothing is left of it, or more than [`MAX_NAME`] characters.
    pub fn parse(typed: &str) -> Option<Self> {
        let cleaned = clean(typed);
        let fits = !cleaned.is_empty() && cleaned.chars().count() <= MAX_NAME;
        fits.then(|| Self(cleaned.into()))
    }

    /// A name that was stored.
    pub fn from_stored(name: impl Into<Box<str>>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TrailName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrailName(***)")
    }
}

/// What a hiker calls a contact: at most 30 characters, cut if longer; may be empty. `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ContactName(Box<str>);

impl ContactName {
    /// Reads a name as typed; `None` when nothing is left of it, or more than [`MAX_NAME`] characters.
    pub fn parse(typed: &str) -> Option<Self> {
        TrailName::parse(typed).map(|name| Self(name.0))
    }

    /// Makes a name of whatever was typed.
    pub fn clean(typed: &str) -> Self {
        let cut: String = clean(typed).chars().take(MAX_NAME).collect();
        Self(cut.trim_end().into())
    }

    /// A name that was stored.
    pub fn from_stored(name: impl Into<Box<str>>) -> Self {
        Self(name.into())
    }

    /// The name; empty when none was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ContactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactName(***)")
    }
}

/// Takes away what a name must not carry into another person's phone: control and invisible characters, markup, and
/// whatever a phone would turn into a link (`evil.com` becomes `evil com`).
fn clean(typed: &str) -> String {
    let mut visible: String = typed
        .chars()
        .filter(|letter| !is_invisible(*letter))
        .nfkc()
        .filter(|letter| !is_invisible(*letter))
        .collect();
    if visible.chars().filter(|letter| letter.is_numeric()).count() > MAX_DIGITS {
        visible.retain(|letter| !letter.is_numeric() && letter != '+');
    }
    // What stood apart may belong together now: a letter and its accent.
    let letters: Vec<char> = visible.nfkc().collect();
    let mut cleaned = String::with_capacity(typed.len());
    for (place, letter) in letters.iter().enumerate() {
        let links = is_label_separator(*letter)
            && dot_links(letters.get(place.saturating_add(1)..).unwrap_or_default());
        let forbidden = letter.is_control()
            || letter.is_whitespace()
            // It stands where the webhook read U+0000.
            || *letter == char::REPLACEMENT_CHARACTER
            || matches!(
                letter,
                '<' | '>' | '{' | '}' | '[' | ']' | '\\' | '|' | '^' | '`' | '~' | '/' | ':' | '@'
            );
        cleaned.push(if links || forbidden { ' ' } else { *letter });
    }
    let on_nothing = |letter: char| letter.is_whitespace() || is_combining_mark(letter);
    let begun = cleaned.trim_start_matches(on_nothing);
    begun.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands between the labels of a domain name, in any script (UTS 46, section 2.3). Two of them are no dots under
/// NFKC, and a phone makes a link of `evil。com` all the same.
fn is_label_separator(letter: char) -> bool {
    matches!(letter, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// Whether a dot before these characters could stand before a top-level domain or in an address.
fn dot_links(rest: &[char]) -> bool {
    let label = rest
        .iter()
        .filter(|letter| !is_combining_mark(**letter))
        .take_while(|letter| letter.is_alphanumeric())
        .count();
    label >= 2 || rest.first().is_some_and(|letter| letter.is_numeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_names_stay_as_typed() {
        for name in [
            "Sam",
            "Mum Smith",
            "J.R. O'Hara",
            "Mum & Dad",
            "Anne-Marie",
            "Zoë",
            "李雷",
            "李\u{3002}雷",
            "Team 42",
            "Ø",
            "🐻",
        ] {
            assert_eq!(TrailName::parse(name).unwrap().as_str(), name);
            assert_eq!(ContactName::clean(name).as_str(), name);
        }
    }

    #[test]
    fn links_markup_and_control_characters_are_taken_out() {
        for (typed, cleaned) in [
            ("<b>Sam</b>", "b Sam b"),
            ("evil.com/x", "evil com x"),
            ("https://bit.ly/2a", "https bit ly 2a"),
            ("Sam\r\nReply YES", "Sam Reply YES"),
            ("a\u{202e}b\u{0}c", "ab c"),
            ("me@example.org", "me example org"),
            ("Call 0900 123 456", "Call"),
            ("1.0.0.1", "1 0 0 1"),
            ("evil.c12345om", "evil com"),
            ("evil\u{3002}com", "evil com"),
            ("evil\u{ff61}com", "evil com"),
            ("evil\u{ff0e}com", "evil com"),
            ("evil\u{fe12}com", "evil com"),
            ("evil\u{fe52}com", "evil com"),
            ("evil\u{2024}com", "evil com"),
            ("evil\u{3002}\u{1bca0}com", "evil com"),
            ("evil.c\u{338}om", "evil c\u{338}om"),
            ("1\u{3002}0\u{ff61}0.1", "1 0 0 1"),
            ("m1\u{301}2345", "\u{1e3f}"),
            ("m\u{200b}\u{301}", "\u{1e3f}"),
        ] {
            assert_eq!(TrailName::parse(typed).unwrap().as_str(), cleaned, "{typed:?}");
        }
    }

    #[test]
    fn a_trail_name_has_1_to_30_characters() {
        assert!(TrailName::parse(&"é".repeat(30)).is_some());
        assert!(TrailName::parse(&"é".repeat(31)).is_none());
        for nothing in [
            " \u{200b}\n",
            "\u{301}",
            "\u{301} \u{302}",
            "\u{3164}",
            "\u{2800}\u{2800}",
            "\u{f8ff}\u{fffe}",
            "\u{fffd}",
        ] {
            assert!(TrailName::parse(nothing).is_none(), "{nothing:?}");
        }
        assert_eq!(TrailName::parse(" \u{301}Sam").unwrap().as_str(), "Sam");
        assert_eq!(
            TrailName::parse("Zoe\u{200d}\u{308}").unwrap().as_str(),
            "Zo\u{eb}"
        );
        assert_eq!(ContactName::clean(&"x".repeat(31)).as_str(), "x".repeat(30));
        assert_eq!(ContactName::parse(" Mum "), Some(ContactName::clean("Mum")));
        for refused in ["", " \u{200b}", &"x".repeat(31)] {
            assert_eq!(ContactName::parse(refused), None, "{refused:?}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_is_total_and_leaves_nothing_to_clean(typed in any::<String>()) {
            let once = ContactName::clean(&typed);
            prop_assert_eq!(ContactName::clean(once.as_str()), once.clone());
            prop_assert!(!once.as_str().chars().any(char::is_control));
            prop_assert!(once.as_str().chars().count() <= MAX_NAME);
        }
    }
}
