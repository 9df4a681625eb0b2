//! A hiker, a check-in and a contact as the linked account sees them.

use serde::Serialize;
use thunderbird_domain::user::{
    CheckInNotice, Contact, ContactMarks, Profile, SavedContact, StoredCheckIn, StoredUser, Trouble,
};

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
    /// Whether the first text to a new contact gives the whole number.
    shows_number: bool,
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
            shows_number: user.shows_number,
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
    /// When the hiker took it back, RFC 3339, or null.
    taken_back_at: Option<String>,
    /// What became of the text to each of them, as long as it is kept; empty for a check-in that an earlier version of
    /// the service stored.
    notices: Vec<NoticeView>,
}

/// The text of a check-in to one contact.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = CheckInNotice)]
pub struct NoticeView {
    /// What the hiker calls the contact; empty if the number is no contact any more.
    #[schema(examples("Mum"))]
    name: String,
    /// The contact's number in E.164.
    #[schema(examples("+61491570156"))]
    phone: String,
    /// `delivered`, `on_its_way`, `failed`, or `not_sent` because the contact opted out
    /// or the check-in was taken back in between.
    #[schema(value_type = String, examples("failed"))]
    state: &'static str,
    /// Why it failed, or null.
    trouble: Option<TroubleView>,
}

/// Why a text did not reach a contact.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Trouble)]
pub struct TroubleView {
    /// `takes_no_texts`, `unreachable`, `undelivered`, `late` or `doubtful`.
    #[schema(value_type = String, examples("takes_no_texts"))]
    reason: &'static str,
    /// The same in words, to follow the contact's name.
    #[schema(value_type = String, examples("takes no texts"))]
    words: &'static str,
}

impl From<Trouble> for TroubleView {
    fn from(trouble: Trouble) -> Self {
        Self {
            reason: trouble.as_str(),
            words: trouble.words(),
        }
    }
}

impl From<CheckInNotice> for NoticeView {
    fn from(notice: CheckInNotice) -> Self {
        Self {
            name: notice.name.as_str().to_owned(),
            phone: notice.phone.as_str().to_owned(),
            state: notice.reach.as_str(),
            trouble: notice.reach.trouble().map(TroubleView::from),
        }
    }
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
        let StoredCheckIn {
            id,
            check_in,
            notices,
        } = stored;
        Self {
            id: id.get(),
            camp: CampView {
                code: check_in.camp_code,
                name: check_in.camp_name,
            },
            at: check_in.at.to_string(),
            source: check_in.source.as_str(),
            contacts_told: check_in.contacts_told,
            taken_back_at: check_in.taken_back_at.map(|at| at.to_string()),
            notices: notices.into_iter().map(NoticeView::from).collect(),
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
    /// Whether the contact has agreed to be alerted, by texting READY.
    ready: bool,
    /// The e-mail address that gets alerts and their ends, or null.
    #[schema(examples("mum@example.org"))]
    email: Option<String>,
    /// Whether the owner of that address has stopped our mails.
    email_stopped: bool,
    /// Why the newest text, of those whose fate is known, did not arrive; null if it did. Adding the contact again
    /// clears it, and so does a delivery.
    trouble: Option<TroubleView>,
    /// Since when, RFC 3339.
    #[schema(examples("2026-11-19T07:40:00Z"))]
    created_at: String,
}

impl From<&SavedContact> for ContactView {
    fn from(saved: &SavedContact) -> Self {
        Self::new(&saved.contact, saved.trouble, saved.marks)
    }
}

impl ContactView {
    /// A contact of this hiker.
    pub fn of(contact: &Contact, stored: &StoredUser) -> Self {
        let phone = &contact.phone;
        Self::new(contact, stored.trouble(phone), ContactMarks::of(stored, phone))
    }

    fn new(contact: &Contact, trouble: Option<Trouble>, marks: ContactMarks) -> Self {
        Self {
            id: contact.id.map_or(0, thunderbird_domain::user::ContactId::get),
            name: contact.name.as_str().to_owned(),
            phone: contact.phone.as_str().to_owned(),
            opted_out: marks.opted_out,
            ready: marks.is_ready,
            email: contact.email.as_ref().map(|email| email.as_str().to_owned()),
            email_stopped: marks.mails_stopped,
            trouble: trouble.map(TroubleView::from),
            created_at: contact.created_at.to_string(),
        }
    }
}
