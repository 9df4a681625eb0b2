//! A database of the Python version, taken over by the real binary: its hikers and its accounts go on as they were.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod command;
mod hikers;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_testkit::{
    legacy::Shape,
    service::{Service, ServiceBuilder},
};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");
const WOMBAT: &str = "+61491570006";
const MUM: &str = "+61491571266";
const DAD: &str = "+61491571491";

/// A service that is not started yet, with a legacy file in its folder.
fn legacy(sql: &str) -> ServiceBuilder {
    let builder = Service::builder(BINARY);
    make(&builder.folder().join("thunderbird.db"), sql);
    builder
}

fn make(path: &Path, sql: &str) {
    let mut python = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    python.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
    python.batch_execute(sql).unwrap();
}

fn gentle(shape: Shape) -> String {
    shape.schema() + &shape.gentle_rows()
}

fn hostile(shape: Shape) -> String {
    shape.schema() + &shape.hostile_rows()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
#[ignore = "needs the diesel command: cargo xtask migrations"]
fn the_diesel_command_finds_the_committed_schema_in_an_adopted_file() {
    let builder = legacy(&hostile(Shape::G4));
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let diesel = |arguments: &[&str]| {
        let command = std::env::var_os("DIESEL").unwrap_or_else(|| "diesel".into());
        let output = Command::new(command)
            .args(arguments)
            .current_dir(&root)
            .env("DATABASE_URL", builder.folder().join("thunderbird.db"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let committed = fs::read_to_string(root.join("crates/adapters/src/store/schema.rs")).unwrap();
    assert_eq!(diesel(&["print-schema"]), committed);
    assert!(
        !diesel(&["migration", "list"]).contains("[ ]"),
        "no migration is pending"
    );
}
