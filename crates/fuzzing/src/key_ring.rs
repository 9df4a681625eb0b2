//! The key ring's text.

use thunderbird_adapters::crypto::keys::Keys;
use thunderbird_domain::token::key_ring::KeyPurpose;

use crate::input;

/// What an operator's file holds.
pub fn check(bytes: &[u8]) {
    let text = input::text(bytes);
    match Keys::from_text(&text) {
        Ok(keys) => {
            for purpose in KeyPurpose::ALL {
                assert!(keys.ring().of(purpose).next().is_some(), "{purpose:?}");
            }
            let written = keys.to_text();
            let again = Keys::from_text(written.expose()).expect("what we write, we read");
            assert_eq!(again.ring(), keys.ring());
            assert_eq!(again.to_text().expose(), written.expose());
            assert!(!format!("{keys:?}").contains("k4.local."), "a key is printed");
        }
        Err(refusal) => {
            let said = refusal.to_string();
            assert!(!said.contains("k4.local."), "a key is repeated: {said}");
        }
    }
}
