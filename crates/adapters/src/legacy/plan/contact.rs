//! SafeCheck contacts: `safecheck_contacts` of the Python version.

use thunderbird_domain::{phone_number::PhoneNumber, time::Timestamp};

use super::{Mapped, Planned, Rules, id, time::Writer};
use crate::legacy::cell::Cell;

/// The columns that [`plan`] reads, in its order.
pub const COLUMNS: [&str; 5] = ["id", "user_phone", "contact_phone", "contact_name", "created_at"];

/// A contact to carry over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The id, kept.
    pub id: i64,
    /// The number of the hiker who named the contact.
    pub owner: PhoneNumber,
    /// The contact's number.
    pub phone: PhoneNumber,
    /// The contact's name; empty if none is readable.
    pub name: String,
    /// Since when; `None` when that cannot be read.
    pub created_at: Option<Timestamp>,
}

/// Decides about one row, given as [`COLUMNS`]. Whether the hiker exists is not known here.
///
/// # Errors
///
/// The reason why the row is only listed.
pub fn plan(row: &[Cell; 5], rules: &Rules) -> Planned<Contact> {
    let [key, owner, phone, name, created] = row;
    let mut notes = Vec::new();
    let contact = Contact {
        id: id(key)?,
        owner: rules.sender(owner, "user_phone")?,
        phone: rules.phone(phone, "contact_phone")?,
        name: super::name(name, "contact_name", &mut notes),
        created_at: rules.optional_time(created, "created_at", Writer::Utc, &mut notes),
    };
    if contact.phone == contact.owner {
        return Err("contact_phone is the hiker's own number".to_owned());
    }
    Ok(Mapped { row: contact, notes })
}
