//! Names that hikers give to themselves and to their contacts.

use thunderbird_domain::{
    invisible::is_invisible,
    user::{ContactName, MAX_NAME, TrailName},
};

use unicode_normalization::char::is_combining_mark;

use crate::input;

/// A name as typed.
pub fn check(bytes: &[u8]) {
    let typed = input::text(bytes);
    let contact = ContactName::clean(&typed);
    harmless(contact.as_str());
    assert_eq!(ContactName::clean(contact.as_str()), contact, "from {typed:?}");
    if let Some(name) = TrailName::parse(&typed) {
        assert!(!name.as_str().is_empty());
        harmless(name.as_str());
        assert_eq!(
            TrailName::parse(name.as_str()),
            Some(name.clone()),
            "from {typed:?}"
        );
        assert_eq!(contact.as_str(), name.as_str(), "one rule for both");
        assert_eq!(format!("{name:?}"), "TrailName(***)");
    }
}

/// Fit to stand in a text to somebody else.
pub fn harmless(name: &str) {
    assert!(name.chars().count() <= MAX_NAME, "{name:?}");
    assert_eq!(name.trim(), name);
    for letter in name.chars() {
        assert!(!letter.is_control() && !is_invisible(letter), "{name:?}");
        assert!(letter == ' ' || !letter.is_whitespace(), "{name:?}");
        assert!(!"<>{}[]\\|^`~/:@".contains(letter), "{name:?}");
    }
    assert!(
        name.chars().filter(|letter| letter.is_numeric()).count() <= 4,
        "{name:?}"
    );
    let letters: Vec<char> = name.chars().collect();
    for (place, dot) in letters.iter().enumerate() {
        let label = letters[place + 1..]
            .iter()
            .filter(|letter| !is_combining_mark(**letter))
            .take_while(|letter| letter.is_alphanumeric())
            .count();
        assert!(
            !".\u{3002}\u{ff0e}\u{ff61}".contains(*dot) || label < 2,
            "{name:?} is a link"
        );
    }
}
