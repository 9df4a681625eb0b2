//! E-mail addresses in canonical spelling.

use std::{fmt, str::FromStr as _};

/// Longest address that SMTP can carry (RFC 5321 section 4.5.3.1.3, less the angle brackets).
pub const MAX_EMAIL: usize = 254;

/// A mailbox with an ASCII local part, in canonical spelling: trimmed, ASCII lower case, the domain in its IDNA ASCII form.
///
/// Only ASCII letters are folded, so two addresses that look alike never become one (GitHub's reset flaw of 2016).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(Box<str>);

/// Why an address was refused; it never repeats the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Over [`MAX_EMAIL`] characters.
    #[error("An e-mail address has at most 254 characters.")]
    TooLong,
    /// Not `local@domain` as mail servers understand it.
    #[error("This is not a valid e-mail address.")]
    Malformed,
}

impl Email {
    /// Reads an address as a person types it.
    ///
    /// # Errors
    ///
    /// [`EmailError`] when no mail could reach it.
    pub fn parse(raw: &str) -> Result<Self, EmailError> {
        let trimmed = raw.trim();
        if trimmed.len() > MAX_EMAIL {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = trimmed.rsplit_once('@').ok_or(EmailError::Malformed)?;
        if !local.is_ascii() || local.starts_with('"') {
            return Err(EmailError::Malformed);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| EmailError::Malformed)?;
        let canonical = format!("{}@{domain}", local.to_ascii_lowercase());
        if canonical.len() > MAX_EMAIL {
            return Err(EmailError::TooLong);
        }
        let top = domain.rsplit_once('.').map_or("", |(_, top)| top);
        // A last label of digits makes it an address of IPv4, which is no domain.
        if top.bytes().all(|byte| byte.is_ascii_digit()) || domain.starts_with('[') {
            return Err(EmailError::Malformed);
        }
        email_address::EmailAddress::from_str(&canonical).map_err(|_| EmailError::Malformed)?;
        Ok(Self(canonical.into()))
    }

    /// The canonical address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or(&*self.0, |(local, _)| local)
    }

    /// The address as it may be shown to somebody who has not proven to own it: `a***@example.org`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        format!("{}***@{domain}", local.chars().next().unwrap_or('*'))
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_spelling() {
        for spelling in ["Ada@Example.org", " ada@example.org ", "ada@EXAMPLE.ORG"] {
            assert_eq!(Email::parse(spelling).unwrap().as_str(), "ada@example.org");
        }
        assert_eq!(
            Email::parse("ada@bücher.example").unwrap().as_str(),
            "ada@xn--bcher-kva.example"
        );
    }

    #[test]
    fn what_no_mail_could_reach_is_refused() {
        let long = format!("{}@example.org", "a".repeat(250));
        for raw in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a b@example.org",
            "ada@example",
            "mıke@example.org",
            "a\r\nb@example.org",
            "ada@@example.org",
            &long,
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "\"a b\"@example.org",
        ] {
            assert!(Email::parse(raw).is_err(), "{raw:?}");
        }
    }

    #[test]
    fn debug_and_mask_hide_the_address() {
        let email = Email::parse("ada@example.org").unwrap();
        assert_eq!(format!("{email:?}"), "Email(***)");
        assert_eq!(email.masked(), "a***@example.org");
    }
}
