//! The whole adoption, in order: look, lock, build beside, verify, swap.

use std::path::{Path, PathBuf};

use diesel::{Connection as _, connection::SimpleConnection as _, sqlite::SqliteConnection};
use jiff::tz::TimeZone;

use super::{
    copy::{copy_all, name_copies},
    error::AdoptError,
    inspect::{self, address, beside, is_busy},
    inspection::{Found, Inspection},
    map::{MAPPED, Mapper},
    plan::Rules,
    refusal::Refusal,
    report::{Counts, Report},
    swap::{self, Legacy, Step},
    tables, verify,
};
use crate::store::{ServiceLock, migrate};

/// What an adoption is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Copying tables word for word.
    Copying,
    /// Carrying rows over.
    Mapping,
    /// Comparing both files.
    Verifying,
}

/// Whoever watches an adoption: a progress bar, or a test that kills it.
pub trait Watch {
    /// So many rows of all rows are done in this stage.
    fn progress(&mut self, stage: Stage, done: u64, total: u64);

    /// A step is behind us, and on disk.
    fn reached(&mut self, step: Step);
}

/// How an adoption ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The file is ours now.
    Adopted(Box<Report>),
    /// The file was ours already.
    NothingToDo,
}

/// How many rows pass between two reports of progress.
const REPORT_EVERY: u64 = 1_000;

/// What would happen, found out without changing anything: everything is carried over into a temporary database.
///
/// # Errors
///
/// [`AdoptError`] when [`adopt`] would fail with it.
pub fn check(file: &Path, rules: &Rules, watch: &mut dyn Watch) -> Result<Ended, AdoptError> {
    let Found::Legacy(inspection) = inspect::inspect(file)? else {
        return Ok(Ended::NothingToDo);
    };
    let mut source = inspect::reader(&inspection)?;
    let mut target = SqliteConnection::establish("")?;
    target.batch_execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;")?;
    migrate::up_on(&mut target)?;
    map(&mut source, &mut target, &inspection, (rules, watch))?;
    let counts = verify::count(&mut target, &inspection)?;
    let report = report(&inspection, rules, counts, None).with_lines(&mut target)?;
    Ok(Ended::Adopted(Box::new(report)))
}

/// Takes `file` over.
///
/// # Errors
///
/// [`AdoptError`]; the database at `file` is then still the legacy one, whole. Running again begins anew.
pub fn adopt(file: &Path, rules: &Rules, watch: &mut dyn Watch) -> Result<Ended, AdoptError> {
    let Found::Legacy(seen) = inspect::inspect(file)? else {
        return Ok(Ended::NothingToDo);
    };
    let path = seen.path;
    let Some(_lock) =
        ServiceLock::take(&path).map_err(AdoptError::io("cannot lock", &beside(&path, ".lock")))?
    else {
        return Err(AdoptError::Locked(path));
    };
    let mut source = lock_out_everybody(&path)?;
    let Found::Legacy(inspection) = inspect::look(&mut source, &path)? else {
        return Ok(Ended::NothingToDo);
    };
    let new = beside(&path, ".adopting");
    clear_away(&new)?;
    let legacy = Legacy::new(source, &path)?;
    let built = build(legacy, &inspection, &new, (rules, watch));
    if built.is_err() {
        clear_away(&new)?;
    }
    built.map(|report| Ended::Adopted(Box::new(report)))
}

/// A connection that keeps everybody else out for as long as it lives; no transaction is open on it.
fn lock_out_everybody(path: &Path) -> Result<SqliteConnection, AdoptError> {
    let mut source = SqliteConnection::establish(&address(path, "rw"))?;
    source.batch_execute("PRAGMA busy_timeout = 5000")?;
    source.batch_execute("PRAGMA main.locking_mode = EXCLUSIVE")?;
    source
        .batch_execute("PRAGMA trusted_schema = OFF; BEGIN EXCLUSIVE; COMMIT;")
        .map_err(|error| match error {
            error if is_busy(&error) => Refusal::InUse(path.to_owned()).into(),
            error => AdoptError::Sqlite(error),
        })?;
    Ok(source)
}

