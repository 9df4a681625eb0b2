//! What a hiker has texted lately, made fit to be read by contacts: no command, no link, no sign that hides or reorders.

use unicode_normalization::UnicodeNormalization as _;

use super::{
    command::{Meaning, ParsedText},
    verb::Verb,
};
use crate::invisible::is_invisible;

/// Most characters of the hiker's own words in a text to a contact.
const LONGEST: usize = 120;

/// Shorter texts answer a question of ours, such as the number of a route.
const SHORTEST: usize = 3;

/// What stands between the words of two texts.
const BETWEEN: &str = " / ";

/// What stands in place of words that are left out.
const LEFT_OUT: &str = "...";

/// The newest words of these texts, which come newest first, in the order in which they were texted. Texts from before the
/// last ALERT were passed on with it. Commands are left out: they can hold secrets, and say nothing about the hiker.
pub(super) fn own_words(texts: &[String]) -> String {
    let newer = texts
        .iter()
        .map(|body| (ParsedText::parse(body), body))
        .take_while(|(text, _)| !text.asks_contacts());
    let said = newer
        .filter(|(text, _)| says_something(text))
        .map(|(_, body)| cleaned(body))
        .filter(|words| words.len() >= SHORTEST);
    let mut kept: Vec<String> = Vec::new();
    let mut room = LONGEST;
    for words in said {
        let between = if kept.is_empty() { 0 } else { BETWEEN.len() };
        let length = words.chars().count();
        if length + between <= room {
            room -= length + between;
            kept.push(words);
        } else {
            if kept.is_empty() {
                kept.push(shortened(&words));
            }
            break;
        }
    }
    kept.reverse();
    kept.join(BETWEEN)
}

fn says_something(text: &ParsedText) -> bool {
    let is_own = match &text.meaning {
        Meaning::Command(Verb::Help, args) => !args.words.is_empty(),
        Meaning::Command(..) => false,
        // The words of a trip or of a link, a number and a name can stand in these.
        Meaning::Misused(verb, _) => !matches!(
            verb,
            Verb::Back | Verb::Link | Verb::Confirm | Verb::Safe | Verb::SafeDel
        ),
        Meaning::Other => true,
    };
    text.keyword.is_none() && text.secret_life.is_none() && (text.is_distress || is_own)
}

fn shortened(words: &str) -> String {
    let kept: String = words.chars().take(LONGEST - LEFT_OUT.len()).collect();
    format!("{}{LEFT_OUT}", kept.trim_end())
}

/// The words without links and without characters that no phone shows; on one line, and without quotation marks, because
/// they stand between two of them.
fn cleaned(body: &str) -> String {
    let visible: String = body
        .nfkc()
        .filter(|letter| !is_invisible(*letter))
        .map(|letter| match letter {
            letter if letter.is_control() || letter.is_whitespace() => ' ',
            '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => '\'',
            // Another full stop that names of hosts can have.
            '\u{3002}' => '.',
            letter => letter,
        })
        .collect();
    let words = visible.split_whitespace().filter(|word| !is_link(word));
    words.map(unlinked).collect::<Vec<_>>().join(" ")
}

fn is_link(word: &str) -> bool {
    let lower = word.to_lowercase();
    let has_path = lower.split_once('/').is_some_and(|(host, _)| is_dotted(host));
    lower.contains("://") || lower.contains("www.") || has_path
}

/// Whether letters stand on both sides of a dot, as in the name of a host.
fn is_dotted(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    letters.windows(3).any(
        |three| matches!(three, [before, '.', after] if before.is_alphanumeric() && after.is_alphabetic()),
    )
}

/// A phone makes a link of `pelion.help`. With a blank behind the dot it does not, and the words stay readable.
fn unlinked(word: &str) -> String {
    if is_dotted(word) {
        word.replace('.', ". ").trim_end().to_owned()
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(texts: &[&str]) -> String {
        own_words(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_words_of_several_texts_stand_in_the_order_in_which_they_were_texted() {
        assert_eq!(
            words(&["at the creek below pelion", "broken leg need help"]),
            "broken leg need help / at the creek below pelion"
        );
    }

    #[test]
    fn commands_secrets_and_what_was_passed_on_before_are_left_out() {
        let texts = [
            "cannot walk",
            "CHECKIN PELIO",
            "LINK apple river stone",
            "STOP",
            "ALERT",
            "broken leg",
        ];
        assert_eq!(words(&texts), "cannot walk");
        assert_eq!(words(&["ALERT", "broken leg"]), "");
    }

    #[test]
    fn nothing_that_a_phone_makes_a_link_of_is_left() {
        for (body, cleaned) in [
            ("help https://evil.example/x me", "help me"),
            ("help HTTP://evil.example me", "help me"),
            ("hurt www.evil.example", "hurt"),
            ("hurt evil.example/login", "hurt"),
            ("broken leg.need help", "broken leg. need help"),
            ("hurt at evil.example now", "hurt at evil. example now"),
            ("hurt evil\u{ff0e}example/x", "hurt"),
            ("hurt evil\u{3002}example", "hurt evil. example"),
            ("hurt at -41.83,146.05", "hurt at -41.83,146.05"),
        ] {
            assert_eq!(words(&[body]), cleaned, "{body:?}");
        }
    }

    #[test]
    fn nothing_that_hides_reorders_or_breaks_a_line_is_left() {
        assert_eq!(
            words(&["hurt\u{202e} at\n\"Pelion\"\u{200b}\u{7}\u{0} \u{201c}now\u{201d}"]),
            "hurt at 'Pelion' 'now'"
        );
    }

    #[test]
    fn the_newest_words_are_kept_and_no_more_than_fit() {
        let long = "hurt ".repeat(40);
        let cut = words(&[&long]);
        assert!(cut.chars().count() <= LONGEST && cut.ends_with("..."), "{cut}");
        let filled = words(&["I am hurt", &long]);
        assert_eq!(filled, "I am hurt");
        for length in 0..300 {
            let text = "h\u{e9}".repeat(length);
            assert!(words(&[&text, "hurt", &text]).chars().count() <= LONGEST);
        }
    }
}
