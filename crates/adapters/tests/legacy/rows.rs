//! What becomes of each hostile row.

use super::*;

fn said(report: &Report, table: &str) -> Vec<String> {
    report
        .lines
        .iter()
        .filter(|line| line.table == table)
        .map(|line| format!("{} {} {}: {}", line.row, line.outcome, line.key, line.reason))
        .collect()
}

#[test]
fn of_three_spellings_of_a_number_the_latest_row_is_the_hiker() {
    let legacy = Legacy::hostile(Shape::G2);
    legacy.adopt().unwrap();
    let mut db = legacy.connect();
    assert_eq!(
        lines(
            &mut db,
            "SELECT id || ' ' || phone || ' ' || trail_name AS line FROM users ORDER BY id"
        ),
        [
            "1 +61491570006 Wombat",
            "4 +61491570156 Hiker",
            "5 +61491570157 Echidna",
            "6 +61491570158 Quoll",
            "10 +15551234567 Foreigner",
            "11 +61491570159 Hiker",
            "12 +61491570110 b Robert b https example org T",
        ]
    );
    assert_eq!(
        lines(
            &mut db,
            "SELECT contacts.id || ' ' || user_id || ' ' || name || ' ' || contacts.phone || ' ' || contacts.created_at
             AS line FROM contacts ORDER BY id"
        ),
        [
            "2 1 Mother +61491571266 1768205100000000",
            "3 1 Dad +61491571491 1768032360000000",
            "6 4  +61491571804 1768118400000000",
        ],
        "the contacts of merged rows are united, the latest name stands, no time means since registration"
    );
}

/// One number each as SAFE and the web take it, with what phones and mail programs paste around digits, and the row that
/// stands for it.
#[test]
fn a_number_is_read_as_safe_and_the_web_read_it() {
    const PASTED: [(&str, &str); 5] = [
        ("0491\u{2011}570\u{2011}006", "+61491570006"),
        ("0491\u{2010}570\u{2010}156", "+61491570156"),
        ("0491\u{a0}570\u{a0}157", "+61491570157"),
        ("\u{200e}+61 491 570 158", "+61491570158"),
        (
            "\u{202a}+61\u{2011}491\u{2011}570\u{2011}159\u{202c}",
            "+61491570159",
        ),
    ];
    let mut sql = Shape::G3.schema();
    for (place, (pasted, _)) in PASTED.iter().enumerate() {
        let id = place + 1;
        let contact = PASTED[(place + 1) % PASTED.len()].0;
        let rows = format!(
            "INSERT INTO users (phone, route_id, trail_name, created_at)
             VALUES ('{pasted}', 'overland_track', 'Wombat', '2026-01-10 08:00:00');
             INSERT INTO safecheck_contacts (id, user_phone, contact_phone, contact_name, created_at)
             VALUES ({id}, '{pasted}', '{contact}', 'Mum', '2026-01-10 08:05:00');
             INSERT INTO message_log (id, user_phone, direction, content, sent_at)
             VALUES ({id}, '{pasted}', 'inbound', 'STOP', '2026-01-10 08:10:00');
             INSERT INTO accounts (id, email, password_hash, phone, created_at, updated_at)
             VALUES ({id}, 'hiker{id}@example.org', '{}', '{pasted}', '2026-01-10 08:00:00', '2026-01-10 08:00:00');",
            thunderbird_testkit::legacy::PHC_WOMBAT
        );
        sql.push_str(&rows);
    }
    let legacy = Legacy::of(&sql);
    let report = legacy.adopt().unwrap();
    assert_eq!(said(&report, "users"), [""; 0], "no row is listed or noted");
    assert_eq!(said(&report, "safecheck_contacts"), [""; 0]);
    let mut db = legacy.connect();
    let stored = PASTED.map(|(_, stored)| stored);
    for query in [
        "SELECT phone AS line FROM users ORDER BY id",
        "SELECT users.phone AS line FROM contacts JOIN users ON users.id = user_id ORDER BY contacts.id",
        "SELECT phone AS line FROM messages ORDER BY id",
        "SELECT phone AS line FROM opt_outs ORDER BY phone",
        "SELECT claimed_phone AS line FROM accounts ORDER BY id",
    ] {
        assert_eq!(lines(&mut db, query), stored, "{query}");
    }
    let mut contacts = stored;
    contacts.rotate_left(1);
    let query = "SELECT phone AS line FROM contacts ORDER BY id";
    assert_eq!(lines(&mut db, query), contacts, "{query}");
}

