//! Why a contact is refused, which the texts about contacts need to know.

use std::time::Duration;

use crate::{phone_number::PhoneNumberError, port::Fault};

/// Most contacts that a hiker may have.
pub const MAX_CONTACTS: usize = 10;

/// Why a contact was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactRefusal {
    /// Not a number that can be texted.
    #[error(transparent)]
    Phone(#[from] PhoneNumberError),
    /// The hiker's own number.
    #[error("This is your own number.")]
    OwnNumber,
    /// There are [`MAX_CONTACTS`] already.
    #[error("You already have ten contacts.")]
    TooMany,
    /// New contacts get a text each, and a limit of these texts is reached.
    #[error("Too many contacts were added.")]
    TooOften {
        /// How long to wait; never zero.
        retry_after: Duration,
    },
}

/// Why the address of a contact was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ContactEmailError {
    /// No hiker is linked to the account, or the hiker does not have this contact.
    #[error("The hiker does not have this contact.")]
    NoContact,
    /// The hiker has given many addresses today, or many hikers have given this one.
    #[error("Too many e-mail addresses were given.")]
    TooOften {
        /// How long to wait; never zero.
        retry_after: Duration,
    },
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}
