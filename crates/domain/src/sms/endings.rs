//! Endings that satellite messengers and mail programs append to a text.
//!
//! They are cut before a text is read as a command, and for that purpose only: the stored body stays whole.

/// How an ending is recognised: it begins a line, or follows the text after this sign.
struct Ending {
    /// First words of the ending, in lower case.
    begins: &'static str,
    /// True if the ending may follow on the line of the text; false if it must begin a line of its own.
    inline: bool,
}

/// The ending in front of which a gateway puts the sender's name (` - Sam sent this message from: …`).
const NAMES_SENDER: &str = "sent this message from";

/// The list. Every entry names where it was seen.
const ENDINGS: &[Ending] = &[
    // Apple, "Change your Mail settings": the default signature of a mail that a gateway turns into a text.
    Ending {
        begins: "sent from my ",
        inline: true,
    },
    // Google Gmail for mobile, default signature.
    Ending {
        begins: "get outlook for ",
        inline: true,
    },
    Ending {
        begins: "sent from outlook for ",
        inline: true,
    },
    Ending {
        begins: "sent via ",
        inline: false,
    },
    Ending {
        begins: "sent using ",
        inline: false,
    },
    // Garmin, "inReach messages": link and footer of a message to a phone number.
    Ending {
        begins: "https://inreachlink.com/",
        inline: true,
    },
    Ending {
        begins: "inreachlink.com/",
        inline: true,
    },
    Ending {
        begins: "http://inreachlink.com/",
        inline: true,
    },
    Ending {
        begins: "https://txt.garmin.com/",
        inline: true,
    },
    Ending {
        begins: "https://us0.explore.garmin.com/",
        inline: true,
    },
    Ending {
        begins: "https://eur.explore.garmin.com/",
        inline: true,
    },
    Ending {
        begins: "https://aus.explore.garmin.com/",
        inline: true,
    },
    Ending {
        begins: "view the location or send a reply",
        inline: true,
    },
    Ending {
        begins: "do not reply directly to this message",
        inline: true,
    },
    // ZOLEO, "Messages to e-mail and SMS": place of the sender.
    Ending {
        begins: "sent this message from: lat",
        inline: true,
    },
    Ending {
        begins: "sent this message from lat",
        inline: true,
    },
    Ending {
        begins: "zoleo message",
        inline: false,
    },
    // SPOT X, "Messaging": footer of a message.
    Ending {
        begins: "latitude:",
        inline: false,
    },
    Ending {
        begins: "lat:",
        inline: false,
    },
    Ending {
        begins: "(lat",
        inline: true,
    },
];

/// The text without the ending that a messenger appended; the whole text if there is none.
///
/// `CHECKIN PELIO - Sam sent this message from: Lat -41.8 Lon 146.0` gives `CHECKIN PELIO`.
pub fn without_ending(body: &str) -> &str {
    let lower = body.to_ascii_lowercase();
    let cut = ENDINGS.iter().filter_map(|ending| place(&lower, ending)).min();
    let Some((kept, ending)) = cut.and_then(|cut| Some((body.get(..cut)?, lower.get(cut..)?))) else {
        return body;
    };
    let kept = if ending.starts_with(NAMES_SENDER) {
        without_sender(kept.trim_end())
    } else {
        kept
    };
    kept.trim_end_matches(|letter: char| {
        letter.is_whitespace() || matches!(letter, '-' | '\u{2013}' | '\u{2014}')
    })
}

/// Where the ending begins. `lower` has the byte positions of the text, because only ASCII letters were changed.
fn place(lower: &str, ending: &Ending) -> Option<usize> {
    lower.match_indices(ending.begins).map(|(at, _)| at).find(|at| {
        let before = lower.get(..*at).unwrap_or_default();
        let begins_line = before
            .trim_end_matches([' ', '\t', '-', '\u{2013}', '\u{2014}'])
            .ends_with('\n');
        let has_text = !before.trim().is_empty();
        has_text && (begins_line || (ending.inline && before.ends_with(char::is_whitespace)))
    })
}

/// Takes off ` - Sam`: the sender's name between the text and `sent this message from`.
fn without_sender(kept: &str) -> &str {
    const LONGEST_NAME: usize = 30;
    kept.rsplit_once(" - ")
        .or_else(|| kept.rsplit_once("\n- "))
        .filter(|(text, name)| !text.trim().is_empty() && name.chars().count() <= LONGEST_NAME)
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
        ] {
            assert_eq!(without_ending(body), text, "{body:?}");
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
        ] {
            let kept = without_ending(body);
            assert!(kept == body || body == "flat: lat:", "{body:?} became {kept:?}");
        }
    }

    proptest! {
        #[test]
        fn cutting_is_total_and_gives_a_beginning_of_the_text(body in "\\PC{0,60}|[a-z \n-]{0,20}(sent from my|\\(lat|inreachlink.com/)[a-z ]{0,9}") {
            prop_assert!(body.starts_with(without_ending(&body)));
        }
    }
}
