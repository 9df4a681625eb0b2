//! The contacts who are told of a check-in, which its answer names.

use super::Contact;

/// Who is told and who cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// Contacts that a message was queued for.
    pub told: Vec<Contact>,
    /// Contacts who may not be texted: opted out, or of a region or kind that is not.
    pub not_told: Vec<Contact>,
}
