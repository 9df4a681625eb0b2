//! Sign-ins for unknown addresses.

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types::BigInt,
};
use thunderbird_testkit::service::{Service, World, client::PASSWORD};

#[derive(QueryableByName)]
struct Lines {
    #[diesel(sql_type = BigInt)]
    lines: i64,
}

/// How many lines the audit log has.
fn audited(service: &Service) -> i64 {
    let database = service.database();
    let mut connection = SqliteConnection::establish(&database.to_string_lossy()).unwrap();
    let counted: Lines = sql_query("SELECT count(*) AS lines FROM audit_log")
        .get_result(&mut connection)
        .unwrap();
    counted.lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_ins_for_addresses_that_nobody_has_leave_no_line_and_those_of_owners_do() {
    let world = World::start(env!("CARGO_BIN_EXE_thunderbird")).await;
    let registered = world.service.web_register("ada@example.org", PASSWORD).await;
    assert_eq!(registered.status, 201);
    let before = audited(&world.service);
    for nth in 0..5 {
        let email = format!("nobody{nth}@example.org");
        assert_eq!(world.service.web_login(&email, PASSWORD).await.status, 401);
    }
    assert_eq!(audited(&world.service), before);
    assert_eq!(
        world
            .service
            .web_login("ada@example.org", "another password")
            .await
            .status,
        401
    );
    assert_eq!(audited(&world.service), before + 1);
}
