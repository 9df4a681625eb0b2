//! Puts the new file into the old one's place: at every moment there is a whole database at the path, and the legacy
//! file is kept. Each step is on disk, with its directory, before the next begins.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use diesel::{connection::SimpleConnection as _, sqlite::SqliteConnection};

use super::{cell::Cell, error::AdoptError, inspect::beside, sql::single};

/// What is behind us when a kill comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The new file is being built.
    Building,
    /// The new file is whole and on disk, nothing else has changed.
    Built,
    /// The legacy file has no write-ahead log any more.
    Settled,
    /// The legacy file has a second name.
    Kept,
    /// The report is on disk.
    Reported,
    /// The new file stands in the old one's place.
    Renamed,
}

/// The legacy file while it is being replaced.
///
/// SQLite's locks are POSIX locks: closing *any* descriptor of the file drops all of the process's. So the file is
/// opened here once, and closed only after the connection that holds the lock.
pub(super) struct Legacy {
    connection: SqliteConnection,
    path: PathBuf,
    descriptor: File,
}

impl Legacy {
    /// Takes charge of a file that `connection` has locked.
    pub(super) fn new(connection: SqliteConnection, path: &Path) -> Result<Self, AdoptError> {
        let descriptor = File::open(path).map_err(AdoptError::io("cannot open", path))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            descriptor,
        })
    }

    /// The connection that holds the lock.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// Gives the new file the owner and the mode of this one.
    pub(super) fn lend_ownership(&self, new: &Path) -> Result<(), AdoptError> {
        let old = self
            .descriptor
            .metadata()
            .map_err(AdoptError::io("cannot read", &self.path))?;
        let now = fs::metadata(new).map_err(AdoptError::io("cannot read", new))?;
        if (now.uid(), now.gid()) != (old.uid(), old.gid()) {
            std::os::unix::fs::chown(new, Some(old.uid()), Some(old.gid())).map_err(AdoptError::io(
                "run adopt as the owner of the database, or as root; cannot give away",
                new,
            ))?;
        }
        fs::set_permissions(new, old.permissions()).map_err(AdoptError::io("cannot set the mode of", new))
    }

    /// Moves the write-ahead log into the file and leaves nothing beside it that SQLite would replay into another
    /// file of this name.
    pub(super) fn settle(&mut self) -> Result<(), AdoptError> {
        self.connection
            .batch_execute("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);")?;
        let mode = single(&mut self.connection, "PRAGMA journal_mode = DELETE")?;
        if mode != Cell::Text("delete".to_owned()) {
            return Err(AdoptError::Unaccounted {
                table: "the write-ahead log".to_owned(),
                finding: format!("journal_mode stays at {}", mode.shown()),
            });
        }
        for suffix in ["-wal", "-shm", "-journal"] {
            remove_if_there(&beside(&self.path, suffix))?;
        }
        self.descriptor
            .sync_all()
            .map_err(AdoptError::io("cannot sync", &self.path))?;
        sync_directory(&self.path)
    }

    /// Gives the legacy file a second name, `<file>.legacy-<UTC time>`, or finds the one a killed run gave it.
    pub(super) fn keep(&mut self, time: &str) -> Result<PathBuf, AdoptError> {
        let (links, copies) = self.earlier()?;
        for unfinished in copies {
            remove_if_there(&unfinished)?;
        }
        if let Some(kept) = links.into_iter().next() {
            sync_directory(&self.path)?;
            return Ok(kept);
        }
        let kept = free_name(&beside(&self.path, &format!(".legacy-{time}")));
        if fs::hard_link(&self.path, &kept).is_err() {
            self.copy_to(&kept)?;
        }
        sync_directory(&self.path)?;
        Ok(kept)
    }

    /// For file systems without hard links.
    fn copy_to(&mut self, kept: &Path) -> Result<(), AdoptError> {
        let part = beside(kept, ".part");
        let failed = || AdoptError::io("cannot copy the legacy file to", kept);
        let mut copy = File::create(&part).map_err(failed())?;
        io::copy(&mut &self.descriptor, &mut copy).map_err(failed())?;
        copy.sync_all().map_err(failed())?;
        fs::rename(&part, kept).map_err(failed())
    }

    /// What killed runs left: second names of this very file, and unfinished copies.
    fn earlier(&self) -> Result<(Vec<PathBuf>, Vec<PathBuf>), AdoptError> {
        let failed = || AdoptError::io("cannot read", &self.path);
        let own = self.descriptor.metadata().map_err(failed())?;
        let name = self
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (mut links, mut copies) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(directory(&self.path)).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let found = entry.file_name().to_string_lossy().into_owned();
            if !found.starts_with(&format!("{name}.legacy-")) {
                continue;
            }
            let metadata = entry.metadata().map_err(failed())?;
            if (metadata.dev(), metadata.ino()) == (own.dev(), own.ino()) {
                links.push(entry.path());
            } else if entry.path().extension().is_some_and(|suffix| suffix == "part") {
                copies.push(entry.path());
            }
        }
        links.sort();
        Ok((links, copies))
    }

    /// Renames the new file over this one.
    pub(super) fn replace_with(self, new: &Path) -> Result<(), AdoptError> {
        for suffix in ["-wal", "-journal"] {
            let left = beside(&self.path, suffix);
            if left.exists() {
                return Err(AdoptError::Io {
                    doing: "somebody made, while the file was locked,",
                    path: left,
                    source: io::ErrorKind::AlreadyExists.into(),
                });
            }
        }
        fs::rename(new, &self.path).map_err(AdoptError::io("cannot replace", &self.path))?;
        sync_directory(&self.path)
    }
}

/// Makes sure that the new file is whole, alone and on disk.
pub(super) fn finish(mut target: SqliteConnection, new: &Path) -> Result<(), AdoptError> {
    let verdict = single(&mut target, "PRAGMA integrity_check(1)")?;
    if verdict != Cell::Text("ok".to_owned()) {
        return Err(AdoptError::Unaccounted {
            table: "the new file".to_owned(),
            finding: verdict.shown(),
        });
    }
    drop(target);
    for suffix in ["-wal", "-shm", "-journal"] {
        let left = beside(new, suffix);
        if left.exists() {
            return Err(AdoptError::Io {
                doing: "the new file is not alone:",
                path: left,
                source: io::ErrorKind::AlreadyExists.into(),
            });
        }
    }
    File::open(new)
        .and_then(|file| file.sync_all())
        .map_err(AdoptError::io("cannot sync", new))?;
    sync_directory(new)
}

pub(super) fn remove_if_there(path: &Path) -> Result<(), AdoptError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(AdoptError::io("cannot remove", path)(error))
        }
        _ => Ok(()),
    }
}

fn free_name(wanted: &Path) -> PathBuf {
    let mut name = wanted.to_owned();
    let mut number = 1;
    while name.exists() {
        name = beside(wanted, &format!("-{number}"));
        number += 1;
    }
    name
}

fn directory(path: &Path) -> &Path {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn sync_directory(path: &Path) -> Result<(), AdoptError> {
    let directory = directory(path);
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(AdoptError::io("cannot sync", directory))
}
