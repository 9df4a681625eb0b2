//! The database file and the disk it is on.

use std::path::Path;

use thunderbird_adapters::store::{
    health::free_bytes,
    migrate::{self, Found},
    survey::{self, Disk},
};
use thunderbird_domain::health::LEAST_FREE_BYTES;

use super::finding::Findings;
use crate::{
    cli::refusal::{changed_schema, network_disk, refusal},
    config::variable::DB_PATH,
};

const MEBIBYTE: u64 = 1024 * 1024;

/// Looks at the file. True when it is a database of ours that can be read.
pub fn check(database: &Path, findings: &mut Findings) -> bool {
    disk(database, findings);
    let found = match migrate::inspect(database) {
        Ok(found) => found,
        Err(error) => {
            findings.problem(
                DB_PATH,
                format!("{} cannot be looked at: {error}", database.display()),
            );
            return false;
        }
    };
    if let Some(refusal) = refusal(database, &found) {
        findings.problem(DB_PATH, refusal);
        return false;
    }
    if let Found::Managed { pending } = &found {
        schema(database, pending, findings);
    } else {
        findings.ok(
            DB_PATH,
            format!("{} will be made by the first start", database.display()),
        );
        return false;
    }
    match survey::damage(database) {
        Ok(damage) if damage.is_empty() => {
            findings.ok("database", format!("{} is whole", database.display()));
        }
        Ok(damage) => findings.problem(
            "database",
            format!(
                "{} is damaged ({}); restore a backup",
                database.display(),
                damage.join("; ")
            ),
        ),
        Err(error) => findings.problem(
            "database",
            format!("{} cannot be read: {error}", database.display()),
        ),
    }
    true
}

fn schema(database: &Path, pending: &[String], findings: &mut Findings) {
    match changed_schema(database) {
        Ok(None) if pending.is_empty() => findings.ok("schema", "is current"),
        Ok(None) => findings.ok("schema", "will be brought up to date by the next start"),
        Ok(Some(change)) => findings.problem("schema", change),
        Err(error) => findings.problem(
            "schema",
            format!("the schema of {} cannot be read: {error}", database.display()),
        ),
    }
}

fn disk(database: &Path, findings: &mut Findings) {
    match survey::disk(database) {
        Ok(Disk::Local) => {}
        Ok(Disk::Network(kind)) => findings.problem(DB_PATH, network_disk(database, kind)),
        Ok(Disk::Program) => findings.advice(
            DB_PATH,
            format!(
                "{} is on a FUSE disk; be sure that it is this machine's own",
                database.display()
            ),
        ),
        Err(error) => findings.problem(
            DB_PATH,
            format!("the folder of {} cannot be used: {error}", database.display()),
        ),
    }
    match free_bytes(database) {
        Ok(free) if free < LEAST_FREE_BYTES => findings.problem(
            "disk",
            format!(
                "only {} MiB are free beside the database; make it at least 256 MiB",
                free / MEBIBYTE
            ),
        ),
        Ok(free) => findings.ok("disk", format!("{} MiB are free", free / MEBIBYTE)),
        Err(_) => {}
    }
}
