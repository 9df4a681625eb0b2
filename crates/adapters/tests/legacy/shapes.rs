//! Every shape is recognised and adopted, gentle or hostile.

use super::*;

#[test]
fn every_shape_is_recognised_by_what_it_contains() {
    for shape in Shape::ALL {
        let report = Legacy::gentle(shape).check().unwrap();
        assert_eq!(report.shape.to_string(), shape.name(), "{shape:?}");
    }
}

#[test]
fn a_gentle_file_of_every_shape_is_carried_over_whole() {
    for shape in Shape::ALL {
        let legacy = Legacy::gentle(shape);
        let report = legacy.adopt().unwrap();
        for (table, rows) in [("users", 2), ("safecheck_contacts", 3), ("message_log", 3)] {
            let counts = report.tables.iter().find(|counts| counts.table == table).unwrap();
            assert_eq!(
                (counts.source, counts.mapped, counts.listed),
                (rows, rows, 0),
                "{shape:?} {table}"
            );
        }
        assert_eq!(
            report.lines.iter().filter(|line| line.row > 0).count(),
            0,
            "{:?}",
            report.lines
        );
        let mut db = legacy.connect();
        assert_eq!(
            lines(
                &mut db,
                "SELECT phone || ' ' || trail_name || ' ' || route_id || ' ' || coalesce(position_code, '-') || ' ' ||
                 coalesce(position_at, '-') || ' ' || started_at AS line FROM users ORDER BY id"
            ),
            [
                "+61491570006 Wombat overland_track WINDM 1768812090123456 1768032000000000",
                "+61491570156 Platypus overland_track - - 1768118400000000",
            ],
            "{shape:?}"
        );
        assert_eq!(
            lines(
                &mut db,
                "SELECT users.trail_name || ': ' || contacts.id || ' ' || name || ' ' || contacts.phone AS line
                 FROM contacts JOIN users ON users.id = user_id ORDER BY contacts.id"
            ),
            [
                "Wombat: 1 Mum +61491571266",
                "Wombat: 2 Dad +61491571491",
                "Platypus: 3 Sam +61491571804"
            ],
        );
        assert_eq!(
            lines(
                &mut db,
                "SELECT id || ' ' || direction || ' ' || state || ' ' || user_id || ' ' || body AS line
                 FROM messages ORDER BY id"
            ),
            [
                "1 in exempt 1 START",
                "2 out sent 1 Welcome. What is your trail name?",
                "3 in exempt 2 START",
            ],
        );
    }
}

#[test]
fn hostile_rows_of_every_shape_are_mapped_or_listed_and_never_lost() {
    for shape in Shape::ALL {
        let legacy = Legacy::hostile(shape);
        let report = legacy.adopt().unwrap();
        for (table, expected) in shape.hostile_counts() {
            let counts = report.tables.iter().find(|counts| counts.table == table).unwrap();
            assert_eq!(
                [counts.source, counts.mapped, counts.listed],
                expected,
                "{shape:?} {table}"
            );
        }
        for counts in &report.tables {
            assert_eq!(
                counts.source,
                counts.mapped + counts.listed,
                "{shape:?} {}",
                counts.table
            );
        }
    }
}

/// The old `end_date` was no promise: a walk that was planned long ago must not alarm anybody.
#[test]
fn adopting_arms_no_promise() {
    for shape in Shape::ALL {
        for legacy in [Legacy::gentle(shape), Legacy::hostile(shape)] {
            let mut db = legacy.connect();
            let had = lines(
                &mut db,
                "SELECT name AS line FROM pragma_table_info('users') WHERE name = 'end_date'",
            );
            drop(db);
            legacy.adopt().unwrap();
            let mut db = legacy.connect();
            for table in ["deadlines", "deadline_stages", "alarms"] {
                assert_eq!(
                    lines(&mut db, &format!("SELECT count(*) || '' AS line FROM {table}")),
                    ["0"],
                    "{shape:?} {table}, end_date: {had:?}"
                );
            }
        }
    }
}

#[test]
fn a_trial_says_what_the_adoption_will_do() {
    for shape in Shape::ALL {
        let legacy = Legacy::hostile(shape);
        let (before, tried) = (legacy.files(), legacy.check().unwrap());
        assert_eq!(legacy.files(), before, "a trial changes nothing");
        let adopted = legacy.adopt().unwrap();
        let counts = |report: &Report| -> Vec<_> {
            let of = |counts: &thunderbird_adapters::legacy::report::Counts| {
                (counts.table.clone(), counts.source, counts.mapped, counts.listed)
            };
            report.tables.iter().map(of).collect()
        };
        assert_eq!(counts(&tried), counts(&adopted), "{shape:?}");
        assert_eq!(tried.lines, adopted.lines, "{shape:?}");
        assert_eq!(tried.opt_outs, adopted.opt_outs);
    }
}

#[test]
fn an_adopted_database_has_the_schema_of_a_fresh_one() {
    let fresh = tempfile::tempdir().unwrap();
    let fresh = fresh.path().join("thunderbird.db");
    thunderbird_adapters::store::migrate::up(&fresh).unwrap();
    let schema = "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') AS line
        FROM sqlite_schema WHERE tbl_name NOT LIKE 'legacy\\_%' ESCAPE '\\' ORDER BY 1";
    let expected = lines(&mut open(&fresh), schema);
    assert!(expected.len() > 20);
    for shape in Shape::ALL {
        let legacy = Legacy::hostile(shape);
        legacy.adopt().unwrap();
        assert_eq!(lines(&mut legacy.connect(), schema), expected, "{shape:?}");
    }
}

#[test]
fn a_second_run_finds_nothing_to_do_and_changes_nothing() {
    let legacy = Legacy::hostile(Shape::G3);
    legacy.adopt().unwrap();
    let before = legacy.files();
    let again = adopt::adopt(&legacy.path(), &rules(), &mut Unwatched).unwrap();
    assert_eq!(again, Ended::NothingToDo);
    assert_eq!(legacy.files(), before);
    assert_eq!(
        adopt::check(&legacy.path(), &rules(), &mut Unwatched).unwrap(),
        Ended::NothingToDo
    );
}