#[test]
fn every_row_that_was_not_carried_over_has_its_reason() {
    let report = Legacy::hostile(Shape::G2).adopt().unwrap();
    assert_eq!(
        said(&report, "users"),
        [
            "2 noted 0491 570 006: route_id is not in the catalogue: CHECKIN asks for START",
            "4 noted +61491570156: route_id is not in the catalogue: CHECKIN asks for START",
            "6 noted +61491570158: last_checkin_at is not a time that can be read",
            "6 noted +61491570158: created_at is not a time that can be read",
            "6 noted +61491570158: current_position was left out: there is no time of the check-in",
            "7 listed not a phone: phone is not a phone number",
            "8 listed NULL: phone is NULL, not text",
            "9 listed x'2b3631343931353730313539': phone is a BLOB, not text",
            "11 noted +61491570159: trail_name is a BLOB, not text, and was left out",
            "12 noted +61491570110: trail_name was shortened or cleaned to what a text may carry",
            "12 noted +61491570110: current_position is a BLOB, not text, and was left out",
            "12 noted +61491570110: there is no time of registration: the time of adoption stands in",
            "2 merged 0491 570 006: the same number as row 1, which is later",
            "3 merged 61491570006: the same number as row 1, which is later",
        ]
    );
    assert_eq!(
        said(&report, "safecheck_contacts"),
        [
            "5 listed 5: contact_phone is not a phone number",
            "6 noted 6: contact_name is a BLOB, not text, and was left out",
            "6 noted 6: created_at is not a time that can be read",
            "7 listed 90: user_phone is not a phone number",
            "1 merged 1: the same contact of the same hiker as id 2, which is later",
            "4 listed 4: its hiker does not exist",
        ]
    );
    assert_eq!(
        said(&report, "message_log"),
        [
            "3 listed 3: user_phone is NULL, not text",
            "4 listed 4: sent_at is not a time that can be read",
            "5 listed 5: direction is neither inbound nor outbound",
            "6 noted 6: content is a BLOB, not text, and was left out",
            "6 noted 6: segments is not a count: taken as 1",
            "6 noted 6: cost_aud is not an amount and was left out",
        ]
    );
}

#[test]
fn accounts_keep_their_ids_hashes_and_claims() {
    let legacy = Legacy::hostile(Shape::G3);
    let report = legacy.adopt().unwrap();
    let mut db = legacy.connect();
    assert_eq!(
        lines(
            &mut db,
            "SELECT id || ' ' || email || ' ' || coalesce(claimed_phone, '-') || ' ' || coalesce(password_hash, '-')
             AS line FROM accounts ORDER BY id"
        ),
        [
            format!("1 ada@example.org +61491570006 {}", thunderbird_testkit::legacy::PHC_WOMBAT),
            format!("3 grace@example.org +61491570006 {}", thunderbird_testkit::legacy::PHC_PLATYPUS),
            "4 bob@example.org - -".to_owned(),
            "5 absurd@example.org - -".to_owned(),
            format!("8 late@example.org - {}", thunderbird_testkit::legacy::PHC_WOMBAT),
            "9 nohash@example.org - -".to_owned(),
        ]
    );
    assert_eq!(
        said(&report, "accounts"),
        [
            "4 noted 4: password_hash is not a PHC string: the owner has to reset the password",
            "5 noted 5: password_hash asks for more than 256 MiB, 10 passes or 16 lanes: the owner has to reset the \
             password",
            "5 noted 5: phone is not a phone number: no claim was carried over",
            "6 listed 6: email is not an address that mail can reach",
            "7 listed 7: email is a BLOB, not text",
            "8 noted 8: created_at is not a time that can be read",
            "8 noted 8: updated_at is not a time that can be read",
            "8 noted 8: there is no time of registration: the time of adoption stands in",
            "9 noted 9: password_hash is empty: the owner has to reset the password",
            "2 listed 2: the same e-mail address as account 1: it cannot sign in until an operator gives it another \
             address",
        ]
    );
}

#[test]
fn a_claimed_number_is_never_a_link() {
    let legacy = Legacy::gentle(Shape::G3);
    legacy.adopt().unwrap();
    let mut db = legacy.connect();
    for query in [
        "SELECT id || '' AS line FROM phone_links",
        "SELECT id || '' AS line FROM users WHERE account_id IS NOT NULL OR last_account_id IS NOT NULL",
    ] {
        assert!(lines(&mut db, query).is_empty(), "{query}");
    }
    let claims = "SELECT claimed_phone AS line FROM accounts WHERE claimed_phone IS NOT NULL";
    assert_eq!(lines(&mut db, claims), ["+61491570006"]);
}

