//! Endings that satellite messengers and mail programs append to a text.
//!
//! They are cut before a text is read as a command, and for that purpose only: the stored body stays whole.

use super::normal::asks_or_quotes;

/// Where an ending may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On the line of the text, after a blank.
    Inline,
    /// At the beginning of a line of its own.
    OwnLine,
}

/// What must follow the first words, so that a sentence which happens to contain them is none.
#[derive(Clone, Copy)]
enum Rest {
    /// Anything: these words are a machine's.
    Anything,
    /// At most [`DEVICE_WORDS`] words to the end of the text: the name of a device or of a program.
    Device,
    /// A number after blanks, a colon or a sign.
    Number,
    /// Numbers of a place and nothing else.
    Coordinates,
    /// The rest of the link, then at most the sender's name (` - Sam`).
    Link,
}

/// An ending: its first words in lower case, where it may stand, and what must follow.
struct Ending(&'static str, Place, Rest);

/// Most words of a device's name: `Galaxy S23 Ultra`.
const DEVICE_WORDS: usize = 3;

/// Most words of a sender's name.
const NAME_WORDS: usize = 3;

/// Most letters of a sender's name.
const LONGEST_NAME: usize = 30;

/// Words that stand between the numbers of a place.
const COORDINATE_WORDS: &[&str] = &["lon", "long", "lng", "longitude", "n", "s", "e", "w"];

/// The ending in front of which a gateway puts the sender's name (` - Sam sent this message from: …`).
const NAMES_SENDER: &str = "sent this message from";

/// The list. Every group names where it was seen.
const ENDINGS: &[Ending] = &[
    // Apple, "Change your Mail settings": the default signature of a mail that a gateway turns into a text.
    Ending("sent from my ", Place::Inline, Rest::Device),
    // Microsoft Outlook for mobile, default signatures; Gmail and other programs.
    Ending("get outlook for ", Place::Inline, Rest::Device),
    Ending("sent from outlook for ", Place::Inline, Rest::Device),
    Ending("sent via ", Place::OwnLine, Rest::Device),
    Ending("sent using ", Place::OwnLine, Rest::Device),
    // Garmin, "inReach messages": link and footer of a message to a phone number.
    Ending("https://inreachlink.com/", Place::Inline, Rest::Link),
    Ending("inreachlink.com/", Place::Inline, Rest::Link),
    Ending("http://inreachlink.com/", Place::Inline, Rest::Link),
    Ending("https://txt.garmin.com/", Place::Inline, Rest::Link),
    Ending("https://us0.explore.garmin.com/", Place::Inline, Rest::Link),
    Ending("https://eur.explore.garmin.com/", Place::Inline, Rest::Link),
    Ending("https://aus.explore.garmin.com/", Place::Inline, Rest::Link),
    Ending("view the location or send a reply", Place::Inline, Rest::Anything),
    Ending(
        "do not reply directly to this message",
        Place::Inline,
        Rest::Anything,
    ),
    // ZOLEO, "Messages to e-mail and SMS": place of the sender.
    Ending("sent this message from: lat", Place::Inline, Rest::Number),
    Ending("sent this message from lat", Place::Inline, Rest::Number),
    Ending("zoleo message", Place::OwnLine, Rest::Anything),
    // SPOT X, "Messaging": footer of a message.
    Ending("lat", Place::OwnLine, Rest::Number),
    Ending("(lat", Place::Inline, Rest::Coordinates),
];

/// What begins every link in which a Garmin messenger's text ends. It comes from a number of a pool that many
/// people's messengers share, and the next one comes from another (Garmin, "inReach messages").
const POOL_LINKS: &[&str] = &["inreachlink.com/", "txt.garmin.com/", "explore.garmin.com/"];

/// Whether the text comes from a messenger whose number belongs to no person: the number of its next text can be another
/// one, and another person's text can come from this one. Messengers with a number of their own (ZOLEO, SPOT X) are not
/// meant.
pub fn is_from_a_pool(body: &str) -> bool {
    let kept = without_ending(body);
    let cut = body.get(kept.len()..).unwrap_or_default().to_ascii_lowercase();
    POOL_LINKS.iter().any(|link| cut.contains(link)) || cut.contains("view the location or send a reply")
}

/// The text without the endings that messengers appended; the whole text if there are none.
///
/// `CHECKIN PELIO - Sam sent this message from: Lat -41.8 Lon 146.0` gives `CHECKIN PELIO`. Nothing is cut if what would
/// be cut asks something: its sender is not saying where they are.
pub fn without_ending(body: &str) -> &str {
    let mut kept = body;
    while let Some(shorter) = without_last(kept) {
        kept = shorter;
    }
    let cut = body.get(kept.len()..).unwrap_or_default();
    let words = cut.split_whitespace().filter(|word| !is_link(word));
    if asks_or_quotes(&words.collect::<Vec<_>>().join(" ")) {
        body
    } else {
        kept
    }
}

/// A link's question mark asks nothing.
fn is_link(word: &str) -> bool {
    word.contains("://") || word.to_ascii_lowercase().contains("inreachlink.com/")
}

/// The text without one ending; `None` if it has no ending.
fn without_last(body: &str) -> Option<&str> {
    let lower = body.to_ascii_lowercase();
    let cut = ENDINGS.iter().filter_map(|ending| place(&lower, ending)).min()?;
    let kept = body.get(..cut)?;
    let kept = if lower.get(cut..)?.starts_with(NAMES_SENDER) {
        without_sender(kept.trim_end())
    } else {
        kept
    };
    Some(kept.trim_end_matches(is_between))
}

/// Blanks and dashes between a text and its ending.
fn is_between(letter: char) -> bool {
    letter.is_whitespace() || is_dash(letter)
}

fn is_dash(letter: char) -> bool {
    matches!(letter, '-' | '\u{2013}' | '\u{2014}')
}

/// Where the ending begins. `lower` has the byte positions of the text, because only ASCII letters were changed.
fn place(lower: &str, Ending(begins, place, rest): &Ending) -> Option<usize> {
    lower.match_indices(begins).map(|(at, _)| at).find(|at| {
        let before = lower.get(..*at).unwrap_or_default();
        let after = lower.get(at.saturating_add(begins.len())..).unwrap_or_default();
        let begins_line = before
            .trim_end_matches(|letter| letter == ' ' || letter == '\t' || is_dash(letter))
            .ends_with('\n');
        let has_text = !before.trim().is_empty();
        let stands_right = begins_line || (*place == Place::Inline && before.ends_with(char::is_whitespace));
        has_text && stands_right && follows(after, *rest)
    })
}

/// Whether what follows an ending's first words is what the messenger writes there.
fn follows(after: &str, rest: Rest) -> bool {
    match rest {
        Rest::Anything => true,
        Rest::Device => (1..=DEVICE_WORDS).contains(&after.split_whitespace().count()),
        Rest::Number => begins_with_number(after),
        Rest::Coordinates => {
            let after = after.strip_prefix("itude").unwrap_or(after);
            let mut words = after
                .split(|letter: char| !letter.is_alphabetic())
                .filter(|word| !word.is_empty());
            begins_with_number(after) && words.all(|word| COORDINATE_WORDS.contains(&word))
        }
        Rest::Link => {
            let name = after
                .split_once(char::is_whitespace)
                .map_or("", |(_, name)| name.trim());
            name.is_empty() || (name.starts_with(is_dash) && is_name(name.trim_start_matches(is_between)))
        }
    }
}

fn begins_with_number(after: &str) -> bool {
    let after = after.strip_prefix("itude").unwrap_or(after);
    let number = after.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ':');
    number
        .trim_start_matches(['-', '+', '\u{2212}'])
        .starts_with(|letter: char| letter.is_ascii_digit())
}

