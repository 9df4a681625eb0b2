//! A file that may or may not be a database of the Python version.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use tempfile::TempDir;
use thunderbird_adapters::legacy::inspect::{Found, beside, inspect, reader};

/// In memory where there is such a folder: a database is written for every input.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    };
    tempfile::Builder::new()
        .prefix("thunderbird-fuzz-")
        .tempdir_in(parent)
        .unwrap()
});

/// The file's bytes.
pub fn check(bytes: &[u8]) {
    let path = path();
    let [wal, journal, shared] = ["-wal", "-journal", "-shm"].map(|suffix| beside(&path, suffix));
    for left in [&wal, &journal, &shared] {
        drop(fs::remove_file(left));
    }
    fs::write(&path, bytes).unwrap();
    let found = inspect(&path);
    assert_eq!(fs::read(&path).unwrap(), bytes, "inspection changed the file");
    match found {
        Ok(Found::Legacy(inspection)) => {
            let named = inspection.tables.iter().map(|table| table.rows);
            assert_eq!(inspection.rows(), named.sum::<u64>());
            for name in ["users", "safecheck_contacts", "message_log"] {
                let table = inspection.table(name).expect("recognised by its tables");
                assert!(!table.columns.is_empty());
            }
            assert!(reader(&inspection).is_ok(), "accepted, and cannot be opened");
        }
        Ok(Found::Managed) => {}
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
    assert_eq!(fs::read(&path).unwrap(), bytes, "reading changed the file");
    assert!(!journal.exists(), "a journal was left behind");
    assert!(
        fs::read(&wal).unwrap_or_default().is_empty(),
        "something was logged"
    );
}

/// A file for each thread: tests may run beside each other.
fn path() -> PathBuf {
    let thread = format!("{:?}", std::thread::current().id());
    let digits: String = thread.chars().filter(char::is_ascii_digit).collect();
    FOLDER.path().join(format!("{digits}.db"))
}