/// Removes what a killed run left. It holds nothing that the legacy file does not.
fn clear_away(new: &Path) -> Result<(), AdoptError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        swap::remove_if_there(&beside(new, suffix))?;
    }
    Ok(())
}

fn build(
    mut legacy: Legacy,
    inspection: &Inspection,
    new: &Path,
    (rules, watch): (&Rules, &mut dyn Watch),
) -> Result<Report, AdoptError> {
    watch.reached(Step::Building);
    migrate::up(new)?;
    let mut target = open_new(new)?;
    target.batch_execute("PRAGMA journal_mode = DELETE")?;
    drop(target);
    let copies = name_copies(inspection);
    let (total, mut done) = (inspection.rows(), 0);
    copy_all(legacy.connection(), &copies, new, |copied| {
        done += copied.table.rows;
        watch.progress(Stage::Copying, done, total);
    })?;
    target = open_new(new)?;
    target.batch_execute(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000;",
    )?;
    map(legacy.connection(), &mut target, inspection, (rules, &mut *watch))?;
    let mut done = 0;
    let counts = verify::verify(legacy.connection(), &mut target, &copies, |rows| {
        done += rows;
        watch.progress(Stage::Verifying, done, total);
    })?;
    swap_in(
        legacy,
        target,
        new,
        (report(inspection, rules, counts, None), watch),
    )
}

fn open_new(new: &Path) -> Result<SqliteConnection, AdoptError> {
    let mut target = SqliteConnection::establish(&address(new, "rw"))?;
    target.batch_execute("PRAGMA trusted_schema = OFF; PRAGMA temp_store = FILE;")?;
    Ok(target)
}

fn map(
    source: &mut SqliteConnection,
    target: &mut SqliteConnection,
    inspection: &Inspection,
    (rules, watch): (&Rules, &mut dyn Watch),
) -> Result<(), AdoptError> {
    tables::create(target)?;
    let tables = MAPPED.iter().filter_map(|(legacy, _)| inspection.table(legacy));
    let (total, mut done) = (tables.map(|table| table.rows).sum(), 0);
    let mut decided = || {
        done += 1;
        if done % REPORT_EVERY == 0 || done == total {
            watch.progress(Stage::Mapping, done, total);
        }
    };
    let mut mapper = Mapper {
        source,
        target,
        inspection,
        rules,
        decided: &mut decided,
    };
    mapper.map_all()
}

fn swap_in(
    mut legacy: Legacy,
    mut target: SqliteConnection,
    new: &Path,
    (mut report, watch): (Report, &mut dyn Watch),
) -> Result<Report, AdoptError> {
    report = report.with_lines(&mut target)?;
    legacy.lend_ownership(new)?;
    swap::finish(target, new)?;
    watch.reached(Step::Built);
    legacy.settle()?;
    watch.reached(Step::Settled);
    report.kept_as = Some(legacy.keep(&file_time(&report))?);
    watch.reached(Step::Kept);
    report.write(&mut SqliteConnection::establish(&address(new, "ro"))?)?;
    watch.reached(Step::Reported);
    legacy.replace_with(new)?;
    watch.reached(Step::Renamed);
    Ok(report)
}

fn report(inspection: &Inspection, rules: &Rules, tables: Vec<Counts>, kept_as: Option<PathBuf>) -> Report {
    Report {
        file: inspection.path.clone(),
        kept_as,
        adopted_at: rules.adopted_at,
        shape: inspection.shape,
        revision: inspection.revision.clone(),
        legacy_timezone: zone_name(&rules.zone),
        tables,
        opt_outs: 0,
        lines: Vec::new(),
        line_count: 0,
    }
}

fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

/// `20261119T074000Z`, for a file's name.
fn file_time(report: &Report) -> String {
    let instant = report.adopted_at.floor_to_second().to_string();
    instant.replace(['-', ':'], "")
}
