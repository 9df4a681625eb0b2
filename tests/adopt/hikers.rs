//! Hikers that were adopted go on by text.

use std::collections::BTreeMap;

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, dsl::sql, sql_types::Text};
use thunderbird_testkit::{
    legacy::{PHC_DECOMPOSED, Shape},
    service::World,
};

use crate::{DAD, MUM, WOMBAT, code, gentle, legacy, said};

#[tokio::test]
async fn adopted_hikers_go_on_by_text_as_if_nothing_had_happened() {
    let builder = legacy(&gentle(Shape::G3));
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let world = World::around(builder).await;
    let wombat = world.hiker(WOMBAT);
    let status = wombat.text("STATUS").await.message();
    for word in ["Wombat", "Overland", "Windermere"] {
        assert!(status.contains(word), "{word}: {status}");
    }
    let list = wombat.text("SAFELIST").await.message();
    assert!(list.contains("Mum") && list.contains("Dad"), "{list}");

    let checked_in = wombat.text("CHECKIN PELIO").await.message();
    assert!(checked_in.contains("Pelion"), "{checked_in}");
    let mut db = SqliteConnection::establish(world.service.database().to_str().unwrap()).unwrap();
    let notices: Vec<(String, String)> =
        sql::<(Text, Text)>("SELECT phone, body FROM messages WHERE class = 'safety' ORDER BY phone")
            .load(&mut db)
            .unwrap();
    let told: BTreeMap<_, _> = notices
        .iter()
        .map(|(to, body)| (to.as_str(), body.as_str()))
        .collect();
    assert_eq!(told.keys().copied().collect::<Vec<_>>(), [MUM, DAD]);
    assert!(
        told[MUM].contains("Wombat") && told[MUM].contains("Pelion"),
        "{}",
        told[MUM]
    );

    let again = wombat.text("START").await.message();
    assert!(
        again.contains("CHANGE"),
        "a registered hiker is asked before a registration is replaced: {again}"
    );
}

/// The Python version let a check-in outlive a change of route.
#[tokio::test]
async fn a_place_that_the_route_lacks_is_told_by_its_code() {
    let sql = gentle(Shape::G3)
        + &format!(
            "UPDATE users SET current_position = 'LAKEO', last_checkin_at = '2026-04-05T02:30:00' WHERE phone = '{WOMBAT}';"
        );
    let builder = legacy(&sql);
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let world = World::around(builder).await;
    let wombat = world.hiker(WOMBAT);
    let status = wombat.says("STATUS").await;
    assert!(
        status.contains("Last check-in: LAKEO, Sun 5 Apr 2:30 am AEST"),
        "{status}"
    );
}

/// A wrong clock, or a wrong `--legacy-timezone`.
#[tokio::test]
async fn a_check_in_that_lies_in_the_future_silences_nobody() {
    let sql = gentle(Shape::G3)
        + &format!(
            "UPDATE users SET current_position = 'PELIO', last_checkin_at = '2099-01-01T00:00:00' WHERE phone = '{WOMBAT}';"
        );
    let builder = legacy(&sql);
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let world = World::around(builder).await;
    let wombat = world.hiker(WOMBAT);
    let told = wombat.text("CHECKIN PELIO").await.message();
    assert!(told.contains("2 contacts will be told"), "{told}");
}

/// An id that leaves no larger one would be the last: SQLite gives out no more, and no text could be stored.
#[tokio::test]
async fn ids_at_the_end_of_all_numbers_are_listed_and_the_service_goes_on() {
    let last = i64::MAX;
    let sql = gentle(Shape::G3)
        + &format!(
            "INSERT INTO message_log (id, user_phone, direction, content, sent_at)
                 VALUES ({last}, '{WOMBAT}', 'inbound', 'HELP', '2026-01-19 08:41:30');
             INSERT INTO safecheck_contacts (id, user_phone, contact_phone, contact_name)
                 VALUES ({last}, '{WOMBAT}', '+61491572549', 'Last');
             INSERT INTO accounts (id, email, password_hash, created_at, updated_at)
                 VALUES ({last}, 'last@example.org', '{PHC_DECOMPOSED}', '2026-01-10T01:35:25', '2026-01-10T01:35:25');"
        );
    let builder = legacy(&sql);
    let adopted = builder.run(&["adopt", "thunderbird.db"]);
    assert_eq!(code(&adopted), 0, "{}", said(&adopted));
    for table in ["message_log", "safecheck_contacts", "accounts"] {
        let line = format!("listed: {table} {last}: id is too large to go on counting from");
        assert!(said(&adopted).contains(&line), "{}", said(&adopted));
    }
    let world = World::around(builder).await;
    let wombat = world.hiker(WOMBAT);
    let added = wombat.text("SAFE 0491572665 Kim").await.message();
    assert!(added.contains("Kim is contact"), "{added}");
    world.client("new").await;
}
