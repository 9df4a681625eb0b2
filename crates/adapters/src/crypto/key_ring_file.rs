//! The ring's file: mode 0600, replaced as a whole, never half-written.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use rustix::fs::FlockOperation;
use thunderbird_domain::secret::Secret;

use super::keys::{Keys, KeysError};

/// A ring is smaller; a larger file is something else.
const MAX_BYTES: u64 = 1 << 20;
const OTHERS: u32 = 0o077;

/// Why the ring's file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingFileError {
    /// There is none.
    #[error("there is no key ring at {}", .0.display())]
    Missing(PathBuf),
    /// Somebody else on this machine may read or write it.
    #[error("{} is readable or writable by others (mode {mode:04o}): run `chmod 600` on it", .path.display())]
    ReadableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A directory, a device, or far too large.
    #[error("{} is not a key ring", .0.display())]
    NotARing(PathBuf),
    /// Its content is not a ring.
    #[error("{}: {source}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: KeysError,
    },
    /// The operating system refused.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Its answer.
        source: io::Error,
    },
}

/// Where the ring is kept.
#[derive(Debug, Clone)]
pub struct KeyRingFile {
    path: PathBuf,
}

impl KeyRingFile {
    /// The ring at this path, whether or not there is one yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether anything stands at the path.
    pub fn exists(&self) -> bool {
        self.path.symlink_metadata().is_ok()
    }

    /// The ring as it stands there now.
    ///
    /// # Errors
    ///
    /// [`KeyRingFileError`].
    pub fn read(&self) -> Result<Keys, KeyRingFileError> {
        let file = File::open(&self.path).map_err(|error| self.io(error))?;
        self.read_from(&file)
    }

    /// Puts a ring there, whatever stood there before: whole, on disk, readable by its owner only.
    ///
    /// # Errors
    ///
    /// [`KeyRingFileError::Io`]; what stood there still does then.
    pub fn write(&self, keys: &Keys) -> Result<(), KeyRingFileError> {
        self.write_file(keys.to_text().expose())
            .map_err(|error| self.io(error))
    }

    /// Changes the ring in place; of several who do this at once, each sees the changes of those before. `None` leaves
    /// it as it is.
    ///
    /// # Errors
    ///
    /// [`KeyRingFileError`]; the old ring still stands there then.
    pub fn update(&self, change: impl FnOnce(&Keys) -> Option<Keys>) -> Result<Keys, KeyRingFileError> {
        let locked = self.lock().map_err(|error| self.io(error))?;
        let before = self.read_from(&locked)?;
        let Some(after) = change(&before) else {
            return Ok(before);
        };
        self.write(&after)?;
        Ok(after)
    }

    /// The file, held for us alone. Replacing it takes the name away from whoever waits for the old one's lock, so
    /// the name is looked at again once the lock is ours.
    fn lock(&self) -> io::Result<File> {
        loop {
            let file = File::open(&self.path)?;
            rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
            let (held, named) = (file.metadata()?, fs::metadata(&self.path)?);
            if (held.dev(), held.ino()) == (named.dev(), named.ino()) {
                return Ok(file);
            }
        }
    }

    fn read_from(&self, file: &File) -> Result<Keys, KeyRingFileError> {
        let about = file.metadata().map_err(|error| self.io(error))?;
        if !about.is_file() || about.len() > MAX_BYTES {
            return Err(KeyRingFileError::NotARing(self.path.clone()));
        }
        let mode = about.permissions().mode() & 0o7777;
        if mode & OTHERS != 0 {
            return Err(KeyRingFileError::ReadableByOthers {
                path: self.path.clone(),
                mode,
            });
        }
        let mut text = String::new();
        file.take(MAX_BYTES)
            .read_to_string(&mut text)
            .map_err(|error| self.io(error))?;
        let text = Secret::new(text);
        Keys::from_text(text.expose()).map_err(|source| KeyRingFileError::Damaged {
            path: self.path.clone(),
            source,
        })
    }

    fn write_file(&self, text: &str) -> io::Result<()> {
        let mut fresh = self.path.clone().into_os_string();
        fresh.push(".new");
        let fresh = PathBuf::from(fresh);
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&fresh)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &self.path)?;
        let directory = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn io(&self, source: io::Error) -> KeyRingFileError {
        let path = self.path.clone();
        if source.kind() == io::ErrorKind::NotFound {
            return KeyRingFileError::Missing(path);
        }
        KeyRingFileError::Io { path, source }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use thunderbird_domain::{time::Timestamp, token::key_ring::KeyPurpose};

    use super::*;
    use crate::crypto::entropy::SystemEntropy;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    fn fresh(folder: &tempfile::TempDir) -> (KeyRingFile, Keys) {
        let file = KeyRingFile::at(folder.path().join("thunderbird.db.keys"));
        let keys = Keys::draw(&SystemEntropy, NOW);
        file.write(&keys).unwrap();
        (file, keys)
    }

    #[test]
    fn a_written_ring_is_its_owners_alone_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (file, keys) = fresh(&folder);
        assert_eq!(
            fs::metadata(file.path()).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(file.read().unwrap().ring(), keys.ring());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_ring_that_others_may_read_is_refused_by_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let (file, _) = fresh(&folder);
        for mode in [0o640, 0o604, 0o620, 0o660, 0o644] {
            fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
            let refusal = file.read().unwrap_err();
            assert!(matches!(refusal, KeyRingFileError::ReadableByOthers { mode: seen, .. } if seen == mode));
            assert!(file.update(|_| None).is_err());
        }
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o400)).unwrap();
        assert!(file.read().is_ok());
    }

    #[test]
    fn what_is_no_ring_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyRingFile::at(folder.path().join("ring"));
        assert!(matches!(file.read(), Err(KeyRingFileError::Missing(_))));
        assert!(matches!(
            KeyRingFile::at(folder.path()).read(),
            Err(KeyRingFileError::NotARing(_))
        ));
        fs::write(file.path(), "{}").unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(file.read(), Err(KeyRingFileError::Damaged { .. })));
    }

    #[test]
    fn changes_made_at_once_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (file, _) = fresh(&folder);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    file.update(|keys| Some(keys.with_new(&[KeyPurpose::Token], &SystemEntropy, NOW)))
                        .unwrap();
                });
            }
        });
        assert_eq!(file.read().unwrap().ring().of(KeyPurpose::Token).count(), 9);
    }
}
