//! Classifies a text that is no command, so that the answer fits what its sender probably wants.
//!
//! A remark changes nothing and texts no contact: only the answer differs.

use strsim::osa_distance;

use super::courtesy::is_courtesy;

/// What kind of remark a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// Thanks or an acknowledgement, which needs no answer.
    Courtesy,
    /// A greeting, or a question about what this number is.
    Greeting,
    /// The sender wants no more texts, or received one by mistake, but did not send a carrier's word.
    WantsStop,
    /// News that a contact would want to hear, and that the sender may think was passed on: "im ok", "running late".
    News,
    /// Words that name a place as if the sender arrived there: "at pelio", "chekin pelio", "pelion hut".
    Arrival,
    /// Anything else.
    Other,
}

const GREETINGS: &[&str] = &[
    "HELLO",
    "HI",
    "HEY",
    "HALLO",
    "HOWDY",
    "GDAY",
    "G DAY",
    "YO",
    "HI THERE",
    "HELLO THERE",
    "GOOD MORNING",
    "GOOD AFTERNOON",
    "GOOD EVENING",
    "MORNING",
    "WHO IS THIS",
    "WHOS THIS",
    "WHO S THIS",
    "WHO ARE YOU",
    "WHAT IS THIS",
    "WHATS THIS",
    "WHAT S THIS",
    "HOW DOES THIS WORK",
    "HOW DOES IT WORK",
    "HOW DO I USE THIS",
    "IS ANYBODY THERE",
    "ANYBODY THERE",
    "ANYONE THERE",
    "IS ANYONE THERE",
    "TEST",
    "TESTING",
];

const STOP_SENTENCES: &[&str] = &[
    "STOP TEXTING ME",
    "STOP TEXTING",
    "STOP MESSAGING ME",
    "STOP THANKS",
    "STOP PLEASE",
    "PLEASE STOP",
    "STOP IT",
    "STOP THIS",
    "STOP NOW",
    "STOP SENDING",
    "WRONG NUMBER",
    "WRONG PERSON",
    "DONT TEXT ME",
    "DON T TEXT ME",
    "DO NOT TEXT ME",
    "NO MORE TEXTS",
    "NO MORE MESSAGES",
    "LEAVE ME ALONE",
    "REMOVE ME",
    "TAKE ME OFF",
    "UNSUBSCRIBE ME",
];

const NEWS: &[&str] = &[
    "SAFE",
    "SAFE AND WELL",
    "SAFE AND SOUND",
    "SAFE AND DRY",
    "SAFE AND WARM",
    "SAFE NOW",
    "SAFE HERE",
    "SAFE HOME",
    "SAFE AT HOME",
    "ALL GOOD",
    "ALL GOOD HERE",
    "ALL OK",
    "ALL FINE",
    "ALL WELL",
    "FINE",
    "HOME",
    "HOME SAFE",
    "HOME NOW",
    "BACK HOME",
    "BACK SAFE",
    "BACK SAFELY",
    "BACK",
    "BACK NOW",
    "DONE",
    "ALL DONE",
    "FINISHED",
    "FINISHED THE WALK",
    "MADE IT",
    "MADE IT OUT",
    "MADE IT HOME",
    "OUT",
    "OUT SAFE",
    "ARRIVED",
    "ARRIVED SAFELY",
    "ARRIVED SAFE",
    "LATE",
    "RUNNING LATE",
    "WILL BE LATE",
    "GOING TO BE LATE",
    "DELAYED",
    "OVERDUE",
    "EXTEND",
    "STILL OK",
    "STILL GOING",
    "STILL WALKING",
    "DOING FINE",
    "DOING WELL",
    "DOING OK",
];

/// Openings after which the same news can follow: "I'm ok", "we are running late".
const SUBJECTS: &[&str] = &[
    "IM ", "I M ", "I AM ", "WE ARE ", "WERE ", "WE RE ", "ALL ", "I ", "WE ", "STILL ",
];

/// News that needs a subject, because alone it is a courtesy or too short.
const STATES: &[&str] = &["OK", "OKAY", "GOOD", "WELL", "GREAT", "ALRIGHT", "LATE TODAY"];

/// Words before the name of a place that its sender has reached.
const ARRIVALS: &[&str] = &[
    "AT",
    "ARRIVED",
    "REACHED",
    "MADE IT TO",
    "GOT TO",
    "AM AT",
    "IM AT",
    "I M AT",
    "I AM AT",
    "WE ARE AT",
    "WE RE AT",
    "WERE AT",
    "NOW AT",
    "HERE AT",
    "CHECKED IN",
    "CHECKING IN",
    "CHECK ME IN",
    "CAMPED AT",
    "CAMPING AT",
    "STAYING AT",
    "STOPPED AT",
    "SAFE AT",
    "SAFE IN",
    "SAFE NOW AT",
    "SAFE AND WELL AT",
    "SAFE AND SOUND AT",
    "IN CAMP AT",
    "JUST ARRIVED",
    "JUST GOT TO",
    "HAVE ARRIVED",
    "HAVE REACHED",
];

/// Words that can stand in front of [`ARRIVALS`]: "we have just reached", "I've made it to".
const BEFORE_ARRIVALS: &[&str] = &[
    "I ", "IVE ", "VE ", "WE ", "WEVE ", "HAVE ", "BOTH ", "ALL ", "JUST ", "FINALLY ", "NOW ", "SAFELY ",
];

/// Words for a place to sleep: with one of them an arrival is one, although it names no camp.
const PLACES: &[&str] = &["CAMP", "CAMPSITE", "CAMPGROUND", "HUT", "SHELTER", "CABIN"];

