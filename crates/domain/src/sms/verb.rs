//! The one table of commands: their words, what may follow, what HELP says of them, and what else must be read.

pub use super::entry::{Entry, Form, Prepare};

/// Declares the commands. Every command has every field; its handler stands in `dispatch`, where a command without one
/// does not compile.
macro_rules! commands {
    ($($(#[$doc:meta])* $verb:ident => $entry:expr;)+) => {
        /// A command.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Verb { $($(#[$doc])* $verb,)+ }

        impl Verb {
            /// Every command, in the order of the page of commands.
            pub const ALL: &[Self] = &[$(Self::$verb),+];

            /// The command's row of the table.
            pub fn entry(self) -> &'static Entry {
                match self { $(Self::$verb => const { &$entry },)+ }
            }
        }
    };
}

commands! {
    /// What can be texted.
    Help => Entry {
        words: &["HELP", "INFO", "COMMANDS"],
        phrases: &["MENU"],
        form: Form::Anything,
        exempt: true,
        usage: "HELP",
        help: None,
        effect: "What can be texted, with the emergency number.",
        prepare: None,
    };
    /// Registration.
    Start => Entry {
        words: &["START", "REGISTER"],
        phrases: &[],
        form: Form::Alone,
        exempt: true,
        usage: "START",
        help: Some("START: register, change route"),
        effect: "Clears an opt-out. Registers: asks for a trail name and a route. A registered hiker is shown name \
                 and route, and asked to reply CHANGE to replace them.",
        prepare: None,
    };
    /// Where the hiker stands.
    Status => Entry {
        words: &["STATUS"],
        phrases: &["LOCATION", "MY LOCATION", "WHERE AM I", "WHERE I AM"],
        form: Form::Alone,
        exempt: false,
        usage: "STATUS",
        help: Some("STATUS: last check-in"),
        effect: "Trail name, route, last check-in and when, number of contacts, whether a web account is linked.",
        prepare: None,
    };
    /// The route's codes.
    Route => Entry {
        words: &["ROUTE", "ROUTES"],
        phrases: &["CAMPS", "CODES", "CAMP CODES"],
        form: Form::Page,
        exempt: false,
        usage: "ROUTE [page]",
        help: Some("ROUTE: codes of camps"),
        effect: "The codes of the hiker's own route, the camps first and the peaks on the pages after them; `ROUTE 2` is the second page.",
        prepare: None,
    };
    /// Another trail name.
    Name => Entry {
        words: &["NAME"],
        phrases: &[],
        form: Form::Something,
        exempt: false,
        usage: "NAME <name>",
        help: None,
        effect: "Changes the trail name that contacts read. A text that reads like no name changes nothing; the answer \
                 has the line that does, `NAME IS <name>`.",
        prepare: None,
    };
    /// A check-in.
    CheckIn => Entry {
        words: &["CHECKIN"],
        phrases: &[],
        form: Form::OneWord,
        exempt: true,
        usage: "CHECKIN <camp code>",
        help: Some("CHECKIN <code>: tell contacts"),
        effect: "The exact code of a camp of the hiker's own route: keeps place and time, and tells every contact who \
                 may be texted. CHECK IN in two words is the same. The same camp again within 30 minutes is not told twice. \
                 After 12 check-ins in an hour or 40 in a day, contacts get one text about the newest.",
        prepare: Some(Prepare::Contacts),
    };
    /// The time by which the hiker promises to be out.
    Out => Entry {
        words: &["OUT", "DUE", "ETA"],
        phrases: &[],
        form: Form::DayAndTime,
        exempt: true,
        usage: "OUT <day> <time>",
        help: Some("OUT: alert if late"),
        effect: "Sets the time by which the hiker will be out, or another one. Two minutes later the contacts hear of it. \
                 The hiker is asked at that time and half an hour later. An hour after it the contacts are alerted, at \
                 most three times. `OUT` alone shows what is set, `OUT OFF` withdraws it.",
        prepare: None,
    };
    /// More time for an open promise.
    Late => Entry {
        words: &["LATE"],
        phrases: &[],
        form: Form::Duration,
        exempt: true,
        usage: "LATE <duration>",
        help: None,
        effect: "Moves the time by 15 minutes to 24 hours, such as `LATE 2H` or `LATE 1H30`, counted from the set time or \
                 from now, whichever is later. It ends an alert. The same again within 30 minutes counts once.",
        prepare: None,
    };
    /// The hiker is out.
    Back => Entry {
        words: &["BACK"],
        phrases: &[],
        form: Form::WholeOrTripWords,
        exempt: true,
        usage: "BACK",
        help: None,
        effect: "The hiker is out: questions and alerts end, and contacts who knew a time or were alerted get a text. From any \
                 other phone `BACK` and the two words of the answer to OUT do the same, and the hiker's phone gets a text \
                 about it. A link or further lines after the words, which satellite messengers add, do not matter. After 5 \
                 wrong words of this kind, or of LINK, they are not answered for an hour.",
        prepare: Some(Prepare::TripWords),
    };
    /// The hiker asks the contacts for help.
    Alert => Entry {
        words: &["ALERT"],
        phrases: &[],
        form: Form::WholeOrOff,
        exempt: true,
        usage: "ALERT",
        help: Some("ALERT: ask for help"),
        effect: "Alerts every contact at once: the hiker asks for help. Contacts who are READY read what the hiker texted in the last 30 minutes, too. Without ACTING the second and third alert follow after 1 and 3 hours. The same again within 30 minutes sends only newer words; during an alert about a promised time the next one leaves at once. `ALERT OFF`, \
                 BACK and a contact's FOUND end it; a check-in does not. It works after STOP. At most 6 alarms in a day.",
        prepare: Some(Prepare::Call),
    };
    /// A contact deals with an alarm.
    Acting => Entry {
        words: &["ACTING", "ACT", "ACK"],
        phrases: &[],
        form: Form::Place,
        exempt: true,
        usage: "ACTING",
        help: None,
        effect: "From a contact who was alerted: deals with it. The others read who does, and no further alert is sent. After \
                 3 hours without FOUND the alerts that are left go on. With several hikers in alarm, `ACTING 2` chooses one.",
        prepare: None,
    };
    /// A contact knows that the hiker is safe.
    Found => Entry {
        words: &["FOUND"],
        phrases: &[],
        form: Form::Place,
        exempt: true,
        usage: "FOUND",
        help: None,
        effect: "From a contact who was alerted: the hiker is safe. The alarm is over, and everybody who was alerted and \
                 the hiker read who said so. With several hikers in alarm, `FOUND 2` chooses one.",
        prepare: None,
    };
    /// A contact agrees to be alerted.
    Ready => Entry {
        words: &["READY"],
        phrases: &[],
        form: Form::Whole,
        exempt: false,
        usage: "READY",
        help: None,
        effect: "From a contact: agrees to be alerted, for every hiker who has chosen the number. OUT, SAFELIST and the web tell \
                 the hiker who is ready. Alerts go to the others too.",
        prepare: None,
    };
    /// A contact wants to be no contact of one hiker any more.
    Decline => Entry {
        words: &["DECLINE"],
        phrases: &[],
        form: Form::Place,
        exempt: false,
        usage: "DECLINE",
        help: None,
        effect: "From a contact: is a contact of this hiker no more, and the hiker gets a text about it. Of several hikers, \
                 `DECLINE 2` chooses one. STOP ends the texts about all.",
        prepare: None,
    };
    /// The last check-in, taken back.
    Undo => Entry {
        words: &["UNDO"],
        phrases: &["UNDO CHECKIN", "UNDO CHECK IN", "TAKE BACK", "TAKE IT BACK"],
        form: Form::Alone,
        exempt: false,
        usage: "UNDO",
        help: None,
        effect: "Takes back the last check-in, within 30 minutes: the position is the one before, and contacts who had a \
                 text get a correction. A text that has not been sent yet is withdrawn.",
        prepare: Some(Prepare::CheckIns),
    };
    /// A new contact.
    Safe => Entry {
        words: &["SAFE"],
        phrases: &[],
        form: Form::Something,
        exempt: false,
        usage: "SAFE <phone> [name]",
        help: Some("SAFE <phone> <name>: add contact"),
        effect: "Adds a contact, at most ten, or renames one. A new contact gets one message that says who added them \
                 and how to opt out.",
        prepare: Some(Prepare::NewContact),
    };
    /// The contacts.
    SafeList => Entry {
        words: &["SAFELIST"],
        phrases: &["CONTACTS", "MY CONTACTS", "LIST", "LIST CONTACTS", "SAFE LIST"],
        form: Form::Alone,
        exempt: false,
        usage: "SAFELIST",
        help: Some("SAFELIST: contacts"),
        effect: "The contacts, numbered, their numbers masked.",
        prepare: None,
    };
    /// A contact less.
    SafeDel => Entry {
        words: &["SAFEDEL"],
        phrases: &[],
        form: Form::Something,
        exempt: false,
        usage: "SAFEDEL <n or phone>",
        help: Some("SAFEDEL <n>: remove"),
        effect: "Removes a contact, by its number in SAFELIST or by phone number.",
        prepare: None,
    };
    /// The beginning of a link to an account.
    Link => Entry {
        words: &["LINK"],
        phrases: &[],
        form: Form::Anything,
        exempt: false,
        usage: "LINK <three words>",
        help: None,
        effect: "Begins to link the phone to the web account that shows these words: the answer names the account and \
                 one word more. The order of the words does not matter.",
        prepare: Some(Prepare::Link),
    };
    /// The word that completes it.
    Confirm => Entry {
        words: &["CONFIRM"],
        phrases: &[],
        form: Form::Anything,
        exempt: false,
        usage: "CONFIRM <word>",
        help: None,
        effect: "Completes LINK or UNLINK, within 10 minutes. After 5 wrong words LINK, UNLINK and CONFIRM are not \
                 answered for an hour.",
        prepare: Some(Prepare::Confirm),
    };
    /// The end of a link to an account.
    Unlink => Entry {
        words: &["UNLINK"],
        phrases: &[],
        form: Form::Anything,
        exempt: false,
        usage: "UNLINK",
        help: None,
        effect: "Begins to detach the phone from its web account; the answer asks for CONFIRM and a word.",
        prepare: Some(Prepare::Unlink),
    };
    /// A forecast, where an operator has named a provider.
    Cast => Entry {
        words: &["CAST", "CAST12", "CAST24", "CAST7"],
        phrases: &["WEATHER", "FORECAST"],
        form: Form::Anything,
        exempt: false,
        usage: "CAST <code>",
        help: Some("CAST: weather"),
        effect: "The forecast for a camp or a peak: 12 hours, with `CAST24` 24 hours, with `CAST7` seven days. `CAST` alone \
                 is the camp of the last check-in, `CAST CAMPS` and `CAST PEAKS` are all of them, `CAST 41.87S 146.03E 1600` \
                 is a place in coordinates with its height. If it must be fetched first, it comes in a text of its own within \
                 10 minutes. Without a provider of forecasts the answer says that there are none.",
        prepare: Some(Prepare::Forecast),
    };
}

impl Verb {
    /// The command that this word, in capitals, is the name of.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|verb| verb.entry().words.contains(&word))
    }

    /// The command that this whole text, normalized, means.
    pub fn of_phrase(normal: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|verb| verb.entry().phrases.contains(&normal))
    }

    /// Whether the command is about a promised time or its alarm. Its word begins what people write to each other, too.
    pub const fn is_about_promise(self) -> bool {
        matches!(
            self,
            Self::Out
                | Self::Late
                | Self::Back
                | Self::Alert
                | Self::Acting
                | Self::Found
                | Self::Ready
                | Self::Decline
        )
    }

    /// Whether the command would tell contacts something, so that a sender must read that it told them nothing.
    pub const fn tells(self) -> bool {
        matches!(
            self,
            Self::CheckIn | Self::Out | Self::Late | Self::Back | Self::Alert
        )
    }

    /// The command's word.
    pub fn word(self) -> &'static str {
        self.entry().words.first().copied().unwrap_or_default()
    }
}

