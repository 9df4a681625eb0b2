//! A route's name for programs.

use std::fmt;

use super::rule::RouteRule;

/// A route's id: `overland_track`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteId(Box<str>);

impl RouteId {
    /// Reads an id as data files write it.
    ///
    /// # Errors
    ///
    /// [`RouteRule::Id`] for anything but `[a-z][a-z0-9_]{0,49}`.
    pub fn parse(raw: &str) -> Result<Self, RouteRule> {
        let well_formed = raw.len() <= 50
            && raw.starts_with(|first: char| first.is_ascii_lowercase())
            && raw
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if well_formed {
            Ok(Self(raw.into()))
        } else {
            Err(RouteRule::Id)
        }
    }

    /// An id that the store kept. It may name a route that no catalogue has: adopted rows keep whatever they said.
    pub fn from_stored(raw: impl Into<Box<str>>) -> Self {
        Self(raw.into())
    }

    /// The id's letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RouteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
