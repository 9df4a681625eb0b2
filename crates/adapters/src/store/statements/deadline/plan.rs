//! What a hiker has written about a trip.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete,
    insert_into,
};
use thunderbird_domain::deadline::Plan;

use super::super::{Connection, schema::trip_plans};

/// A plan's columns, in the order of [`Plan`].
type Columns = (Option<i64>, String, String, String, String);

/// Stores a plan in place of what stood there; an empty one is no row.
pub(super) fn keep(connection: &mut Connection, id: i64, plan: &Plan) -> QueryResult<()> {
    if plan.is_empty() {
        delete(trip_plans::table.find(id)).execute(connection)?;
        return Ok(());
    }
    let values = (
        trip_plans::party.eq(plan.party.map(i64::from)),
        trip_plans::vehicle.eq(&plan.vehicle),
        trip_plans::gear.eq(&plan.gear),
        trip_plans::plan.eq(&plan.plan),
        trip_plans::notes.eq(&plan.notes),
    );
    insert_into(trip_plans::table)
        .values((trip_plans::deadline_id.eq(id), values))
        .on_conflict(trip_plans::deadline_id)
        .do_update()
        .set(values)
        .execute(connection)?;
    Ok(())
}

/// The plan of a promise; empty if there is none, or if it is erased.
pub(crate) fn of(connection: &mut Connection, id: i64) -> QueryResult<Plan> {
    let row: Option<Columns> = trip_plans::table
        .find(id)
        .select((
            trip_plans::party,
            trip_plans::vehicle,
            trip_plans::gear,
            trip_plans::plan,
            trip_plans::notes,
        ))
        .first(connection)
        .optional()?;
    Ok(
        row.map_or_else(Plan::default, |(party, vehicle, gear, plan, notes)| Plan {
            party: party.and_then(|party| u8::try_from(party).ok()),
            vehicle,
            gear,
            plan,
            notes,
        }),
    )
}
