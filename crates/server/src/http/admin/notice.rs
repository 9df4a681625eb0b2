//! The notices of the console.

pub use crate::http::pages::notice::Notice;
use crate::http::pages::notice::Notices;

const NOTICES: &Notices = &[
    ("signed-out", "", "You are signed out."),
    ("wrong", "bad", "Incorrect name or password."),
    ("wrong-code", "bad", "This code is not, or no longer, valid."),
    (
        "wrong-key-code",
        "bad",
        "This code does not belong to the key that was shown. Here is a new key.",
    ),
    (
        "enrolled",
        "bad",
        "A second factor is on already. The command line takes it away: thunderbird admin reset-totp.",
    ),
    ("registered", "", "The hiker is registered."),
    (
        "already-registered",
        "bad",
        "Nothing was changed: this number is registered already.",
    ),
    (
        "not-a-number",
        "bad",
        "Nothing was done: this is not a valid phone number.",
    ),
    (
        "not-mobile",
        "bad",
        "Nothing was done: this number cannot receive texts.",
    ),
    (
        "region",
        "bad",
        "Nothing was done: numbers of this region cannot be texted from here.",
    ),
    (
        "ours",
        "bad",
        "Nothing was done: this is a number of this service itself.",
    ),
    (
        "trail-name",
        "bad",
        "Nothing was changed: a trail name has 1 to 30 printable characters.",
    ),
    (
        "unknown-route",
        "bad",
        "Nothing was changed: there is no such route.",
    ),
    (
        "unknown",
        "bad",
        "Nothing was changed: it is not there, or no longer.",
    ),
    (
        "unsure",
        "bad",
        "Nothing was changed: tick the box to say that you are sure.",
    ),
    (
        "route-changed",
        "",
        "The route is changed and the position cleared.",
    ),
    (
        "no-verdict",
        "bad",
        "Nothing was changed: choose what became of the hiker.",
    ),
    (
        "promise-closed",
        "",
        "It is closed. The hiker and the contacts who know of it read it, unless they stopped our texts.",
    ),
    (
        "promise-over",
        "bad",
        "Nothing was changed: it was closed before.",
    ),
    (
        "promise-changed",
        "bad",
        "Nothing was changed: it is not as you have seen it any more. Look again.",
    ),
    (
        "promise-call",
        "bad",
        "Nothing was changed: this hiker asks for help. Close the call for help first.",
    ),
    (
        "promise-ahead",
        "bad",
        "Nothing was changed: the promised time lies ahead. Only the hiker can withdraw it.",
    ),
    ("removed", "", "The hiker is removed. History stays."),
    ("resent", "", "The text is queued again."),
    (
        "not-given-up",
        "bad",
        "Nothing was sent: only a text that was given up can be sent again.",
    ),
    (
        "words-gone",
        "bad",
        "Nothing was sent: the words of this text are gone, or they carried a code.",
    ),
    ("opted-out", "bad", "Nothing was sent: this number has opted out."),
    ("test-queued", "", "The test text is queued."),
    (
        "words",
        "bad",
        "Nothing was sent: a test text has 1 to 160 characters, and no control characters.",
    ),
    ("recorded", "", "The opt-out is recorded."),
    ("cleared", "", "The opt-out is cleared."),
    (
        "unchanged",
        "bad",
        "Nothing was changed: this is how it was already.",
    ),
    ("sessions-ended", "", "Every session of the account is ended."),
    (
        "reset-sent",
        "",
        "If the account can receive mail, a reset link is on its way.",
    ),
    ("no-mailer", "bad", "Nothing was sent: no mailer is configured."),
    (
        "throttled",
        "bad",
        "Nothing was sent: too many reset links for this address. Try again later.",
    ),
    ("disabled", "", "The account is disabled, its sessions are ended."),
    ("enabled", "", "The account can be used again."),
];

impl Notice {
    /// The notice of the console that an address names.
    pub fn named(slug: Option<&str>) -> Option<Self> {
        Self::find(NOTICES, slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_put_words_on_a_page() {
        assert_eq!(Notice::named(Some("<b>you have won</b>")), None);
        assert_eq!(Notice::named(Some("removed")).unwrap().kind, "");
    }
}
