//! Reads a text: pure, total, and with one path only to a check-in.

use std::time::Duration;

use unicode_normalization::UnicodeNormalization as _;

use super::{
    courtesy::is_tapback,
    distress::{has_sos_sign, is_distress},
    endings::{is_from_a_pool, without_ending},
    inbound::CarrierVerdict,
    keyword::Keyword,
    normal::{asks_or_quotes, is_word, normalize},
    remark::tells_news,
    verb::{Form, Prepare, Verb},
};
use crate::{
    deadline::{TripWords, names_duration, names_time},
    invisible::is_invisible,
    phone::secret_life,
    user::has_number,
};

/// What follows a command's word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Args {
    /// Word by word, normalized.
    pub words: Vec<String>,
    /// As typed (NFKC), without what stands directly after the command's word.
    pub tail: String,
}

impl Args {
    /// The first word, or nothing.
    pub fn first(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }
}

/// What a text asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A command in the form that it asks for.
    Command(Verb, Args),
    /// A command's word followed by something that it cannot be followed by, or CHECKIN in two words: never run,
    /// answered with its usage. The arguments are what follows the first word.
    Misused(Verb, Args),
    /// Anything else.
    Other,
}

impl Meaning {
    /// Reads a text, given normalized ([`normalize`]) and as it was typed.
    pub(super) fn of(normal: &str, body: &str) -> Self {
        if let Some(verb) = Verb::of_phrase(normal) {
            return Self::Command(verb, Args::default());
        }
        let (verb, after, skipped) = if let Some((verb, after)) = in_two_words(normal) {
            (Some(verb), after, 2)
        } else {
            let (first, after) = normal.split_once(' ').unwrap_or((normal, ""));
            (Verb::of_word(first), after, 1)
        };
        let Some(verb) = verb else {
            return Self::Other;
        };
        let args = Args {
            words: after.split_ascii_whitespace().map(str::to_owned).collect(),
            tail: tail(body, skipped),
        };
        // "Safe and well" and "safe at the hut" are what people write, and no contact.
        let is_news = verb == Verb::Safe && !args.words.is_empty() && tells_news(normal);
        if is_news && !args.tail.chars().any(|letter| letter.is_ascii_digit()) {
            return Self::Other;
        }
        if accepts(verb.entry().form, &args, body) {
            Self::Command(verb, args)
        } else {
            Self::Misused(verb, args)
        }
    }
}

impl Meaning {
    /// Whether the text is a command whose words cannot be a call for help, because each of them has a meaning of its
    /// own. Prose can begin with a command's word, too: "name of my friend who is hurt", "safe but I am lost".
    fn is_exact(&self) -> bool {
        let Self::Command(verb, args) = self else {
            return false;
        };
        match verb {
            Verb::Name => args.first() == "IS",
            Verb::Safe => has_number(&args.tail) && names(args) <= MOST_NAME_WORDS,
            Verb::SafeDel => has_number(&args.tail) || is_place(args.first()),
            // Words behind a time or behind the two trip words, and a code that is none, say something else.
            Verb::CheckIn | Verb::Out | Verb::Late => args.words.is_empty(),
            Verb::Back => args.words.len() <= 2,
            _ => args.words.is_empty() || verb.entry().form != Form::Anything,
        }
    }
}

/// Most words of a contact's name that are not read as a sentence.
const MOST_NAME_WORDS: usize = 3;

/// The words behind a command's word that are no number.
fn names(args: &Args) -> usize {
    let is_number = |word: &&String| word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+');
    args.words.iter().filter(|word| !is_number(word)).count()
}

