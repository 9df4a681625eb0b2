//! Passwords: what may be chosen, what may be tried, and how they are kept.

use std::fmt;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::{email::Email, port::PortFuture, secret::Secret};

use super::common_passwords;

/// Fewest characters of a new password (NIST SP 800-63B-4; ASVS 5.0, 6.2.1).
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Most characters of a new password, counted in NFC.
pub const MAX_PASSWORD_CHARS: usize = 128;
/// Most bytes of anything offered as a password, new or old.
pub const MAX_PASSWORD_BYTES: usize = 1024;

const SERVICE_NAME: &str = "thunderbird";

/// A password to be hashed, in NFC. Never printed, wiped when dropped.
#[derive(Debug, Clone)]
pub struct Password(Secret<String>);

/// Why a new password was refused; it never repeats the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It has fewer than [`MIN_PASSWORD_CHARS`] characters.
    #[error("A password has at least 8 characters.")]
    TooShort,
    /// Over [`MAX_PASSWORD_CHARS`] or [`MAX_PASSWORD_BYTES`]; it is refused, never cut.
    #[error("A password has at most 128 characters.")]
    TooLong,
    /// Nothing but blanks.
    #[error("A password needs something other than blanks.")]
    Blank,
    /// A tab, a line end or another control character (RFC 8265, section 4.2).
    #[error("A password has no control characters.")]
    ControlCharacter,
    /// On the list of common passwords.
    #[error("This password is one of the most common ones. Choose another.")]
    Common,
    /// The name of this service.
    #[error("The name of this service is not a password.")]
    ServiceName,
    /// The account's own e-mail address, or what stands before its `@`.
    #[error("Your own name or e-mail address, or a part of it, is not a password.")]
    OwnName,
}

impl Password {
    /// Reads a password that `owner` wants to have. Spaces and Unicode are welcome; there are no composition rules.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] when it is outside the limits or too easy to guess.
    pub fn parse(raw: &str, owner: &Email) -> Result<Self, PasswordError> {
        Self::parse_apart_from(raw, &[owner.local_part(), owner.as_str()])
    }

    /// The same for an owner with other names, in lower case, none of which may be the password.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] when it is outside the limits or too easy to guess.
    pub fn parse_apart_from(raw: &str, own_names: &[&str]) -> Result<Self, PasswordError> {
        if raw.len() > MAX_PASSWORD_BYTES {
            return Err(PasswordError::TooLong);
        }
        let normal = Secret::new(raw.nfc().collect::<String>());
        check_form(normal.expose())?;
        let folded = Secret::new(normal.expose().to_ascii_lowercase());
        check_guesses(folded.expose(), own_names)?;
        Ok(Self(normal))
    }

    /// The password behind a hash that was just matched, to be hashed again at today's cost. The policy is for new
    /// passwords only, so it is not asked.
    pub fn matched(attempt: &PasswordAttempt) -> Self {
        Self(Secret::new(attempt.0.expose().nfc().collect()))
    }

    /// The bytes to hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }
}

fn check_form(normal: &str) -> Result<(), PasswordError> {
    let chars = normal.chars().count();
    if chars > MAX_PASSWORD_CHARS {
        return Err(PasswordError::TooLong);
    }
    if chars < MIN_PASSWORD_CHARS {
        return Err(PasswordError::TooShort);
    }
    if normal.chars().any(char::is_control) {
        return Err(PasswordError::ControlCharacter);
    }
    if normal.chars().all(is_blank) {
        return Err(PasswordError::Blank);
    }
    Ok(())
}

/// White space, and the characters that look like it although Unicode does not count them in.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{2800}'
                | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        )
}

fn check_guesses(folded: &str, own_names: &[&str]) -> Result<(), PasswordError> {
    if folded == SERVICE_NAME {
        return Err(PasswordError::ServiceName);
    }
    if own_names.contains(&folded) {
        return Err(PasswordError::OwnName);
    }
    if common_passwords::contains(folded) {
        return Err(PasswordError::Common);
    }
    Ok(())
}

/// A password as typed at sign-in: any bytes up to [`MAX_PASSWORD_BYTES`].
#[derive(Debug, Clone)]
pub struct PasswordAttempt(Secret<String>);

/// Over [`MAX_PASSWORD_BYTES`]: no password that was ever accepted is that long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A password has at most 1024 bytes.")]
pub struct AttemptTooLong;

impl PasswordAttempt {
    /// Reads what was typed.
    ///
    /// # Errors
    ///
    /// Fails with [`AttemptTooLong`].
    pub fn parse(raw: &str) -> Result<Self, AttemptTooLong> {
        if raw.len() > MAX_PASSWORD_BYTES {
            return Err(AttemptTooLong);
        }
        Ok(Self(Secret::new(raw.to_owned())))
    }

    /// What to verify, in this order: the bytes as typed, then their NFC form where it differs.
    ///
    /// Hashes taken over from the Python service were made of bytes as typed, ours are made of NFC. All readings
    /// are verified whatever hash is stored, none, old or new, so time depends on what was typed and on nothing else.
    pub fn readings(&self) -> Vec<Secret<Vec<u8>>> {
        let typed = self.0.expose();
        let mut readings = vec![Secret::new(typed.as_bytes().to_vec())];
        if !is_nfc(typed) {
            readings.push(Secret::new(typed.nfc().collect::<String>().into_bytes()));
        }
        readings
    }
}

/// A password hash in PHC string format. Debug hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Box<str>);

