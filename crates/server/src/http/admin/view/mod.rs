//! Stored values as a person at the console sees them: masked unless revealed, and inert.

pub mod chart;
pub mod people;
pub mod texts;
pub mod watch;

use std::fmt::Write as _;

use thunderbird_domain::{
    admin::Cursor, invisible::is_invisible, phone_number::PhoneNumber, time::Timestamp,
};

/// Whether personal data is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redaction {
    /// Numbers, addresses and bodies are masked.
    Masked,
    /// They are shown, after it was audited.
    Revealed,
}

impl Redaction {
    /// A number.
    pub fn phone(self, phone: &PhoneNumber) -> String {
        match self {
            Self::Masked => phone.masked(),
            Self::Revealed => phone.as_str().to_owned(),
        }
    }

    /// A sender as it came: a number, or a name.
    pub fn sender(self, raw: &str) -> String {
        match PhoneNumber::from_e164(raw) {
            Ok(phone) => self.phone(&phone),
            Err(_) => visible(raw),
        }
    }

    /// An e-mail address.
    pub fn email(self, raw: &str) -> String {
        match (self, raw.rsplit_once('@')) {
            (Self::Revealed, _) => visible(raw),
            (Self::Masked, Some((local, domain))) => {
                format!(
                    "{}***@{}",
                    visible(&local.chars().take(1).collect::<String>()),
                    visible(domain)
                )
            }
            (Self::Masked, None) => "***".to_owned(),
        }
    }
}

/// The text with every control, bidi and invisible character written out, so that none can act or hide: a number shown
/// backwards would be another number. Line breaks stay.
pub fn visible(raw: &str) -> String {
    let mut shown = String::with_capacity(raw.len());
    for letter in raw.chars() {
        if letter != '\n' && (letter.is_control() || is_invisible(letter)) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "[U+{:04X}]", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// `2026-11-19 07:40 UTC`
pub fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

/// `path?a=b&…` with the filled-in filters and the place where the next page begins; empty when there is none.
pub fn older(path: &str, filters: &[(&str, &str)], next: Option<Cursor>) -> String {
    let Some(next) = next else { return String::new() };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(filters.iter().filter(|(_, value)| !value.is_empty()));
    query.append_pair("before", &next.row().to_string());
    format!("{path}?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_act_or_hide_is_written_out() {
        assert_eq!(
            visible("a\u{202e}b\u{200b}c\u{7}\n"),
            "a[U+202E]b[U+200B]c[U+0007]\n"
        );
    }

    #[test]
    fn a_masked_page_has_neither_numbers_nor_addresses() {
        let phone = PhoneNumber::from_e164("+61491570006").unwrap();
        assert_eq!(Redaction::Masked.phone(&phone), "+614***006");
        assert_eq!(Redaction::Masked.email("ada@example.org"), "a***@example.org");
        assert_eq!(Redaction::Revealed.email("ada@example.org"), "ada@example.org");
        assert_eq!(Redaction::Masked.sender("+61491570006"), "+614***006");
    }

    #[test]
    fn the_next_page_keeps_the_filters() {
        assert_eq!(
            older(
                "/admin/users",
                &[("name", "a&b"), ("route", "")],
                Some(Cursor::below(7))
            ),
            "/admin/users?name=a%26b&before=7"
        );
        assert_eq!(older("/admin/users", &[], None), "");
    }
}
