//! A promise to be out by a time as the linked account sees it.

use jiff::tz::TimeZone;
use serde::Serialize;
use thunderbird_domain::{
    deadline::{Alarm, Deadline, Plan, StageRow, StoredDeadline, Watcher},
    id::ContactId,
    time::Timestamp,
    user::{Trip, TripVersion},
};

/// A promise that is watched.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Trip)]
pub struct TripView {
    /// The promise itself.
    #[serde(flatten)]
    promise: PromiseView,
    /// The hiker's contacts, in the order in which they were added.
    contacts: Vec<WatcherView>,
    /// What any phone can text to close the promise; null for a promise that is older than these words.
    #[schema(value_type = Option<String>, examples("BACK KNITTING MAINLAND"))]
    back_by_words: Option<String>,
    /// Names this state: the same text stands in the `ETag`, and `If-Match` takes it.
    #[schema(examples("12-1"))]
    revision: String,
}

/// A promise to be out by a time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Promise)]
pub struct PromiseView {
    /// The id, which is never reused.
    #[schema(examples(12))]
    id: i64,
    /// The route when the time was set.
    #[schema(examples("overland_track"))]
    route_id: String,
    /// The promised time, RFC 3339.
    #[schema(examples("2026-11-22T07:00:00Z"))]
    out_by: String,
    /// The same, local to the route.
    #[schema(examples("2026-11-22T18:00"))]
    out_by_local: String,
    /// The zone that the local time is in.
    #[schema(examples("Australia/Hobart"))]
    zone: String,
    /// When the contacts are alerted if no word comes, RFC 3339.
    #[schema(examples("2026-11-22T08:00:00Z"))]
    alert_at: String,
    /// `armed`, `asking`, `alarmed` or `closed`.
    #[schema(value_type = String, examples("armed"))]
    state: &'static str,
    /// `text`, `web`, or `late` if the time moves an earlier one.
    #[schema(value_type = String, examples("web"))]
    set_by: &'static str,
    /// When it was set, RFC 3339.
    #[schema(examples("2026-11-19T07:40:00Z"))]
    set_at: String,
    /// What the hiker has written about the trip: erased 30 days after it was closed.
    #[serde(flatten)]
    plan: PlanView,
}

/// What is known of a trip besides its time. A member that was not given is null.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Plan)]
pub struct PlanView {
    /// How many walk together.
    #[schema(minimum = 1, maximum = 20, examples(3))]
    party: Option<u8>,
    /// The vehicle, and where it stands.
    #[schema(max_length = 100, examples("White van ABC 123, visitor centre"))]
    vehicle: Option<String>,
    /// What is carried.
    #[schema(max_length = 500, examples("Orange tent, PLB"))]
    gear: Option<String>,
    /// The way, with its nights.
    #[schema(max_length = 1000, examples("Waterfall Valley, Windermere, New Pelion"))]
    plan: Option<String>,
    /// Anything else they wrote.
    #[schema(max_length = 1000)]
    notes: Option<String>,
}

/// A contact, as an alarm sees them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Watcher)]
pub struct WatcherView {
    /// The contact's id, as in the list of contacts.
    #[schema(value_type = i64, examples(7))]
    id: Option<i64>,
    /// What the hiker calls them; can be empty.
    #[schema(examples("Mum"))]
    name: String,
    /// The contact's number in E.164.
    #[schema(examples("+61491570156"))]
    phone: String,
    /// Whether the number gets no texts from this service, so that no alarm reaches it.
    opted_out: bool,
    /// Whether the contact has agreed to be alerted, by texting READY. An alarm is sent to the others, too.
    ready: bool,
}

/// A promise with everything that happened about it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = TripRecord)]
pub struct TripRecordView {
    /// The promise itself.
    #[serde(flatten)]
    promise: PromiseView,
    /// When it was closed, RFC 3339, or null.
    closed_at: Option<String>,
    /// `back`, `heard`, `replaced`, `withdrawn`, `called_off`, `found`, `operator_found`, `operator_false_alarm`, `operator_police` or `ended`, or null while it is open.
    #[schema(value_type = Option<String>, examples("back"))]
    closed_how: Option<&'static str>,
    /// What was or is to be sent, in this order.
    stages: Vec<StageView>,
    /// The alarm, or null if the contacts were never alerted.
    alarm: Option<AlarmView>,
}