impl PasswordHash {
    /// A PHC string, as a hasher made it or as it was stored.
    pub fn from_stored(phc: impl Into<Box<str>>) -> Self {
        Self(phc.into())
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

/// Whether the hasher had room for a job.
#[must_use = "a busy hasher did nothing"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashed<T> {
    /// The hasher ran, with this result.
    Done(T),
    /// The queue was full; nothing ran. Ask again in a few seconds.
    Busy,
}

/// What a verification found.
#[must_use = "an unmatched password must not sign anybody in"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// The password is the one behind the hash.
    Match,
    /// It is not, or there is no hash.
    NoMatch,
}

/// Hashes and verifies passwords, slowly and off the caller's thread, for a bounded number of callers at once.
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password with a salt of its own, at the configured cost.
    fn hash(&self, password: &Password) -> PortFuture<'_, Hashed<PasswordHash>>;

    /// Compares an attempt with a stored hash.
    ///
    /// Without one (an unknown or disabled account) it verifies against a dummy of the configured cost and answers
    /// [`Verified::NoMatch`]; so it does for a hash that asks for more than we are willing to run, or that cannot be
    /// read. [`PasswordAttempt::readings`] says how many verifications run; it does not depend on the hash.
    fn verify(
        &self,
        attempt: &PasswordAttempt,
        stored: Option<&PasswordHash>,
    ) -> PortFuture<'_, Hashed<Verified>>;

    /// Whether a stored hash has less memory or fewer passes than the configured cost; lanes are not compared.
    fn is_weaker(&self, stored: &PasswordHash) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner() -> Email {
        Email::parse("ada.lovelace@example.org").unwrap()
    }

    fn refusal(raw: &str) -> Option<PasswordError> {
        Password::parse(raw, &owner()).err()
    }

    #[test]
    fn length_is_counted_in_characters_and_never_cut() {
        assert_eq!(refusal("kea-kea"), Some(PasswordError::TooShort));
        assert_eq!(refusal("kea-keas"), None);
        let longest = "kea!".repeat(32);
        assert_eq!(refusal(&longest), None);
        assert_eq!(refusal(&format!("{longest}x")), Some(PasswordError::TooLong));
        assert_eq!(refusal(&"🏔".repeat(128)), None);
        assert_eq!(refusal(&"🏔".repeat(257)), Some(PasswordError::TooLong));
        let kept = Password::parse(&longest, &owner()).unwrap();
        assert_eq!(kept.as_bytes(), longest.as_bytes());
    }

    #[test]
    fn one_password_has_one_spelling() {
        let composed = Password::parse("caf\u{e9} kea nest", &owner()).unwrap();
        let decomposed = Password::parse("cafe\u{301} kea nest", &owner()).unwrap();
        assert_eq!(composed.as_bytes(), decomposed.as_bytes());
        assert_eq!(refusal(&"e\u{301}".repeat(7)), Some(PasswordError::TooShort));
    }

    #[test]
    fn blanks_only_and_control_characters_are_refused() {
        for blank in [
            " ".repeat(12),
            "\u{3000}".repeat(8),
            "\u{200b} \u{2800}\u{a0}\u{feff}   ".to_owned(),
        ] {
            assert_eq!(refusal(&blank), Some(PasswordError::Blank), "{blank:?}");
        }
        for control in [
            "kea\tnest high",
            "kea nest\r\n",
            "kea\0nest high",
            "kea\u{85}nest high",
        ] {
            assert_eq!(
                refusal(control),
                Some(PasswordError::ControlCharacter),
                "{control:?}"
            );
        }
        assert_eq!(refusal("  kea nest  "), None);
    }

    #[test]
    fn what_everybody_would_guess_first_is_refused() {
        for guess in ["password", "PassWord", "QWERTYuiop", "12345678", "iloveyou"] {
            assert_eq!(refusal(guess), Some(PasswordError::Common), "{guess}");
        }
        assert_eq!(refusal("ThunderBird"), Some(PasswordError::ServiceName));
        assert_eq!(refusal("Ada.Lovelace"), Some(PasswordError::OwnName));
        assert_eq!(refusal("ADA.lovelace@example.org"), Some(PasswordError::OwnName));
        assert_eq!(refusal("ada.lovelace & kea"), None);
    }

    #[test]
    fn nothing_here_prints_a_password() {
        let password = Password::parse("kea nest canary", &owner()).unwrap();
        let attempt = PasswordAttempt::parse("kea nest canary").unwrap();
        let hash = PasswordHash::from_stored("$argon2id$canary");
        let printed = format!("{password:?} {attempt:?} {hash:?}");
        assert!(!printed.contains("canary"), "{printed}");
    }

    #[test]
    fn an_attempt_reads_as_typed_and_then_in_nfc() {
        let shown = |raw: &str| -> Vec<Vec<u8>> {
            let attempt = PasswordAttempt::parse(raw).unwrap();
            attempt
                .readings()
                .iter()
                .map(|reading| reading.expose().clone())
                .collect()
        };
        assert_eq!(shown("short"), [b"short".to_vec()]);
        assert_eq!(shown("caf\u{e9}"), ["caf\u{e9}".as_bytes().to_vec()]);
        assert_eq!(
            shown("cafe\u{301}"),
            ["cafe\u{301}".as_bytes().to_vec(), "caf\u{e9}".as_bytes().to_vec()]
        );
        assert!(PasswordAttempt::parse(&"x".repeat(1024)).is_ok());
        assert_eq!(
            PasswordAttempt::parse(&"x".repeat(1025)).err(),
            Some(AttemptTooLong)
        );
    }
}
