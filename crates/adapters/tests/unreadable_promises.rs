//! Promises that cannot be read keep no other from being watched, however many there are.

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_adapters::store::{Store, migrate};
use thunderbird_domain::{
    deadline::{DeadlineStore as _, DueDeadlines},
    time::Timestamp,
};

const LIMIT: u32 = 200;

/// 450 promises in a zone that does not exist, and after them two that can be read.
const ROWS: &str = "
    CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 452) SELECT i FROM n;
    INSERT INTO users (id, tag, phone, trail_name, route_id, started_at, created_at, updated_at, revision)
        SELECT i, randomblob(16), '+614' || (10000000 + i), 'Sam', 'overland_track', 1, 1, 1, 1 FROM n;
    INSERT INTO deadlines (id, tag, user_id, kind, phone, route_id, zone, due_at, set_at, set_by, state, next_due_at, revision)
        SELECT i, randomblob(16), i, 'out', '+614' || (10000000 + i), 'overland_track',
            CASE WHEN i > 450 THEN 'Australia/Hobart' ELSE 'Nowhere/At_All' END, 500, 1, 'text', 'armed', i, 1 FROM n;";

fn watched(due: &DueDeadlines) -> Vec<i64> {
    due.watched
        .iter()
        .map(|watched| watched.stored.id.get())
        .collect()
}

#[tokio::test]
async fn promises_that_cannot_be_read_take_no_place_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("promises.db");
    migrate::up(&path).unwrap();
    let store = Store::open(&path).unwrap();
    let change = |sql: &str| {
        let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        connection.batch_execute(sql).unwrap();
    };
    change(ROWS);
    let now = Timestamp::from_micros(1_000);
    let due = store.due(now, LIMIT).await.unwrap();
    assert_eq!((watched(&due), due.unreadable.len()), (vec![451, 452], 450));
    let one = store.due(now, 1).await.unwrap();
    assert_eq!(watched(&one), [451], "no more than were asked for");

    change("UPDATE deadlines SET next_due_at = NULL; UPDATE users SET ended_at = 900");
    let left = store.due(now, LIMIT).await.unwrap();
    assert_eq!((watched(&left), left.unreadable.len()), (vec![451, 452], 450));

    change("UPDATE deadlines SET next_due_at = id WHERE id > 225");
    let both = store.due(now, LIMIT).await.unwrap();
    assert_eq!((watched(&both), both.unreadable.len()), (vec![451, 452], 450));
}
