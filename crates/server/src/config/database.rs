//! Which file the database is.

use std::path::{Path, PathBuf};

use super::{
    reader::Reader,
    variable::{DATABASE_URL, DB_PATH},
};

/// The path from whichever of the two variables comes from the higher source.
pub fn read(reader: &mut Reader) -> Option<PathBuf> {
    let path = reader.read(DB_PATH, plain_path);
    let url = reader.read(DATABASE_URL, parse);
    match (
        reader.values().origin(DB_PATH),
        reader.values().origin(DATABASE_URL),
    ) {
        (_, None) => path,
        (None, Some(_)) => url,
        (Some(one), Some(other)) if one == other => {
            let (path, url) = (path?, url?);
            if !is_same(&path, &url) {
                let advice = format!("names another file than {DB_PATH}, both in {one}; remove one of them");
                reader.wrong(DATABASE_URL, advice);
            }
            Some(path)
        }
        (Some(one), Some(other)) => {
            if one > other {
                path
            } else {
                url
            }
        }
    }
}

/// Whether both lead to one file, as far as their spelling tells.
fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path| std::path::absolute(path).ok();
    one == other || whole(one).is_some_and(|one| Some(one) == whole(other))
}

fn plain_path(text: &str) -> Result<PathBuf, String> {
    if text.contains("://") || text.starts_with("file:") {
        return Err(format!("must be a plain path; a URL belongs into {DATABASE_URL}"));
    }
    if text.is_empty() {
        return Err("names no file".into());
    }
    if text == ":memory:" {
        return Err("must be a file: what is only in memory is lost with the next restart".into());
    }
    Ok(PathBuf::from(text))
}

/// A path, `sqlite://path` or `file:path`, as Diesel hands them to SQLite.
fn parse(text: &str) -> Result<PathBuf, String> {
    let lower = text.to_ascii_lowercase();
    if ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
    {
        return Err(
            "PostgreSQL is not supported yet; name a SQLite file, such as sqlite://thunderbird.db".into(),
        );
    }
    if let Some(path) = text.strip_prefix("sqlite://") {
        return plain_path(path);
    }
    if let Some(rest) = text.strip_prefix("file:") {
        return file_uri(rest);
    }
    if text.contains("://") {
        return Err("must be a path, sqlite://path or file:path".into());
    }
    plain_path(text)
}

/// SQLite's own reading of `file:` (sqlite.org/uri.html), without parameters.
fn file_uri(rest: &str) -> Result<PathBuf, String> {
    if rest.contains(['?', '#']) {
        return Err("must not have parameters: every connection sets its own".into());
    }
    let path = match rest.strip_prefix("//") {
        Some(authority) => {
            let (host, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
            if !host.is_empty() && host != "localhost" {
                return Err("must name a file on this machine: file:path or file:///path".into());
            }
            path
        }
        None => rest,
    };
    if path.contains('%') {
        return Err("must be written without %-escapes; THUNDERBIRD_DB_PATH takes any path".into());
    }
    plain_path(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_names_the_file_that_diesel_opens() {
        for (text, path) in [
            ("tb.db", "tb.db"),
            ("sqlite://tb.db", "tb.db"),
            ("sqlite:///var/lib/tb.db", "/var/lib/tb.db"),
            ("file:tb.db", "tb.db"),
            ("file:/var/lib/tb.db", "/var/lib/tb.db"),
            ("file:///var/lib/tb.db", "/var/lib/tb.db"),
            ("file://localhost/var/lib/tb.db", "/var/lib/tb.db"),
        ] {
            assert_eq!(parse(text).unwrap(), PathBuf::from(path), "{text}");
        }
    }

    #[test]
    fn what_is_no_file_of_ours_is_refused() {
        for text in [
            "postgres://localhost/tb",
            "PostgreSQL://localhost/tb",
            "mysql://localhost/tb",
            ":memory:",
            "sqlite://:memory:",
            "file:tb.db?mode=memory",
            "file://server/tb.db",
            "file:",
            "sqlite://",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(plain_path("sqlite://tb.db").is_err());
    }
}
