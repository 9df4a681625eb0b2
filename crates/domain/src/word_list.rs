//! The words of LINK, CONFIRM and BACK: 2,048 plain English words, no two alike by ear or by their beginning.

use std::{fmt, sync::LazyLock};

use crate::random::{Entropy, uniform_below};

/// The list, in alphabetical order. Words and not digits, since carriers filter inbound texts that look like one-time
/// codes; unlike each other, since they are read aloud and typed with cold thumbs.
pub static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("word_list.txt").split_ascii_whitespace().collect());

/// One word of the list: eleven bits. It prints as `***`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(&'static str);

impl Word {
    /// One unpredictable word.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let words = &*WORDS;
        let bound = u32::try_from(words.len()).unwrap_or(u32::MAX).max(1);
        let place = usize::try_from(uniform_below(entropy, bound)).unwrap_or(0);
        Self(words.get(place).copied().unwrap_or_default())
    }

    /// The word at this place of the list, which begins again after its end.
    pub fn nth(place: usize) -> Self {
        Self(
            WORDS
                .iter()
                .cycle()
                .nth(place % WORDS.len().max(1))
                .copied()
                .unwrap_or_default(),
        )
    }

    /// Reads a word of the list in any case.
    pub fn parse(raw: &str) -> Option<Self> {
        let lower = raw.to_ascii_lowercase();
        let place = WORDS.binary_search(&lower.as_str()).ok()?;
        WORDS.get(place).copied().map(Self)
    }

    /// The word in lower case. The caller is responsible for where it goes.
    pub fn expose(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Word(***)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use crate::phone::dice::Dice;

    use super::*;

    #[test]
    fn there_are_2048_plain_words_in_order() {
        assert_eq!(WORDS.len(), 2_048);
        assert!(WORDS.is_sorted());
        for word in WORDS.iter() {
            assert!((3..=8).contains(&word.len()), "{word}");
            assert!(word.bytes().all(|letter| letter.is_ascii_lowercase()), "{word}");
        }
    }

    #[test]
    fn four_letters_tell_every_word_and_none_begins_another() {
        let mut beginnings = HashSet::new();
        for word in WORDS.iter() {
            assert!(beginnings.insert(&word[..word.len().min(4)]), "{word}");
        }
        for pair in WORDS.windows(2) {
            assert!(!pair[1].starts_with(pair[0]), "{pair:?}");
        }
    }

    #[test]
    fn no_word_is_a_command_or_a_call_for_help() {
        for word in [
            "link",
            "confirm",
            "unlink",
            "stop",
            "start",
            "help",
            "info",
            "status",
            "route",
            "routes",
            "checkin",
            "safe",
            "cast",
            "cancel",
            "quit",
            "end",
            "yes",
            "change",
            "register",
            "commands",
            "emergency",
            "rescue",
            "danger",
            "injured",
            "lost",
        ] {
            assert!(WORDS.binary_search(&word).is_err(), "{word}");
        }
    }

    #[test]
    fn no_two_words_sound_alike() {
        for (one, other) in [
            ("night", "knight"),
            ("write", "right"),
            ("phone", "fone"),
            ("scene", "seen"),
        ] {
            assert_eq!(sound(one), sound(other), "the rule hears {one} and {other}");
        }
        let mut heard = HashMap::new();
        for word in WORDS.iter() {
            assert_eq!(heard.insert(sound(word), word), None, "{word}");
        }
    }

    /// A word as it is heard over a bad line: its consonants, with voiced and unvoiced ones, silent letters and
    /// vowels (but for one at the beginning) told apart no more. After Lawrence Philips' Metaphone (1990).
    fn sound(word: &str) -> String {
        let mut letters: Vec<char> = word.chars().collect();
        letters.dedup();
        let mut rest: String = letters.into_iter().collect();
        for (silent, heard) in [
            ("kn", "n"),
            ("gn", "n"),
            ("pn", "n"),
            ("wr", "r"),
            ("ps", "s"),
            ("wh", "w"),
            ("x", "s"),
        ] {
            if let Some(tail) = rest.strip_prefix(silent) {
                rest = format!("{heard}{tail}");
                break;
            }
        }
        let mut heard = String::new();
        let mut at = 0;
        while at < rest.len() {
            let (sounds, step) = hear(&rest, at);
            heard.push_str(sounds);
            at += step;
        }
        let mut heard: Vec<char> = heard.chars().collect();
        heard.dedup();
        heard.into_iter().collect()
    }

    fn hear(word: &str, at: usize) -> (&'static str, usize) {
        let (rest, next) = (&word[at..], word[at + 1..].chars().next());
        let third = word[at + 1..].chars().nth(1);
        let vowel = |letter: Option<char>| letter.is_some_and(|letter| "aeiou".contains(letter));
        let soft = |letter: Option<char>| letter.is_some_and(|letter| "eiy".contains(letter));
        let begins = |patterns: &[&str]| patterns.iter().any(|pattern| rest.starts_with(pattern));
        match rest.as_bytes()[0] {
            b'y' if at == 0 && vowel(next) => ("y", 1),
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' => (if at == 0 { "a" } else { "" }, 1),
            b't' if begins(&["tch"]) => ("x", 3),
            b'd' if begins(&["dg"]) && soft(third) => ("j", 2),
            _ if at > 0 && begins(&["tio", "tia", "sio", "sia", "cia", "cio"]) => ("x", 1),
            b's' if begins(&["sch"]) => ("sk", 3),
            b's' if begins(&["sc"]) && soft(third) => ("s", 2),
            _ if begins(&["ch", "sh"]) => ("x", 2),
            b'p' if begins(&["ph"]) => ("f", 2),
            b't' if begins(&["th"]) => ("0", 2),
            b'g' if begins(&["gh"]) => (if at == 0 { "k" } else { "" }, 2),
            b'c' if begins(&["ck"]) => ("k", 2),
            b'c' => (if soft(next) { "s" } else { "k" }, 1),
            b'g' if rest == "gn" => ("", 1),
            b'g' => (if soft(next) { "j" } else { "k" }, 1),
            b'b' => (
                if rest == "b" && word.ends_with("mb") {
                    ""
                } else {
                    "b"
                },
                1,
            ),
            b'h' => (if vowel(next) || next == Some('y') { "h" } else { "" }, 1),
            b'w' => (if vowel(next) { "w" } else { "" }, 1),
            b'd' | b't' => ("t", 1),
            b'q' | b'k' => ("k", 1),
            b'v' | b'f' => ("f", 1),
            b'z' | b's' => ("s", 1),
            b'x' => ("ks", 1),
            b'j' => ("j", 1),
            b'l' => ("l", 1),
            b'm' => ("m", 1),
            b'n' => ("n", 1),
            b'p' => ("p", 1),
            b'r' => ("r", 1),
            other => panic!("{} is no letter of the list", char::from(other)),
        }
    }

    #[test]
    fn every_word_is_drawn_sooner_or_later() {
        let entropy = Dice::new(2);
        let drawn: HashSet<&str> = (0..40_000).map(|_| Word::draw(&entropy).expose()).collect();
        assert_eq!(drawn.len(), 2_048);
        assert_eq!(format!("{:?}", Word::draw(&entropy)), "Word(***)");
    }
}
