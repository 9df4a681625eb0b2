//! The words of a text or a mail as their columns.

use thunderbird_domain::outgoing::Words;

/// Words as their four columns.
pub(crate) struct WordColumns<'a> {
    pub(crate) body: Option<&'a str>,
    pub(crate) sealed: Option<&'a [u8]>,
    pub(crate) sealed_key: Option<&'a str>,
    pub(crate) sealed_until: Option<i64>,
}

impl<'a> From<&'a Words> for WordColumns<'a> {
    fn from(words: &'a Words) -> Self {
        match words {
            Words::Plain(text) => Self {
                body: Some(text),
                sealed: None,
                sealed_key: None,
                sealed_until: None,
            },
            Words::Sealed { sealed, until } => Self {
                body: None,
                sealed: Some(&sealed.bytes),
                sealed_key: Some(&sealed.key_id),
                sealed_until: Some(until.as_micros()),
            },
        }
    }
}
