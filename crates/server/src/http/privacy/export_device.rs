//! A device that is known at sign-in, as an export shows it.

use serde::Serialize;
use thunderbird_domain::account::KnownDevice;

/// A device that is known at sign-in; never its token.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DeviceExport {
    /// What the client called itself last.
    user_agent: Option<String>,
    /// When it signed in first.
    created_at: String,
    /// When it signed in last.
    last_used_at: String,
}

impl From<KnownDevice> for DeviceExport {
    fn from(device: KnownDevice) -> Self {
        Self {
            user_agent: device.user_agent.map(|name| name.as_str().to_owned()),
            created_at: device.created_at.to_string(),
            last_used_at: device.last_used_at.to_string(),
        }
    }
}
