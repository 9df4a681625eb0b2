//! Answers to texts that did not reach us at once.

/// The answer to a text that came late.
pub fn answer(reply: &str) -> String {
    format!("Your text reached us late. {reply}")
}

/// A text that did nothing, because its sender has gone on since.
pub fn overtaken(word: &str) -> String {
    format!(
        "Your text {word} reached us late, after newer texts of yours, so it changed NOTHING. Still want it? Text it again."
    )
}

/// OUT or LATE with a time that has passed.
pub fn passed() -> String {
    "Your text reached us late, and its time has passed: it set NOTHING. Out: text BACK. Not out yet? Text a new time, \
     such as OUT SUN 6PM."
        .to_owned()
}
