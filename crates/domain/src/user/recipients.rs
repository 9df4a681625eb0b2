//! The contacts who are told of a check-in, which its answer names.

use super::{Contact, Trouble};
use crate::time::Timestamp;

/// Who is told and who cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// Contacts that a message was queued for.
    pub told: Vec<Contact>,
    /// Contacts that a message was queued for although the last text did not reach them, and why.
    pub doubtful: Vec<(Contact, Trouble)>,
    /// Contacts who may not be texted: opted out, or of a region or kind that is not.
    pub not_told: Vec<Contact>,
    /// Contacts who get a text later, in one message about the newest check-in, because a limit is reached.
    pub later: Vec<Contact>,
    /// When the last of them gets it; `None` if there are no later ones.
    pub later_at: Option<Timestamp>,
}