/// One step of the schedule.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Stage)]
pub struct StageView {
    /// `notice` to the contacts, `ask_1` to `ask_3` to the hiker, `alert_1` to `alert_3` to the contacts, `ask_claimer_1` and
    /// `lapse_1` (and so on) about the contact who deals with the alarm, `joined` to contacts who were added during it.
    #[schema(examples("ask_1"))]
    stage: String,
    /// When it is due, RFC 3339; null while a contact deals with the alarm.
    due_at: Option<String>,
    /// `fired`, `skipped` or `withdrawn`; null while it is to come.
    #[schema(value_type = Option<String>, examples("fired"))]
    outcome: Option<&'static str>,
    /// When that was, RFC 3339, or null.
    ended_at: Option<String>,
}

/// An alarm of a promise.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Alarm)]
pub struct AlarmView {
    /// When the first alert was queued, RFC 3339.
    opened_at: String,
    /// What the hiker calls the contacts who were alerted, or their masked numbers.
    contacts: Vec<String>,
    /// Who deals with it now, or null.
    acting: Option<String>,
}

impl From<Trip> for TripView {
    fn from(trip: Trip) -> Self {
        let words = trip.stored.deadline.words;
        Self {
            revision: TripVersion::of(&trip.stored).to_string(),
            back_by_words: words.map(|words| format!("BACK {}", words.in_capitals())),
            promise: PromiseView::of(&trip.stored),
            contacts: trip.contacts.into_iter().map(WatcherView::from).collect(),
        }
    }
}

impl PromiseView {
    fn of(stored: &StoredDeadline) -> Self {
        let deadline = &stored.deadline;
        Self {
            id: stored.id.get(),
            route_id: deadline.route.to_string(),
            out_by: deadline.due_at.to_string(),
            out_by_local: local(deadline.due_at, &deadline.zone),
            zone: deadline.zone.iana_name().unwrap_or("UTC").to_owned(),
            alert_at: deadline.alert_at().to_string(),
            state: deadline.state().as_str(),
            set_by: deadline.set_by.as_str(),
            set_at: deadline.set_at.to_string(),
            plan: PlanView::from(&deadline.plan),
        }
    }
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self {
            party: plan.party,
            vehicle: given(&plan.vehicle),
            gear: given(&plan.gear),
            plan: given(&plan.plan),
            notes: given(&plan.notes),
        }
    }
}

impl From<Watcher> for WatcherView {
    fn from(watcher: Watcher) -> Self {
        Self {
            id: watcher.id.map(ContactId::get),
            phone: watcher.phone.as_str().to_owned(),
            name: watcher.name,
            opted_out: watcher.opted_out,
            ready: watcher.is_ready,
        }
    }
}

impl From<StoredDeadline> for TripRecordView {
    fn from(stored: StoredDeadline) -> Self {
        let deadline: &Deadline = &stored.deadline;
        let closed = deadline.closed.as_ref();
        Self {
            promise: PromiseView::of(&stored),
            closed_at: closed.map(|closed| closed.at.to_string()),
            closed_how: closed.map(|closed| closed.how.as_str()),
            stages: deadline.stages.iter().map(StageView::from).collect(),
            alarm: deadline.alarm.as_ref().map(AlarmView::from),
        }
    }
}

impl From<&StageRow> for StageView {
    fn from(row: &StageRow) -> Self {
        Self {
            stage: row.stage.to_string(),
            due_at: row.due_at.map(|at| at.to_string()),
            outcome: row.ending.map(|ending| ending.outcome.as_str()),
            ended_at: row.ending.map(|ending| ending.at.to_string()),
        }
    }
}

impl From<&Alarm> for AlarmView {
    fn from(alarm: &Alarm) -> Self {
        let called = |contact: &thunderbird_domain::deadline::AlarmContact| {
            if contact.name.is_empty() {
                contact.phone.masked()
            } else {
                contact.name.clone()
            }
        };
        Self {
            opened_at: alarm.opened_at.to_string(),
            contacts: alarm.contacts.iter().map(called).collect(),
            acting: alarm.acting().map(called),
        }
    }
}

/// A local time to the minute, as `out_by` takes it.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    match jiff::Timestamp::from_microsecond(at.as_micros()) {
        Ok(instant) => instant
            .to_zoned(zone.clone())
            .strftime("%Y-%m-%dT%H:%M")
            .to_string(),
        Err(_) => at.to_string(),
    }
}
