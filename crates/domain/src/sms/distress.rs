//! Recognises a call for help in a text.
//!
//! People in trouble text words, not commands. The service does not act on these words: it answers with the emergency
//! number and says that no person reads the text. A false match therefore costs one unneeded answer, and a missed
//! match costs a person the one answer that matters, so the list is wide.

use strsim::osa_distance;

/// Words that are a call for help wherever they stand in a text.
///
/// Words of [`FUZZY_LENGTH`] letters or more are also recognised with one typing error.
const WORDS: &[&str] = &[
    "SOS",
    "MAYDAY",
    "EMERGENCY",
    "HURT",
    "INJURED",
    "INJURY",
    "INJURIES",
    "BROKEN",
    "BROKE",
    "LOST",
    "FALLEN",
    "TRAPPED",
    "STRANDED",
    "BLEEDING",
    "BLEED",
    "POLICE",
    "AMBULANCE",
    "PARAMEDIC",
    "PARAMEDICS",
    "HELICOPTER",
    "RESCUE",
    "UNCONSCIOUS",
    "HYPOTHERMIA",
    "HYPOTHERMIC",
    "DROWNING",
    "DROWNED",
    "CONCUSSION",
    "CONCUSSED",
    "SNAKEBITE",
    "DYING",
];

/// Sequences of words that are a call for help.
const PHRASES: &[&str] = &[
    "S O S",
    "NEED HELP",
    "NEEDS HELP",
    "NEED SOME HELP",
    "NEED URGENT HELP",
    "HELP ME",
    "HELP US",
    "HELP PLEASE",
    "PLEASE HELP",
    "PLS HELP",
    "SEND HELP",
    "GET HELP",
    "CANT WALK",
    "CAN T WALK",
    "CANNOT WALK",
    "CANT MOVE",
    "CAN T MOVE",
    "CANNOT MOVE",
    "CANT BREATHE",
    "CAN T BREATHE",
    "NOT BREATHING",
    "HEART ATTACK",
    "CHEST PAIN",
    "CHEST PAINS",
    "SNAKE BITE",
    "SNAKE BIT",
    "BITTEN BY",
    "FELL DOWN",
    "FELL OFF",
    "HAD A FALL",
    "IM STUCK",
    "I M STUCK",
    "I AM STUCK",
    "WE ARE STUCK",
    "WERE STUCK",
    "TRIPLE ZERO",
    "TRIPLE 0",
];

/// Emergency numbers that people text. Digits are also parts of phone numbers and heights, so they count only if they
/// are the whole text or follow a word of [`CALLING`].
const NUMBERS: &[&str] = &["000", "111", "112", "911", "999"];

/// Verbs after which an emergency number is a call for help.
const CALLING: &[&str] = &["CALL", "CALLING", "RING", "RINGING", "DIAL", "DIALLING", "PHONE"];

/// Shortest word that is recognised with one typing error; shorter words have too many innocent neighbours.
const FUZZY_LENGTH: usize = 6;

/// Words of everyday texts that are one letter away from a word of [`WORDS`].
const INNOCENT: &[&str] = &["BROKER", "TRAPPER", "RESCUED", "POLICY", "FALLER", "BREEDING"];

/// The sentence that every answer to a call for help contains, as commands are compared.
///
/// A robot that quotes our answer back sends these words; it must not get the answer again, or two robots would text
/// each other without end.
const OUR_ANSWER: &str = "NOBODY READS THIS NUMBER";

/// The picture of the letters SOS; it is no word, so the compared form of a text does not contain it.
const SOS_SIGN: char = '\u{1f198}';

/// Returns true if the picture SOS stands in the text.
pub(super) fn has_sos_sign(typed: &str) -> bool {
    typed.contains(SOS_SIGN)
}

/// Returns true if the text, as [`normalize`](super::normal::normalize) writes it, contains a call for help.
pub fn is_distress(normal: &str) -> bool {
    if normal.contains(OUR_ANSWER) {
        return false;
    }
    let words: Vec<&str> = normal.split(' ').collect();
    let padded = format!(" {normal} ");
    words.iter().any(|word| is_distress_word(word))
        || PHRASES
            .iter()
            .any(|phrase| padded.contains(&format!(" {phrase} ")))
        || calls_a_number(&words)
}

fn is_distress_word(word: &str) -> bool {
    if WORDS.contains(&word) {
        return true;
    }
    !INNOCENT.contains(&word) && WORDS.iter().any(|known| is_one_error_away(known, word))
}

/// Compares with one typing error allowed. Length and ends are looked at first, because the distance is costly and this
/// runs for every word of every text that is no command: one error cannot change both ends of a word.
fn is_one_error_away(known: &str, word: &str) -> bool {
    let same_first = known.chars().next() == word.chars().next();
    let same_last = known.chars().next_back() == word.chars().next_back();
    known.len() >= FUZZY_LENGTH
        && known.len().abs_diff(word.len()) <= 1
        && (same_first || same_last)
        && osa_distance(known, word) == 1
}

fn calls_a_number(words: &[&str]) -> bool {
    match words {
        [only] => NUMBERS.contains(only),
        _ => words
            .windows(2)
            .any(|pair| matches!(pair, [verb, number] if CALLING.contains(verb) && NUMBERS.contains(number))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::normal::normalize;

    fn found(body: &str) -> bool {
        is_distress(&normalize(body))
    }

    #[test]
    fn a_call_for_help_is_found_in_the_words_that_people_use() {
        for body in [
            "SOS",
            "sos!",
            "s.o.s help me",
            "Mayday mayday",
            "emergency",
            "emergancy",
            "EMERGENCY!!! broken leg",
            "need help broken leg at pelio",
            "im lost",
            "I am hurt",
            "broke my leg",
            "I have fallen and cant walk",
            "we can't move",
            "call police",
            "send an ambulence",
            "000",
            "call 000",
            "please ring 112",
            "Dial 911",
            "help me please",
            "Please help",
            "He is bleeding badly",
            "friend unconcious",
            "Chest pain",
            "snake bite",
            "trapped by the river",
        ] {
            assert!(found(body), "{body:?}");
        }
    }

    #[test]
    fn ordinary_texts_are_no_call_for_help() {
        for body in [
            "",
            "HELP",
            "thanks",
            "CHECKIN PELIO",
            "SAFE 0417 000 345 Mum",
            "1000 m to go",
            "at 112 metres",
            "see you at 000",
            "closing the hut now",
            "our insurance broker called",
            "all good, lovely walk",
            "running late",
            "policy",
        ] {
            assert!(!found(body), "{body:?}");
        }
    }

    #[test]
    fn no_route_may_use_a_call_for_help_as_a_code() {
        for word in WORDS {
            let could_be_a_code = crate::route::WaypointCode::parse(word).is_ok();
            assert!(
                !could_be_a_code || crate::route::RESERVED_WORDS.contains(word),
                "{word}"
            );
        }
    }

    #[test]
    fn our_own_answer_is_no_call_for_help() {
        assert!(!found(
            "Nobody reads this number. CALL 000 or 112. No voice signal: use a PLB or satellite SOS."
        ));
        assert!(!found("> Nobody reads this number. CALL 000\nSOS"));
    }
}