/// Whether the word can be a place in a list.
fn is_place(word: &str) -> bool {
    (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A command that phones or people write in two words, and the words after it. Phones correct `checkin` to `check in`
/// (decision 15); `SAFE DEL` means SAFEDEL only before a number of the list, because a contact can be called Del.
fn in_two_words(normal: &str) -> Option<(Verb, &str)> {
    if normal == "CHECK IN" {
        return Some((Verb::CheckIn, ""));
    }
    if let Some(code) = normal.strip_prefix("CHECK IN ") {
        return Some((Verb::CheckIn, code));
    }
    ["SAFE DEL ", "SAFE DELETE ", "SAFE REMOVE "]
        .iter()
        .find_map(|words| normal.strip_prefix(words))
        .filter(|place| is_place(place))
        .map(|place| (Verb::SafeDel, place))
}

/// What one text says.
#[derive(Clone, PartialEq, Eq)]
pub struct ParsedText {
    /// The text as it was typed, without the ending that a messenger appended.
    pub typed: String,
    /// The same as commands are compared, see [`normalize`].
    pub normal: String,
    /// The carrier's word that the text consists of.
    pub keyword: Option<Keyword>,
    /// What the text asks for.
    pub meaning: Meaning,
    /// Whether the text is a call for help. An exact command is none, whatever its words are.
    pub is_distress: bool,
    /// Whether the text comes from a messenger's number that many people share.
    pub is_from_a_pool: bool,
    /// For how long the body is stored sealed, because it may carry a secret.
    pub secret_life: Option<Duration>,
}

impl ParsedText {
    /// Parses the body of a text.
    pub fn parse(body: &str) -> Self {
        // A call for help can stand behind words that look like an ending; then nothing is cut, and nothing checks in.
        let typed = Some(without_ending(body))
            .filter(|typed| typed.len() == body.len() || !is_distress(&normalize(body)))
            .unwrap_or(body);
        let normal = normalize(typed);
        let meaning = if normal.is_empty() && asks_or_quotes(typed) {
            Meaning::Command(Verb::Help, Args::default())
        } else {
            Meaning::of(&normal, typed)
        };
        let keyword = Keyword::of(&normal);
        // A secret can stand in what is cut off, too.
        let secret_life = if typed.len() == body.len() {
            secret_life(&normal)
        } else {
            secret_life(&normalize(body))
        };
        Self {
            is_distress: keyword.is_none()
                && !matches!(meaning, Meaning::Command(Verb::Alert, _))
                && (has_sos_sign(body)
                    || (!meaning.is_exact() && !is_tapback(typed, &normal) && is_distress(&normal))),
            keyword,
            meaning,
            is_from_a_pool: is_from_a_pool(body),
            secret_life,
            typed: typed.to_owned(),
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

    /// Whether the text is ALERT or ALERT OFF: it is answered in spite of an opt-out, as a call for help in other words is.
    pub fn asks_contacts(&self) -> bool {
        matches!(self.meaning, Meaning::Command(Verb::Alert, _))
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
            Meaning::Command(verb, _) if !self.is_distress => verb.entry().prepare,
            _ => None,
        }
    }
}

fn accepts(form: Form, args: &Args, body: &str) -> bool {
    match form {
        Form::Alone => args.words.is_empty(),
        Form::Anything => true,
        Form::Page => match args.words.as_slice() {
            [] => true,
            [page] => matches!(page.as_bytes(), [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9']),
            _ => false,
        },
        Form::OneWord => args.words.len() == 1 && !asks_or_quotes(body),
        Form::Something => !args.words.is_empty(),
        Form::Whole => args.words.is_empty() && !asks_or_quotes(body),
        Form::WholeOrOff => {
            let is_off = matches!(args.words.as_slice(), [off] if off == "OFF");
            (args.words.is_empty() || is_off) && !asks_or_quotes(body)
        }
        Form::WholeOrTripWords => {
            let is_whole = args.words.is_empty() && !asks_or_quotes(body);
            // What a messenger appends may ask; the words themselves may not.
            let beginning: Vec<&str> = body.split_whitespace().take(3).collect();
            let is_quoted = asks_or_quotes(&beginning.join(" "));
            is_whole || (!is_quoted && TripWords::in_tail(&args.tail).is_some())
        }
        Form::Place => match args.words.as_slice() {
            [] => !asks_or_quotes(body),
            [place] => {
                matches!(place.as_bytes(), [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'])
                    && !asks_or_quotes(body)
            }
            _ => false,
        },
        Form::DayAndTime => {
            let is_short = match args.words.as_slice() {
                [] => true,
                [off] => off == "OFF",
                _ => false,
            };
            !asks_or_quotes(body) && (is_short || names_time(&args.tail))
        }
        Form::Duration => !asks_or_quotes(body) && names_duration(&args.tail),
    }
}

/// What follows the command's word or words, as typed, without the invisible characters that phones paste around
/// numbers.
fn tail(body: &str, skipped: usize) -> String {
    let typed: String = body
        .trim()
        .nfkc()
        .filter(|letter| !is_invisible(*letter))
        .collect();
    let mut after = typed.as_str();
    for _ in 0..skipped {
        after = after
            .trim_start_matches(|letter| !is_word(letter))
            .trim_start_matches(is_word);
    }
    after
        .trim_start_matches(|letter| !is_word(letter) && letter != '(')
        .trim_end()
        .to_owned()
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
