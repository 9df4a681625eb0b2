//! An administrator.

use std::fmt;

use crate::{
    account::password::PasswordHash, id::AdminId, port::Revision, random::Tag, secret::Sealed,
    time::Timestamp,
};

/// What an administrator signs in as: 1 to 40 of `a-z 0-9 . _ -`, beginning with a letter; upper case is folded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdminName(Box<str>);

/// Not the name of an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A name has 1 to 40 letters, digits, dots, hyphens or underscores, and begins with a letter.")]
pub struct AdminNameError;

impl AdminName {
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// [`AdminNameError`] for anything else.
    pub fn parse(raw: &str) -> Result<Self, AdminNameError> {
        let name = raw.trim().to_ascii_lowercase();
        let begins = name.starts_with(|first: char| first.is_ascii_lowercase());
        let sound =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "._-".contains(letter);
        if begins && name.len() <= 40 && name.chars().all(sound) {
            Ok(Self(name.into()))
        } else {
            Err(AdminNameError)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AdminName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an administrator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sees everything that is not masked, changes nothing, reveals nothing.
    Viewer,
    /// Reveals and changes, audited.
    Operator,
}

crate::word::word_enum!(Role {
    Viewer => "viewer",
    Operator => "operator",
});

impl Role {
    /// True if this role may change things and see what is masked.
    pub const fn may_act(self) -> bool {
        matches!(self, Self::Operator)
    }
}

/// An authenticator that was enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totp {
    /// Its secret, sealed under the administrator's tag.
    pub secret: Sealed,
    /// The time step of the last code that was accepted: a code works once (RFC 6238, section 5.2).
    pub last_step: i64,
}

/// An administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Its id.
    pub id: AdminId,
    /// What its sealed values are bound to.
    pub tag: Tag,
    /// What it signs in as.
    pub name: AdminName,
    /// What it may do.
    pub role: Role,
    /// Its password.
    pub password: PasswordHash,
    /// Its second factor, once enrolled.
    pub totp: Option<Totp>,
    /// Since when it cannot sign in any more.
    pub disabled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Which state this is.
    pub revision: Revision,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_and_folded() {
        assert_eq!(AdminName::parse(" Ada.L-1 ").unwrap().as_str(), "ada.l-1");
        for raw in ["", "1ada", "ada lovelace", "ädа", "<b>", &"a".repeat(41)] {
            assert_eq!(AdminName::parse(raw), Err(AdminNameError), "{raw}");
        }
    }
}