/// Words of everyday texts that are as near to CHECKIN as a misspelling is.
const INNOCENT: &[&str] = &[
    "CHICKEN", "CHECK", "CHECKED", "CHECKING", "CHECKS", "CHECKUP", "CHILLIN",
];

/// Most words of a text that is only the name of a place.
const MOST_NAME_WORDS: usize = 4;

impl Remark {
    /// Classifies a text. `typed` is the text as it came, `normal` as commands are compared, and `names_camp` says
    /// whether a camp of the sender's route is near to the words.
    pub fn of(typed: &str, normal: &str, names_camp: bool) -> Self {
        if NEWS.contains(&normal) {
            return Self::News;
        }
        if is_courtesy(typed, normal) {
            return Self::Courtesy;
        }
        if GREETINGS.contains(&normal) || greets_first(normal) {
            return Self::Greeting;
        }
        if contains_sentence(normal, STOP_SENTENCES) {
            return Self::WantsStop;
        }
        if reports_arrival(normal, names_camp) || (names_camp && is_only_a_name(normal)) {
            return Self::Arrival;
        }
        if is_news(normal) || (normal.starts_with("SAFE ") && names_arrival(normal)) {
            return Self::News;
        }
        Self::Other
    }
}

/// Returns true if the text is a misspelled CHECKIN, or says that its sender has reached a camp.
pub(super) fn reports_arrival(normal: &str, names_camp: bool) -> bool {
    misspells_check_in(normal) || ((names_camp || names_place(normal)) && names_arrival(normal))
}

/// Returns true if the text is news, or says that its sender has reached a place of any kind.
pub(super) fn tells_news(normal: &str) -> bool {
    NEWS.contains(&normal) || is_news(normal) || names_arrival(normal)
}

/// Returns true for a short text that begins with a greeting: "hi, I want to register".
fn greets_first(normal: &str) -> bool {
    let mut words = normal.split(' ');
    matches!(words.next(), Some("HELLO" | "HI" | "HEY")) && words.count() <= MOST_NAME_WORDS
}

fn contains_sentence(normal: &str, sentences: &[&str]) -> bool {
    let padded = format!(" {normal} ");
    sentences
        .iter()
        .any(|sentence| padded.contains(&format!(" {sentence} ")))
}

fn is_news(normal: &str) -> bool {
    SUBJECTS
        .iter()
        .filter_map(|subject| normal.strip_prefix(subject))
        .any(|state| {
            NEWS.contains(&state)
                || STATES.contains(&state)
                || STATES.contains(&state.trim_end_matches(" NOW"))
        })
}

/// Returns true if the first word is CHECKIN with a typing error, or CHECKIN and a code in one word.
fn misspells_check_in(normal: &str) -> bool {
    let first = normal.split(' ').next().unwrap_or_default();
    let is_near = (5..=9).contains(&first.len())
        && first.starts_with('C')
        && !INNOCENT.contains(&first)
        && osa_distance(first, "CHECKIN") <= 2;
    is_near || (first.len() > "CHECKIN".len() && first.starts_with("CHECKIN"))
}

fn names_arrival(normal: &str) -> bool {
    let begins = |words: &str| {
        ARRIVALS.iter().any(|opening| {
            words
                .strip_prefix(opening)
                .is_some_and(|place| place.starts_with(' '))
        })
    };
    let mut words = normal;
    while !begins(words) {
        let Some(rest) = BEFORE_ARRIVALS.iter().find_map(|word| words.strip_prefix(word)) else {
            return false;
        };
        words = rest;
    }
    true
}

fn names_place(normal: &str) -> bool {
    normal.split(' ').any(|word| PLACES.contains(&word))
}

fn is_only_a_name(normal: &str) -> bool {
    normal.split(' ').count() <= MOST_NAME_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::normal::normalize;

    fn remark(body: &str, names_camp: bool) -> Remark {
        Remark::of(body, &normalize(body), names_camp)
    }

    #[test]
    fn a_remark_is_recognised_by_its_words() {
        for (body, expected) in [
            ("thanks!", Remark::Courtesy),
            ("Hello", Remark::Greeting),
            ("Hi, I want to register", Remark::Greeting),
            ("who is this?", Remark::Greeting),
            ("please stop texting me", Remark::WantsStop),
            ("Stop thanks", Remark::WantsStop),
            ("you have the wrong number", Remark::WantsStop),
            ("I'm ok", Remark::News),
            ("im safe", Remark::News),
            ("all good", Remark::News),
            ("home", Remark::News),
            ("we are running late", Remark::News),
            ("safe at home", Remark::News),
            ("safe at the lake", Remark::News),
            ("arrived at camp", Remark::Arrival),
            ("we made it to the hut", Remark::Arrival),
            ("Chekin Pelio", Remark::Arrival),
            ("Chekcin somewhere", Remark::Arrival),
            ("checkinpelio", Remark::Arrival),
            ("the track is muddy", Remark::Other),
            ("chicken soup tonight", Remark::Other),
            ("at the lake", Remark::Other),
        ] {
            assert_eq!(remark(body, false), expected, "{body:?}");
        }
    }

    #[test]
    fn a_place_is_an_arrival_only_if_a_camp_is_near() {
        for body in [
            "at pelio",
            "arrived at kia ora",
            "pelion hut",
            "I am at pelio",
            "we made it to pelio",
            "We've just reached pelio",
        ] {
            assert_eq!(remark(body, true), Remark::Arrival, "{body:?}");
            assert_ne!(remark(body, false), Remark::Arrival, "{body:?}");
        }
        let prose = "we saw a wombat on the way from the hut to the pass";
        assert_eq!(remark(prose, true), Remark::Other);
    }
}
