//! The migrations under the ordinary diesel command, on a fresh file, with nothing but DATABASE_URL set.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    failure::{Failure, none},
    needs,
    process::{SERVER_TESTS, cargo, output, read},
    scratch,
};

/// Where `print-schema` writes, as diesel.toml says.
pub const SCHEMA: &str = "crates/adapters/src/store/schema.rs";

/// A copy of the repository, where the command may write the schema file, and a database in it.
struct Bench {
    diesel: PathBuf,
    copy: TempDir,
}

/// `run`, `redo`, `revert --all`, `run` again, no flag set; the schema is the committed one; each down reverses its up.
pub fn check() -> Result<(), Failure> {
    let bench = Bench::new()?;
    bench.migrate(&["run"])?;
    bench.same_schema()?;
    bench.migrate(&["redo"])?;
    bench.migrate(&["redo", "--all"])?;
    bench.same_schema()?;
    bench.migrate(&["revert", "--all"])?;
    bench.no_table_left()?;
    bench.migrate(&["run"])?;
    bench.same_schema()?;
    bench.migrate(&["revert", "--all"])?;
    none(bench.step_by_step()?)?;
    bench.adopted_schema()
}

/// What `print-schema` says of a fresh, fully migrated file.
pub fn fresh_schema() -> Result<String, Failure> {
    let bench = Bench::new()?;
    bench.migrate(&["run"])?;
    bench.printed()
}

impl Bench {
    fn new() -> Result<Self, Failure> {
        Ok(Self {
            diesel: needs::DIESEL.path()?,
            copy: scratch::copy()?,
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.diesel);
        command
            .current_dir(self.copy.path())
            .env("DATABASE_URL", self.copy.path().join("fresh.db"));
        command
    }

    fn migrate(&self, words: &[&str]) -> Result<(), Failure> {
        output(self.command().arg("migration").args(words)).map(drop)
    }

    fn printed(&self) -> Result<String, Failure> {
        output(self.command().arg("print-schema"))
    }

    fn same_schema(&self) -> Result<(), Failure> {
        if self.printed()? == read(Path::new(SCHEMA))? {
            return Ok(());
        }
        Err(Failure::found(format!(
            "print-schema differs from {SCHEMA}: run `cargo xtask generate` and commit"
        )))
    }

    fn no_table_left(&self) -> Result<(), Failure> {
        let printed = self.printed()?;
        if printed.contains("table!") {
            return Err(Failure::found(format!(
                "after revert --all there are tables left:\n{printed}"
            )));
        }
        Ok(())
    }

    /// A database that was adopted from the Python version has the same schema.
    fn adopted_schema(&self) -> Result<(), Failure> {
        let test = "the_diesel_command_finds_the_committed_schema_in_an_adopted_file";
        let mut command = cargo();
        command
            .args(SERVER_TESTS)
            .args(["--test", "adopt", "--", "--ignored", "--exact", test])
            .env("DIESEL", &self.diesel);
        output(&mut command).map(drop)
    }

    /// Brings the migrations back one by one, each up, down, up: the down must leave what the up had found.
    fn step_by_step(&self) -> Result<Vec<String>, Failure> {
        let every = self.copy.path().join("every-migration");
        let some = self.copy.path().join("migrations");
        fs::rename(&some, &every).map_err(Failure::file(&some))?;
        fs::create_dir(&some).map_err(Failure::file(&some))?;
        let mut findings = Vec::new();
        for name in names(&every)? {
            let before = self.printed()?;
            fs::rename(every.join(&name), some.join(&name)).map_err(Failure::file(some.join(&name)))?;
            self.migrate(&["run"])?;
            let up = self.printed()?;
            self.migrate(&["revert"])?;
            if self.printed()? != before {
                findings.push(format!("migrations/{name}: down.sql does not reverse up.sql"));
            }
            self.migrate(&["run"])?;
            if self.printed()? != up {
                findings.push(format!("migrations/{name}: a second up differs from the first"));
            }
        }
        Ok(findings)
    }
}

fn names(directory: &Path) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(Failure::file(directory))? {
        let entry = entry.map_err(Failure::file(directory))?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}
