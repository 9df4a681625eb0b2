//! Passwords, as chosen and as tried.

use std::sync::LazyLock;

use thunderbird_domain::{
    account::password::{MAX_PASSWORD_BYTES, Password, PasswordAttempt, PasswordError},
    email::Email,
};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::input;

static OWNER: LazyLock<Email> = LazyLock::new(|| Email::parse("ada.lovelace@example.org").unwrap());

/// A password as typed.
pub fn check(bytes: &[u8]) {
    let typed = input::text(bytes);
    tried(&typed);
    let normal: String = typed.nfc().collect();
    let length = normal.chars().count();
    match Password::parse(&typed, &OWNER) {
        Ok(kept) => {
            assert_eq!(kept.as_bytes(), normal.as_bytes(), "cut or changed");
            assert!((8..=128).contains(&length) && typed.len() <= MAX_PASSWORD_BYTES);
            assert!(!normal.chars().any(char::is_control));
            assert!(!normal.trim().is_empty());
            for guess in ["password", "thunderbird", "ada.lovelace", OWNER.as_str()] {
                assert!(!normal.eq_ignore_ascii_case(guess), "{guess}");
            }
            let again = Password::parse(&normal, &OWNER).expect("its normal form is the same password");
            assert_eq!(again.as_bytes(), kept.as_bytes());
            let matched = Password::matched(&PasswordAttempt::parse(&typed).expect("as long as before"));
            assert_eq!(matched.as_bytes(), kept.as_bytes(), "hashed anew as chosen");
        }
        Err(PasswordError::TooShort) => assert!(length < 8),
        Err(PasswordError::TooLong) => assert!(length > 128 || typed.len() > MAX_PASSWORD_BYTES),
        Err(PasswordError::ControlCharacter) => assert!(normal.chars().any(char::is_control)),
        Err(PasswordError::Common) => assert!(normal.is_ascii()),
        Err(PasswordError::Blank | PasswordError::ServiceName | PasswordError::OwnName) => {}
    }
}

/// At sign-in: the bytes as typed, then their normal form where that differs.
fn tried(typed: &str) {
    match PasswordAttempt::parse(typed) {
        Ok(attempt) => {
            let readings = attempt.readings();
            assert_eq!(readings.len(), if is_nfc(typed) { 1 } else { 2 });
            assert_eq!(readings[0].expose(), typed.as_bytes());
            let normal: String = typed.nfc().collect();
            assert_eq!(readings.last().unwrap().expose(), normal.as_bytes());
        }
        Err(_) => assert!(typed.len() > MAX_PASSWORD_BYTES),
    }
}