fn is_name(words: &str) -> bool {
    words.chars().count() <= LONGEST_NAME && words.split_whitespace().count() <= NAME_WORDS
}

/// Takes off ` - Sam`: the sender's name between the text and `sent this message from`.
fn without_sender(kept: &str) -> &str {
    kept.rsplit_once(" - ")
        .or_else(|| kept.rsplit_once("\n- "))
        .filter(|(text, name)| !text.trim().is_empty() && is_name(name))
        .map_or(kept, |(text, _)| text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_messenger_appends_is_cut() {
        for (body, text) in [
            (
                "CHECKIN PELIO - Sam sent this message from: Lat -41.8295 Lon 146.0464",
                "CHECKIN PELIO",
            ),
            ("CHECKIN PELIO\nSent from my iPhone", "CHECKIN PELIO"),
            ("CHECKIN PELIO Sent from my Galaxy", "CHECKIN PELIO"),
            ("CHECKIN PELIO https://inreachlink.com/ABC123", "CHECKIN PELIO"),
            ("BACK - inreachlink.com/XYZ - Sam", "BACK"),
            (
                "CHECKIN PELIO\n\nView the location or send a reply to Sam:\nhttps://x",
                "CHECKIN PELIO",
            ),
            ("checkin pelio (Lat: -41.8, Lon: 146.0)", "checkin pelio"),
            (
                "CHECKIN PELIO (Lat -41.8 Lon 146.0) Sent from my iPhone 15 Pro",
                "CHECKIN PELIO",
            ),
            ("CHECKIN PELIO\nlat: +41.8\nlon: 146.0", "CHECKIN PELIO"),
            ("CHECKIN PELIO https://inreachlink.com/A?b=c", "CHECKIN PELIO"),
        ] {
            assert_eq!(without_ending(body), text, "{body:?}");
        }
    }

    #[test]
    fn a_number_of_a_pool_is_known_by_the_link_that_its_messengers_append() {
        for body in [
            "START https://inreachlink.com/ABC123",
            "START - inreachlink.com/XYZ - Sam",
            "Sam Lee https://aus.explore.garmin.com/textmessage/txtmsg?extId=1",
            "START\n\nView the location or send a reply to Sam:\nhttps://x",
        ] {
            assert!(is_from_a_pool(body), "{body:?}");
        }
        for body in [
            "START",
            "START sent this message from: Lat -41.8 Lon 146.0",
            "START\nSent from my iPhone",
            "what is inreachlink.com/A for?",
            "Sam Garmin",
        ] {
            assert!(!is_from_a_pool(body), "{body:?}");
        }
    }

    #[test]
    fn a_text_without_an_ending_stays_whole() {
        for body in [
            "CHECKIN PELIO",
            "SAFE 0491 570 156 Mum - Hobart",
            "sent from my heart",
            "Sent from my iPhone",
            "",
            " - ",
            "flat: lat:",
            "I sent via post",
            "CHECKIN PELIO (late, still at Windermere)",
            "CHECKIN PELIO (late?)",
            "CHECKIN PELIO (lat 41 we are not there)",
            "CHECKIN PELIO sent from my tent, not there yet",
            "CHECKIN PELIO sent from my iPhone?",
            "CHECKIN PELIO\nlate today",
            "CHECKIN PELIO https://inreachlink.com/A not there yet",
            "CHECKIN PELIO https://inreachlink.com/A - Sam?",
            "CHECKIN PELIO https://inreachlink.com/A - not there yet today",
        ] {
            assert_eq!(without_ending(body), body);
        }
    }

    proptest! {
        #[test]
        fn cutting_is_total_and_gives_a_beginning_of_the_text(body in "\\PC{0,60}|[a-z \n-]{0,20}(sent from my|\\(lat|inreachlink.com/)[a-z ]{0,9}") {
            prop_assert!(body.starts_with(without_ending(&body)));
        }
    }
}
