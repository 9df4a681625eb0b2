//! The two words of a promise: with them any phone can close it, because the hiker's own may have no power.

use std::fmt;

use crate::{random::Tag, word_list::Word};

/// Two different words of the list: 22 bits. They are printed for the hiker only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TripWords(Word, Word);

impl TripWords {
    /// The words that belong to an unpredictable tag.
    pub fn of(tag: Tag) -> Self {
        let [a, b, c, d, ..] = *tag.as_bytes();
        let place = |high, low| usize::from(u16::from_be_bytes([high, low]));
        let (first, second) = (Word::nth(place(a, b)), Word::nth(place(c, d)));
        if first == second {
            Self(first, Word::nth(place(c, d).wrapping_add(1)))
        } else {
            Self(first, second)
        }
    }

    /// Reads what is stored; `None` for anything that [`fmt::Display`] does not print.
    pub fn parse(raw: &str) -> Option<Self> {
        let (first, second) = raw.split_once(' ')?;
        Some(Self(Word::parse(first)?, Word::parse(second)?))
    }

    /// Reads what follows BACK: two words of the list, in this order and any case, and nothing after them but a link or
    /// further lines, which satellite messengers append to every text.
    pub fn in_tail(tail: &str) -> Option<Self> {
        let mut lines = tail.trim().lines();
        let mut texted = lines.next()?.split_whitespace();
        let word =
            |texted: &str| Word::parse(texted.trim_matches(|letter: char| matches!(letter, '.' | ',' | '!')));
        let words = Self(word(texted.next()?)?, word(texted.next()?)?);
        let ends = texted
            .next()
            .is_none_or(|next| next.contains("://") || next.starts_with("www."));
        ends.then_some(words)
    }

    /// The words as a hiker copies them, in capitals.
    pub fn in_capitals(self) -> String {
        self.to_string().to_ascii_uppercase()
    }
}

impl fmt::Display for TripWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.expose(), self.1.expose())
    }
}

impl fmt::Debug for TripWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TripWords(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_different_words_come_of_every_tag_and_are_read_back() {
        for byte in 0..=u8::MAX {
            let words = TripWords::of(Tag::from_bytes([byte; 16]));
            assert_ne!(words.0, words.1, "{byte}");
            assert_eq!(TripWords::parse(&words.to_string()), Some(words));
            assert_eq!(TripWords::in_tail(&words.in_capitals()), Some(words));
        }
    }

    #[test]
    fn only_two_words_of_the_list_are_trip_words() {
        let words = TripWords::parse("knitting mainland");
        for tail in [
            "knitting mainland",
            "Knitting Mainland.",
            " KNITTING  MAINLAND ",
            "knitting mainland https://inreachlink.com/AB12CD",
            "knitting mainland\nView the location or send a reply to Sam",
            "knitting mainland\r\n- Sam",
        ] {
            assert_eq!(TripWords::in_tail(tail), words, "{tail:?}");
        }
        for tail in [
            "",
            "knitting",
            "at camp",
            "soon",
            "knitting mainland ornament",
            "knitting mainland tonight",
            "knitting\nmainland",
            "knitting mainland?",
            "knitting and mainland",
        ] {
            assert_eq!(TripWords::in_tail(tail), None, "{tail:?}");
        }
        assert_ne!(TripWords::in_tail("mainland knitting"), words, "the order counts");
    }
}
