//! A migration while promises are open: each one stands as before, with its stages, and is still due.

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};

use crate::{count, migrate, ours_before};

/// An armed promise and one in alarm, as the first version stored them.
const OPEN: &str = "
    INSERT INTO users (id, tag, phone, trail_name, route_id, started_at, created_at, updated_at, revision) VALUES
        (1, x'01', '+61491570006', 'Sam', 'overland_track', 1, 1, 1, 1),
        (2, x'02', '+61491570156', 'Jo', 'overland_track', 1, 1, 1, 1);
    INSERT INTO deadlines (id, tag, user_id, kind, phone, route_id, zone, due_at, set_at, set_by, state, next_due_at, revision)
        VALUES
        (1, x'0a', 1, 'out', '+61491570006', 'overland_track', 'Australia/Hobart', 900, 100, 'text', 'armed', 900, 1),
        (2, x'0b', 2, 'out', '+61491570156', 'overland_track', 'Australia/Hobart', 500, 100, 'text', 'alarmed', 950, 4);
    INSERT INTO deadline_stages (deadline_id, stage, due_at, ended_at, outcome, late) VALUES
        (1, 'ask_2', 900, NULL, NULL, NULL),
        (2, 'ask_2', 500, 500, 'fired', 0),
        (2, 'alert_1', 560, 560, 'fired', 0),
        (2, 'alert_2', 950, NULL, NULL, NULL);
    INSERT INTO alarms (id, deadline_id, opened_at, claims) VALUES (1, 2, 560, 0);
    INSERT INTO alarm_contacts (alarm_id, phone, name, alerted_at) VALUES (1, '+61491570110', 'Mum', 560);";

#[test]
fn a_migration_while_a_promise_is_open_leaves_it_open_and_due() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute("PRAGMA foreign_keys = ON").unwrap();
    migrate(&mut conn, ours_before("2026-11-28-000019").path());
    conn.batch_execute(OPEN).unwrap();
    migrate(&mut conn, ours_before("9999").path());
    for (rows, expected) in [
        ("deadlines WHERE closed_at IS NULL AND restored_at IS NULL", 2),
        (
            "deadlines WHERE id = 1 AND state = 'armed' AND due_at = 900 AND next_due_at = 900 AND revision = 1",
            1,
        ),
        (
            "deadlines WHERE id = 2 AND state = 'alarmed' AND due_at = 500 AND next_due_at = 950 AND revision = 4",
            1,
        ),
        ("deadline_stages", 4),
        ("deadline_stages WHERE ended_at IS NULL", 2),
        ("alarms WHERE closed_at IS NULL AND acting_phone IS NULL", 1),
        ("alarm_contacts WHERE name = 'Mum' AND acting_at IS NULL", 1),
        ("pragma_foreign_key_check", 0),
    ] {
        assert_eq!(count(&mut conn, rows), expected, "{rows}");
    }
}