#[test]
fn times_of_all_three_conventions_become_instants() {
    let legacy = Legacy::hostile(Shape::G3);
    legacy.adopt().unwrap();
    let mut db = legacy.connect();
    let at = |seconds: &str| format!("datetime({seconds} / 1000000, 'unixepoch')");
    assert_eq!(
        lines(
            &mut db,
            &format!(
                "SELECT {} AS line FROM users WHERE id IN (1, 5) ORDER BY id",
                at("position_at")
            )
        ),
        ["2026-01-19 08:41:30", "2026-04-04 16:30:00"],
        "local time; of the repeated hour the later one"
    );
    assert_eq!(
        lines(
            &mut db,
            &format!("SELECT {} AS line FROM accounts WHERE id = 1", at("created_at"))
        ),
        ["2026-01-09 01:35:25"],
        "Python's UTC clock"
    );
    assert_eq!(
        lines(
            &mut db,
            &format!(
                "SELECT {} AS line FROM messages WHERE id IN (1, 8) ORDER BY id",
                at("created_at")
            )
        ),
        ["2026-01-10 07:59:00", "2026-01-10 08:03:00"],
        "SQLite's default, and an offset in the text"
    );
}

#[test]
fn the_last_check_in_becomes_the_first_line_of_history() {
    let legacy = Legacy::gentle(Shape::G2);
    legacy.adopt().unwrap();
    assert_eq!(
        lines(
            &mut legacy.connect(),
            "SELECT user_id || ' ' || camp_code || ' ' || camp_name || ' ' || source || ' ' || at AS line
             FROM check_ins"
        ),
        ["1 WINDM Lake Windermere Hut adopted 1768812090123456"],
    );
}

#[test]
fn costs_become_millionths_and_texts_keep_every_byte() {
    let legacy = Legacy::hostile(Shape::G1);
    legacy.adopt().unwrap();
    let mut db = legacy.connect();
    assert_eq!(
        lines(
            &mut db,
            "SELECT id || ' ' || coalesce(price_micros || price_currency, '-') || ' ' || state || ' ' || segments || ' ' ||
             iif(body IS NULL, '-', hex(body)) AS line FROM messages WHERE id IN (2, 6, 7, 10) ORDER BY id"
        ),
        [
            "2 51500AUD sent 1 57656C636F6D652E205768617420697320796F757220747261696C206E616D653F",
            "6 - failed 1 -",
            "7 - exempt 1 -",
            "10 - exempt 1 68616C6600776179",
        ]
    );
}

#[test]
fn whoever_texted_stop_last_is_opted_out() {
    let words = |id: u32, phone: &str, body: &str| {
        format!(
            "INSERT INTO message_log (id, user_phone, direction, content, sent_at)
             VALUES ({id}, '{phone}', 'inbound', '{body}', '2026-01-10 08:{id}:00');"
        )
    };
    let sql = Shape::G2.schema()
        + &words(10, "+61491570006", "stop")
        + &words(11, "+61491570006", "START")
        + &words(12, "+61491570156", "START")
        + &words(13, "+61491570156", "Cancel.")
        + &words(14, "+61491570157", "stop please")
        + "INSERT INTO message_log (id, user_phone, direction, content, sent_at)
           VALUES (15, '+61491570158', 'outbound', 'STOP', '2026-01-10 08:15:00');";
    let legacy = Legacy::of(&sql);
    assert_eq!(legacy.adopt().unwrap().opt_outs, 1);
    let found = lines(
        &mut legacy.connect(),
        "SELECT phone || ' ' || source || ' ' || started_at AS line FROM opt_outs",
    );
    assert_eq!(found, ["+61491570156 adopted 1768032780000000"]);
}

#[test]
fn no_id_is_ever_given_out_again() {
    let legacy = Legacy::hostile(Shape::G3s);
    legacy.adopt().unwrap();
    let mut db = legacy.connect();
    assert_eq!(
        lines(
            &mut db,
            "SELECT name || ' ' || seq AS line FROM sqlite_sequence
                        WHERE name IN ('accounts', 'contacts', 'messages', 'users') ORDER BY name"
        ),
        ["accounts 9", "contacts 90", "messages 4000000001", "users 12"],
        "rows that were deleted, listed or merged have had their ids"
    );
}

#[test]
fn the_audit_begins_with_the_adoption() {
    let legacy = Legacy::gentle(Shape::G3);
    legacy.adopt().unwrap();
    assert_eq!(
        lines(
            &mut legacy.connect(),
            "SELECT actor || ' ' || action || ' ' || detail AS line FROM audit_log"
        ),
        [
            "system service.adopted {\"accounts\":\"2\",\"message_log\":\"3\",\"safecheck_contacts\":\"3\",\
          \"shape\":\"G3\",\"users\":\"2\"}"
        ]
    );
}
