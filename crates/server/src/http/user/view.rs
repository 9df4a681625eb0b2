//! A hiker, a check-in and a contact as the linked account sees them.

use serde::Serialize;
use thunderbird_domain::user::{Contact, Profile, StoredCheckIn};

/// A hiker.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Hiker)]
pub struct HikerView {
    /// The linked number, in E.164.
    #[schema(examples("+61491570006"))]
    phone: String,
    /// What the hiker is called.
    #[schema(examples("Wombat"))]
    trail_name: String,
    /// The route; it may be one that is not listed any more.
    #[schema(examples("overland_track"))]
    route_id: String,
    /// The last check-in, or null.
    position: Option<PositionView>,
    /// Whether the number gets no texts from this service.
    opted_out: bool,
    /// How many contacts there are.
    contacts_count: usize,
    /// Since when the hiker is registered, RFC 3339.
    created_at: String,
}

/// A place, and since when.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Position)]
pub struct PositionView {
    /// The camp's code.
    #[schema(examples("PELIO"))]
    code: String,
    /// The camp's name; empty when the route is not listed any more.
    #[schema(examples("Pelion Hut"))]
    name: String,
    /// When, RFC 3339.
    #[schema(examples("2026-11-19T07:40:00Z"))]
    at: String,
}

impl From<Profile> for HikerView {
    fn from(profile: Profile) -> Self {
        let user = profile.stored.user;
        let name = profile.camp_name.unwrap_or_default();
        Self {
            phone: user.phone.as_str().to_owned(),
            trail_name: user.trail_name.as_str().to_owned(),
            route_id: user.route.to_string(),
            position: user.position.map(|position| PositionView {
                code: position.code,
                name,
                at: position.at.to_string(),
            }),
            opted_out: profile.opted_out,
            contacts_count: user.contacts.len(),
            created_at: user.started_at.to_string(),
        }
    }
}

/// A check-in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = CheckIn)]
pub struct CheckInView {
    /// Never reused.
    #[schema(examples(3))]
    id: i64,
    /// Where.
    camp: CampView,
    /// When it was announced, RFC 3339.
    #[schema(examples("2026-11-19T07:40:00Z"))]
    at: String,
    /// `sms`, `web`, or `adopted` from an earlier version of the service.
    #[schema(value_type = String, examples("web"))]
    source: &'static str,
    /// How many contacts a text was queued for.
    contacts_told: u32,
}

/// A camp.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Camp)]
pub struct CampView {
    /// Its code on the hiker's route.
    #[schema(examples("PELIO"))]
    code: String,
    /// Its name at that time.
    #[schema(examples("Pelion Hut"))]
    name: String,
}

impl From<StoredCheckIn> for CheckInView {
    fn from(stored: StoredCheckIn) -> Self {
        let StoredCheckIn { id, check_in } = stored;
        Self {
            id: id.get(),
            camp: CampView {
                code: check_in.camp_code,
                name: check_in.camp_name,
            },
            at: check_in.at.to_string(),
            source: check_in.source.as_str(),
            contacts_told: check_in.contacts_told,
        }
    }
}

/// A contact.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    /// Never reused.
    #[schema(examples(5))]
    id: i64,
    /// What the hiker calls them.
    #[schema(examples("Mum"))]
    name: String,
    /// In E.164.
    #[schema(examples("+61491570156"))]
    phone: String,
    /// Whether the number gets no texts from this service.
    opted_out: bool,
    /// Since when, RFC 3339.
    #[schema(examples("2026-11-19T07:40:00Z"))]
    created_at: String,
}

impl ContactView {
    /// Its id.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// A contact, and whether its number is opted out.
    pub fn of(contact: &Contact, opted_out: bool) -> Self {
        Self {
            id: contact.id.map_or(0, thunderbird_domain::user::ContactId::get),
            name: contact.name.as_str().to_owned(),
            phone: contact.phone.as_str().to_owned(),
            opted_out,
            created_at: contact.created_at.to_string(),
        }
    }
}
