//! A database that does not keep what the store promises is refused, each with a sentence of its own.

use thunderbird_adapters::store::postgres::{Store, migrate};
use thunderbird_testkit::postgres::Cluster;

use crate::{address, migrated, refusal};

#[test]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
fn a_database_that_is_not_utf8() {
    let database = Cluster::of_these_tests().create("TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    assert_eq!(
        refusal(&address(&database)),
        "the database is encoded as LATIN1: create it with ENCODING 'UTF8'"
    );
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
fn a_column_that_compares_by_the_rules_of_a_language() {
    let database = migrated();
    database.run("ALTER TABLE contacts ALTER COLUMN phone TYPE text COLLATE \"POSIX\"");
    assert_eq!(
        refusal(&address(&database)),
        "the column contacts.phone does not compare by bytes: its collation must be \"C\""
    );
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
fn a_server_that_acknowledges_what_is_not_stored() {
    let database = migrated();
    database.run(&format!(
        "ALTER DATABASE {} SET synchronous_commit = off",
        database.name()
    ));
    assert_eq!(
        refusal(&address(&database)),
        "synchronous_commit is off: the server would acknowledge what it has not stored"
    );
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
fn a_role_without_rights() {
    let database = migrated();
    database.run("DROP ROLE IF EXISTS visitor; CREATE ROLE visitor LOGIN");
    database.run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO visitor");
    let visitor = database.url_for("visitor").parse().unwrap();
    assert_eq!(refusal(&visitor), "opened");
    database.run("REVOKE DELETE ON sessions FROM visitor");
    assert_eq!(
        refusal(&visitor),
        "the role may not read and write the table sessions: GRANT SELECT, INSERT, UPDATE, DELETE on it"
    );
    database.run("DROP OWNED BY visitor; DROP ROLE visitor");
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
fn a_server_in_recovery() {
    let standby = Cluster::standby();
    let address = standby.url("postgres").parse().unwrap();
    assert_eq!(
        refusal(&address),
        "the server is in recovery and takes no writes: name the primary, or every host with \
         target_session_attrs=read-write"
    );
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
fn a_database_that_is_not_there_or_not_ours() {
    let database = Cluster::of_these_tests().empty();
    database.run("CREATE TABLE recipes (id BIGINT PRIMARY KEY)");
    assert_eq!(
        migrate::inspect(&address(&database)).unwrap(),
        migrate::Found::Foreign
    );
    let refused = migrate::up(&address(&database)).unwrap_err().to_string();
    assert_eq!(
        refused,
        "the database belongs to another application: name an empty one"
    );
    // Another application may keep its versions as ours does, with or without tables.
    for statement in [
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY, run_on TIMESTAMP)",
        "INSERT INTO __diesel_schema_migrations VALUES ('20990101000099', now())",
        "DROP TABLE recipes",
    ] {
        database.run(statement);
        let found = migrate::inspect(&address(&database)).unwrap();
        assert_eq!(found, migrate::Found::Foreign, "{statement}");
        assert!(migrate::up(&address(&database)).is_err(), "{statement}");
    }
    let elsewhere = database
        .url()
        .replace(database.name(), "nowhere")
        .parse()
        .unwrap();
    let sentence = refusal(&elsewhere);
    assert!(
        sentence.starts_with("the database cannot be reached")
            && sentence.contains("\"nowhere\" does not exist"),
        "{sentence}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_newer_schema_serves_this_binary() {
    use thunderbird_domain::health::StoreHealth as _;

    let database = migrated();
    database.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000099')");
    assert_eq!(
        migrate::inspect(&address(&database)).unwrap(),
        migrate::Found::Newer {
            unknown: vec!["20990101000099".to_owned()]
        }
    );
    let store = Store::open(&address(&database)).unwrap();
    assert!(store.check().await.unwrap().is_ready());
    database.run("DELETE FROM __diesel_schema_migrations WHERE version < '2099'");
    assert!(!store.check().await.unwrap().schema_is_current);
}
