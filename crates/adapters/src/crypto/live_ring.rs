//! The ring that everything in the process seals and opens with, renewed while it runs.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicI64, Ordering},
};

use thunderbird_domain::time::{Clock, Timestamp};

use super::{
    key_ring_file::{KeyRingFile, KeyRingFileError},
    keys::Keys,
};

/// An unknown key id makes the file be read again, but not more often than this, in microseconds.
const UNKNOWN_KEY_PAUSE: i64 = 1_000_000;

/// The keys in force.
pub struct LiveRing {
    keys: RwLock<Arc<Keys>>,
    file: Option<KeyRingFile>,
    last_unknown: AtomicI64,
    clock: Arc<dyn Clock>,
}

impl LiveRing {
    /// A ring read from a file, which is read again as it changes.
    pub fn from_file(keys: Keys, file: KeyRingFile, clock: Arc<dyn Clock>) -> Self {
        Self::new(keys, Some(file), clock)
    }

    /// A ring that was handed over and never changes.
    pub fn fixed(keys: Keys, clock: Arc<dyn Clock>) -> Self {
        Self::new(keys, None, clock)
    }

    fn new(keys: Keys, file: Option<KeyRingFile>, clock: Arc<dyn Clock>) -> Self {
        let last_unknown = AtomicI64::new(i64::MIN);
        Self {
            keys: RwLock::new(Arc::new(keys)),
            file,
            last_unknown,
            clock,
        }
    }

    /// The keys in force now.
    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again. Says whether the ring changed; what cannot be read leaves the old one in force.
    ///
    /// # Errors
    ///
    /// [`KeyRingFileError`] when the file is missing, readable by others or damaged.
    pub fn reread(&self) -> Result<bool, KeyRingFileError> {
        let Some(file) = &self.file else {
            return Ok(false);
        };
        let fresh = file.read()?;
        if fresh.ring() == self.keys().ring() {
            return Ok(false);
        }
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(true)
    }

    /// Whether the ring has a file that can be renewed.
    pub fn is_renewable(&self) -> bool {
        self.file.is_some()
    }

    /// Takes keys out of the file and out of force.
    ///
    /// # Errors
    ///
    /// [`KeyRingFileError`]; nothing was taken out then.
    pub fn drop_keys(&self, ids: &[String]) -> Result<(), KeyRingFileError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let left = file.update(|keys| Some(keys.without(&ids)))?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(left);
        Ok(())
    }

    /// Reads the file again because of a key id that nobody here knows: at most once a second, whatever strangers
    /// send. Says whether asking the ring once more makes sense.
    pub(super) fn reread_for_unknown(&self) -> bool {
        let now = self.now().as_micros();
        let last = self.last_unknown.load(Ordering::Relaxed);
        let rested = last > now || now.saturating_sub(last) >= UNKNOWN_KEY_PAUSE;
        let mine = rested
            && self
                .last_unknown
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !mine {
            return false;
        }
        self.reread().unwrap_or_else(|error| {
            tracing::warn!(%error, "the key ring could not be read again; the old keys stay in force");
            false
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