/// The lines of HELP, in order. Forecasts are named only where there are some.
pub fn help_lines(has_forecasts: bool) -> Vec<&'static str> {
    let named = |verb: &&Verb| **verb != Verb::Cast || has_forecasts;
    let commands = Verb::ALL
        .iter()
        .filter(named)
        .filter_map(|verb| verb.entry().help);
    commands.chain(["STOP: no more texts"]).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::sms::{
        body::segments,
        keyword::{RESUME_WORDS, STOP_WORDS},
        parts::parts,
    };

    #[test]
    fn every_word_names_one_command_and_no_carrier_word_names_any() {
        let mut seen: HashSet<&str> = STOP_WORDS.into_iter().chain(RESUME_WORDS).collect();
        for verb in Verb::ALL {
            assert!(verb.entry().usage.starts_with(verb.word()), "{verb:?}");
            for word in verb.entry().words {
                assert!(seen.insert(word), "{word} is taken");
                assert_eq!(Verb::of_word(word), Some(*verb));
                assert!(
                    word.bytes()
                        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                );
            }
        }
    }

    #[test]
    fn no_route_may_use_a_word_of_ours_as_a_code() {
        let ours = Verb::ALL
            .iter()
            .flat_map(|verb| verb.entry().words)
            .chain(&STOP_WORDS)
            .chain(&RESUME_WORDS);
        for word in ours.chain(&["CHANGE", "NEXT", "WHERE"]) {
            let could_be_a_code = crate::route::WaypointCode::parse(word).is_ok();
            assert!(
                !could_be_a_code || crate::route::RESERVED_WORDS.contains(word),
                "{word}"
            );
        }
    }

    #[test]
    fn help_is_one_text_of_at_most_two_segments() {
        for has_forecasts in [false, true] {
            let help = crate::messages::help::help("000", &help_lines(has_forecasts));
            assert_eq!(parts(&help), std::slice::from_ref(&help), "no line is broken");
            assert!(segments(&help) <= 2, "{} segments", segments(&help));
            assert_eq!(help.contains("CAST"), has_forecasts);
        }
    }
}
