//! Somebody whom a hiker wants told, as an export shows it.

use serde::Serialize;
use thunderbird_domain::privacy::ExportedContact;

/// Somebody to tell.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ContactExport {
    /// The number.
    phone: String,
    /// What the hiker calls them.
    name: String,
    /// Since when.
    created_at: String,
    /// Why the last text to them did not arrive, or null.
    trouble: Option<String>,
    /// Whether the contact has agreed to be alerted.
    ready: bool,
    /// The e-mail address that gets alerts, or null.
    email: Option<String>,
}

impl From<ExportedContact> for ContactExport {
    fn from(contact: ExportedContact) -> Self {
        Self {
            phone: contact.phone,
            name: contact.name,
            created_at: contact.created_at.to_string(),
            trouble: contact.trouble,
            ready: contact.is_ready,
            email: contact.email,
        }
    }
}
