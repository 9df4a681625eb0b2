//! The words that carriers reserve. They are looked at before anything else, in every state.

pub use crate::opt_out::{STOP_PHRASES, STOP_WORDS};

/// A carrier's word, sent as the only word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// Nothing more may be sent to the number.
    Stop,
    /// The number may be texted again; not a command of ours.
    Resume,
}

/// The words that lift an opt-out and are no command of ours; START, which is one, lifts it as well.
pub const RESUME_WORDS: [&str; 2] = ["UNSTOP", "YES"];

impl Keyword {
    /// The keyword that a text consists of; the text is given normalized ([`normalize`](super::normal::normalize)).
    pub fn of(normal: &str) -> Option<Self> {
        if STOP_WORDS.contains(&normal) || STOP_PHRASES.contains(&normal) {
            Some(Self::Stop)
        } else if RESUME_WORDS.contains(&normal) {
            Some(Self::Resume)
        } else {
            None
        }
    }
}

/// Who confirms STOP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierKeywords {
    /// Twilio does, so our answer is empty.
    Twilio,
    /// We do, once: the simulator, and numbers whose opt-out handling at Twilio is off.
    Own,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::normal::normalize;

    fn of(body: &str) -> Option<Keyword> {
        Keyword::of(&normalize(body))
    }

    #[test]
    fn only_the_sole_word_opts_out() {
        for body in [
            "STOP",
            "stop",
            " Stop. ",
            "ＳＴＯＰ",
            "cancel!",
            "End",
            "quit\n",
            "revoke",
            "OptOut",
            "Opt out",
            "OPT-OUT",
            "stop all",
        ] {
            assert_eq!(of(body), Some(Keyword::Stop), "{body:?}");
        }
        for body in [
            "stop please",
            "STOP STOP",
            "don't stop",
            "SТOP",
            "",
            "s top",
            "ST\u{200b}OP",
        ] {
            assert_eq!(of(body), None, "{body:?}");
        }
        assert_eq!(of("Yes"), Some(Keyword::Resume));
        assert_eq!(of("yes please"), None);
    }
}
