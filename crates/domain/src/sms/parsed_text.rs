//! A text that was normalized and parsed when it arrived. Later steps read this value, never the body again.

use std::time::Duration;

use super::{
    command::{Meaning, normalize},
    dispatch::{Prepare, Verb},
    inbound::CarrierVerdict,
    keyword::Keyword,
};
use crate::phone::secret_life;

/// What one text says.
#[derive(Clone, PartialEq, Eq)]
pub struct ParsedText {
    /// The whole text as commands are compared, see [`normalize`].
    pub normal: String,
    /// The carrier's word that the text consists of.
    pub keyword: Option<Keyword>,
    /// What the text asks for.
    pub meaning: Meaning,
    /// For how long the body is stored sealed, because it may carry a secret.
    pub secret_life: Option<Duration>,
}

impl ParsedText {
    /// Parses the body of a text.
    pub fn parse(body: &str) -> Self {
        let normal = normalize(body);
        Self {
            keyword: Keyword::of(&normal),
            meaning: Meaning::of(&normal, body),
            secret_life: secret_life(&normal),
            normal,
        }
    }

    /// The command whose word the text begins with, whether its form is right or not.
    pub fn verb(&self) -> Option<Verb> {
        match self.meaning {
            Meaning::Command(verb, _) | Meaning::Misused(verb, _) => Some(verb),
            Meaning::Other => None,
        }
    }

    /// Whether the text is START in its right form.
    pub fn starts(&self) -> bool {
        matches!(self.meaning, Meaning::Command(Verb::Start, _))
    }

    /// Whether the text lifts an opt-out of its sender, given what the carrier made of the text.
    pub fn lifts_opt_out(&self, verdict: Option<CarrierVerdict>) -> bool {
        match (verdict, self.keyword) {
            (Some(CarrierVerdict::Stop | CarrierVerdict::Help), _) | (_, Some(Keyword::Stop)) => false,
            (Some(CarrierVerdict::Start), _) | (_, Some(Keyword::Resume)) => true,
            (None, None) => self.starts(),
        }
    }

    /// What else must be read before the command is decided.
    pub fn prepare(&self) -> Option<Prepare> {
        match self.meaning {
            Meaning::Command(verb, _) => verb.entry().prepare,
            Meaning::Misused(..) | Meaning::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_unstop_and_the_carrier_lift_an_opt_out_and_stop_and_help_do_not() {
        use CarrierVerdict::{Help, Start, Stop};
        for (body, verdict, lifts) in [
            ("start", None, true),
            ("register", None, true),
            ("start now", None, false),
            ("unstop", None, true),
            ("yes", None, true),
            ("status", None, false),
            ("anything", Some(Start), true),
            ("stop", Some(Start), false),
            ("start", Some(Stop), false),
            ("unstop", Some(Help), false),
        ] {
            let text = ParsedText::parse(body);
            assert_eq!(text.lifts_opt_out(verdict), lifts, "{body} {verdict:?}");
        }
    }

    #[test]
    fn only_the_three_commands_of_linking_need_more_to_be_read() {
        for (body, expected) in [
            ("LINK a b c", Some(Prepare::Link)),
            ("CONFIRM goshawk", Some(Prepare::Confirm)),
            ("UNLINK", Some(Prepare::Unlink)),
            ("CHECKIN PELIO", None),
            ("CHECKIN", None),
            ("link-free prose", Some(Prepare::Link)),
            ("the weak link", None),
        ] {
            assert_eq!(ParsedText::parse(body).prepare(), expected, "{body}");
        }
    }
}
