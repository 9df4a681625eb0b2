//! Why a database file cannot be used.

use std::path::Path;

use thunderbird_adapters::store::{
    declared,
    migrate::{Found, MigrateError},
};

/// Why the file cannot be used, and the command that changes that.
pub fn refusal(database: &Path, found: &Found) -> Option<String> {
    let file = database.display();
    match found {
        Found::Nothing | Found::Managed { .. } => None,
        Found::Newer { unknown } => Some(format!(
            "{file} was made by a newer thunderbird (it has {}). Install that version, or restore a backup.",
            unknown.join(", ")
        )),
        Found::Legacy => Some(format!(
            "{file} is a database of the Python version. Take it over with: thunderbird adopt {file}"
        )),
        Found::HalfAdopted => Some(format!(
            "The adoption of {file} was interrupted. Finish it with: thunderbird adopt {file}"
        )),
        Found::Foreign => Some(format!(
            "{file} is another program's database. Name another file in THUNDERBIRD_DB_PATH."
        )),
        Found::NotADatabase(reason) => Some(format!(
            "{file} is no database: {reason}. Name another file in THUNDERBIRD_DB_PATH."
        )),
        Found::Leftovers(files) => {
            let list: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            Some(format!(
                "{file} is gone, but {} lies there. Put the database back beside it, or move the leftovers away.",
                list.join(", ")
            ))
        }
    }
}

/// Why a database whose schema is not the migrations' cannot be used; `None` if it is.
///
/// # Errors
///
/// When the file cannot be read.
pub fn changed_schema(database: &Path) -> Result<Option<String>, MigrateError> {
    let differences = declared::differences(database)?;
    Ok((!differences.is_empty()).then(|| {
        format!(
            "{} was changed by something else than Thunderbird's migrations: {}. Put that right, or restore another backup.",
            database.display(),
            differences.join("; ")
        )
    }))
}

/// Why a network disk cannot hold the database.
pub fn network_disk(database: &Path, kind: &str) -> String {
    format!(
        "{} is on a network disk ({kind}), where SQLite can lose data; move it to a disk of this machine",
        database.display()
    )
}
