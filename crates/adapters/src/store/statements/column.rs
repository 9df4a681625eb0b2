//! Columns to newtypes, and the error that names the corrupt one.

use diesel::result::Error;
use thunderbird_domain::{
    email::Email,
    outgoing::Words,
    phone_number::PhoneNumber,
    random::Tag,
    secret::{Mac, Sealed, TokenDigest},
    time::Timestamp,
};

/// A stored value that its own constructor refuses. Names the column, never the value.
#[derive(Debug, thiserror::Error)]
#[error("{column} of row {row} holds a value that cannot be read")]
struct Corrupt {
    column: &'static str,
    row: i64,
}

/// The error for a stored value that cannot be read.
pub(crate) fn corrupt(column: &'static str, row: i64) -> Error {
    Error::DeserializationError(Box::new(Corrupt { column, row }))
}

/// Reads a number in E.164.
pub(crate) fn phone(raw: &str, column: &'static str, row: i64) -> Result<PhoneNumber, Error> {
    PhoneNumber::from_e164(raw).map_err(|_| corrupt(column, row))
}

/// Reads an e-mail address.
pub(crate) fn email(raw: &str, column: &'static str, row: i64) -> Result<Email, Error> {
    Email::parse(raw).map_err(|_| corrupt(column, row))
}

/// Reads a tag of 16 bytes.
pub(crate) fn tag(raw: &[u8], column: &'static str, row: i64) -> Result<Tag, Error> {
    raw.try_into()
        .map(Tag::from_bytes)
        .map_err(|_| corrupt(column, row))
}

/// Reads a digest of 32 bytes.
pub(crate) fn digest(raw: &[u8], column: &'static str, row: i64) -> Result<TokenDigest, Error> {
    raw.try_into()
        .map(TokenDigest::from_bytes)
        .map_err(|_| corrupt(column, row))
}

/// Reads a keyed digest.
pub(crate) fn mac(key_id: String, raw: &[u8], column: &'static str, row: i64) -> Result<Mac, Error> {
    let bytes = raw.try_into().map_err(|_| corrupt(column, row))?;
    Ok(Mac { key_id, bytes })
}

/// Reads an instant.
pub(crate) fn instant(raw: i64) -> Timestamp {
    Timestamp::from_micros(raw)
}

/// Reads an instant that may be absent.
pub(crate) fn optional_instant(raw: Option<i64>) -> Option<Timestamp> {
    raw.map(Timestamp::from_micros)
}

/// Whether a statement failed because of a unique index: then the row was there first.
pub(crate) fn is_unique_violation(error: &Error) -> bool {
    matches!(
        error,
        Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _)
    )
}

/// Reads the words of a text or mail from their four columns; `None` once they are erased.
pub(crate) fn words(
    body: Option<String>,
    sealed: Option<Vec<u8>>,
    key_id: Option<String>,
    until: Option<i64>,
) -> Option<Words> {
    match (body, sealed, key_id, until) {
        (Some(text), ..) => Some(Words::Plain(text)),
        (None, Some(bytes), Some(key_id), Some(until)) => Some(Words::Sealed {
            sealed: Sealed { key_id, bytes },
            until: instant(until),
        }),
        _ => None,
    }
}
