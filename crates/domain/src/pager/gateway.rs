//! The port that hands a page to the operator's address.

use crate::{page::PageKind, port::PortFuture, random::Tag};

/// A page as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLetter {
    /// The same at every attempt, so that a receiver can tell a repetition.
    pub tag: Tag,
    /// What it tells of; `None` for an operator's test.
    pub kind: Option<PageKind>,
    /// The title that it has.
    pub title: String,
    /// What it says.
    pub message: String,
    /// The console's page about it.
    pub link: String,
}

/// What became of handing a page over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    /// The other side took it.
    Taken,
    /// It answered with a status that is not one of 2xx. A redirect is not followed.
    Refused {
        /// The status that it answered.
        status: u16,
    },
    /// It did not answer in time, or not at all.
    Unanswered,
    /// Its name leads only to addresses that may not be asked, because they are of this machine or of a private network.
    Private,
}

/// Hands pages to one address. Every way that it can misbehave is an answer; a `Fault` means that nothing was attempted.
pub trait PageGateway: Send + Sync {
    /// Hands one page over, once. Never tries again by itself, and never anywhere else.
    fn ring<'a>(&'a self, letter: &'a PageLetter) -> PortFuture<'a, Rung>;
}
