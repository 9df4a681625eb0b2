//! Recognises a courtesy: a text that thanks or acknowledges and asks for nothing.

use super::normal::normalize;

/// Words of which a courtesy consists, as commands are compared.
const WORDS: &[&str] = &[
    "THANKS",
    "THANK",
    "THX",
    "THANKYOU",
    "TY",
    "TA",
    "CHEERS",
    "OK",
    "OKAY",
    "OKEY",
    "OKI",
    "K",
    "KK",
    "GREAT",
    "GOOD",
    "COOL",
    "NICE",
    "LOVELY",
    "PERFECT",
    "AWESOME",
    "BRILLIANT",
    "WONDERFUL",
    "GOT",
    "IT",
    "YOU",
    "MUCH",
    "VERY",
    "SO",
    "A",
    "LOT",
    "MANY",
    "FOR",
    "LETTING",
    "ME",
    "KNOW",
    "THE",
    "UPDATE",
    "NOTED",
    "RECEIVED",
    "UNDERSTOOD",
    "ROGER",
    "COPY",
    "THAT",
    "WILL",
    "DO",
    "NO",
    "WORRIES",
    "PROBLEM",
    "ALRIGHT",
    "RIGHT",
    "YEP",
    "YUP",
    "YEAH",
    "SURE",
    "GLAD",
    "TO",
    "HEAR",
    "XX",
    "XXX",
    "XO",
    "XOXO",
    "BYE",
    "CIAO",
    "MATE",
    "ALL",
];

/// Words of which at least one must stand in a courtesy: the rest of [`WORDS`] only fills it up.
const CORE: &[&str] = &[
    "THANKS",
    "THANK",
    "THX",
    "THANKYOU",
    "TY",
    "TA",
    "CHEERS",
    "OK",
    "OKAY",
    "OKEY",
    "OKI",
    "K",
    "KK",
    "GREAT",
    "COOL",
    "NICE",
    "LOVELY",
    "PERFECT",
    "AWESOME",
    "BRILLIANT",
    "WONDERFUL",
    "NOTED",
    "RECEIVED",
    "UNDERSTOOD",
    "ROGER",
    "ALRIGHT",
    "YEP",
    "YUP",
    "YEAH",
    "SURE",
    "GLAD",
    "XX",
    "XXX",
    "XO",
    "XOXO",
    "BYE",
    "CIAO",
    "WORRIES",
    "GOT",
    "PROBLEM",
];

/// First words of a tapback: what an iPhone sends as a text if somebody reacts to a message
/// (Apple, "React with Tapbacks in Messages on iPhone").
const TAPBACKS: &[&str] = &[
    "LIKED",
    "LOVED",
    "DISLIKED",
    "LAUGHED AT",
    "EMPHASIZED",
    "EMPHASISED",
    "QUESTIONED",
    "REACTED",
    "REMOVED A LIKE FROM",
    "REMOVED A HEART FROM",
    "REMOVED A DISLIKE FROM",
    "REMOVED A LAUGH FROM",
    "REMOVED AN EXCLAMATION FROM",
    "REMOVED A QUESTION MARK FROM",
    "REMOVED",
];

/// Most words that a courtesy has: a longer text says more than thanks.
const MOST_WORDS: usize = 8;

/// Returns true if the text is a courtesy. `typed` is the text as it came, `normal` as commands are compared.
///
/// A text of pictures and punctuation alone (`👍`) is one too, unless it contains a question mark; an empty text is not.
pub fn is_courtesy(typed: &str, normal: &str) -> bool {
    if normal.is_empty() {
        return is_only_pictures(typed);
    }
    if is_tapback(typed, normal) {
        return true;
    }
    if typed.contains('?') {
        return false;
    }
    let words: Vec<&str> = normal.split(' ').collect();
    words.len() <= MOST_WORDS
        && words.iter().all(|word| WORDS.contains(word))
        && words.iter().any(|word| CORE.contains(word))
}

/// Returns true if the text is what a phone sends for a reaction: it says what was done, and quotes the message to its
/// end or names the kind of attachment. The quoted words are ours, and no call for help.
pub(super) fn is_tapback(typed: &str, normal: &str) -> bool {
    let typed = typed.trim();
    let opening = typed
        .split(['\u{201c}', '"'])
        .next()
        .map(normalize)
        .unwrap_or_default();
    let quotes = opening.len() < normal.len() && typed.ends_with(['\u{201d}', '"']);
    let reacts = || {
        // The picture of the reaction stands in front, or inside: "Reacted 👍 to", "👍 to".
        let is_picture = typed.chars().next().is_some_and(|first| !first.is_ascii());
        let is_plain = TAPBACKS.contains(&opening.as_str());
        is_plain
            || (is_picture && opening == "TO")
            || matches!(opening.as_str(), "REACTED TO" | "REMOVED FROM")
    };
    let names_attachment = || {
        let kinds = [
            "an image",
            "a photo",
            "a movie",
            "an attachment",
            "a message",
            "an audio message",
        ];
        let before = kinds.iter().filter_map(|kind| typed.strip_suffix(kind));
        before
            .map(normalize)
            .any(|opening| TAPBACKS.contains(&opening.as_str()))
    };
    (quotes && reacts()) || names_attachment()
}

fn is_only_pictures(typed: &str) -> bool {
    let mut visible = typed.chars().filter(|letter| !letter.is_whitespace());
    let mut pictures = false;
    for letter in visible.by_ref() {
        if letter == '?' || letter == '\u{2753}' || letter == '\u{2754}' || letter == '\u{1f198}' {
            return false;
        }
        pictures |= !letter.is_ascii();
    }
    pictures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn courtesy(body: &str) -> bool {
        is_courtesy(body, &normalize(body))
    }

    #[test]
    fn thanks_and_signs_are_courtesies() {
        for body in [
            "thanks",
            "Thank you!",
            "ok",
            "Ok thanks",
            "OK, thanks for letting me know",
            "thank you so much xx",
            "Got it",
            "\u{1f44d}",
            "\u{2764}\u{fe0f}",
            "\u{1f44d}\u{1f44d} ",
            "Liked \u{201c}Sam checked in at New Pelion Hut\u{201d}",
            "Loved an image",
            "Removed a heart from an image",
            "Liked \u{201c}Call 000, ask for Police. Are you out?\u{201d}",
            "Removed a like from \u{201c}ALERT: Sam is lost\u{201d}",
            "Laughed at \"Text MENU\"",
            "\u{1f44d} to \u{201c}ask for Police\u{201d}",
            "Reacted \u{1f44d} to \u{201c}ask for Police\u{201d}",
            "great, cheers",
            "no worries",
        ] {
            assert!(courtesy(body), "{body:?}");
        }
    }

    #[test]
    fn whatever_asks_or_tells_is_no_courtesy() {
        for body in [
            "",
            "  ",
            "ok?",
            "is sam ok",
            "thanks, where is he",
            "ok going now",
            "SOS",
            "\u{1f198}",
            "\u{2753}",
            "...",
            "that will do it for me",
            "Loved it here",
            "Liked \u{201c}Call 000\u{201d} but he is lost",
            "to \u{201c}Pelion\u{201d}",
            "all good",
            "I got to the hut",
        ] {
            assert!(!courtesy(body), "{body:?}");
        }
    }
}
