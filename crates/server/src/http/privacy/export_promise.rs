//! A promise to be out by a time, or a call for help, as an export shows it.

use serde::Serialize;
use thunderbird_domain::privacy::ExportedPromise;

/// A promise to be out by a time, or a call for help.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PromiseExport {
    /// `out` for a promise, `call` for a call for help.
    kind: String,
    /// The hiker's route.
    route_id: String,
    /// The promised time, or when help was asked for.
    due_at: String,
    /// When it was set.
    set_at: String,
    /// `armed`, `asking`, `alarmed` or `closed`.
    state: String,
    /// When it was closed; null while it is open.
    closed_at: Option<String>,
    /// `back`, `heard`, `replaced`, `withdrawn`, `called_off`, `found`, `operator_found`, `operator_false_alarm`, `operator_police` or `ended`; null while it is open.
    closed_how: Option<String>,
    /// How many contacts were alerted.
    contacts_alerted: u32,
    /// How many walk together; null if it was not given.
    party: Option<u8>,
    /// The vehicle. This and the following are empty if they were not given, and 30 days after the promise was closed.
    vehicle: String,
    /// What is carried.
    gear: String,
    /// The planned way.
    plan: String,
    /// Anything else they wrote.
    notes: String,
}

impl From<ExportedPromise> for PromiseExport {
    fn from(promise: ExportedPromise) -> Self {
        Self {
            kind: promise.kind,
            route_id: promise.route_id,
            due_at: promise.due_at.to_string(),
            set_at: promise.set_at.to_string(),
            state: promise.state,
            closed_at: promise.closed_at.map(|at| at.to_string()),
            closed_how: promise.closed_how,
            contacts_alerted: promise.contacts_alerted,
            party: promise.plan.party,
            vehicle: promise.plan.vehicle,
            gear: promise.plan.gear,
            plan: promise.plan.plan,
            notes: promise.plan.notes,
        }
    }
}
