//! Finding the ring at a start, or drawing one for a new database.

use std::{path::PathBuf, sync::Arc};

use thunderbird_domain::{
    port::Fault,
    random::Entropy,
    secret::Secret,
    time::Clock,
    token::key_memory::{KeyMemory, RingChange, RingFound},
};

use super::{
    key_ring_file::{KeyRingFile, KeyRingFileError},
    keys::{Keys, KeysError},
    live_ring::LiveRing,
};

/// Where the ring comes from.
#[derive(Debug, Clone)]
pub enum RingSource {
    /// A file that is ours to create and to renew.
    File(PathBuf),
    /// The content itself, from the configuration; renewing it is the operator's work.
    Given(Secret<String>),
}

/// Why there is no ring to start with.
#[derive(Debug, thiserror::Error)]
pub enum RingStartError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] KeyRingFileError),
    /// The configured content cannot be used.
    #[error("THUNDERBIRD_KEYS: {0}")]
    Given(KeysError),
    /// The database has a ring, and it is not here.
    #[error(
        "the key ring of this database is missing: there is none at {}. Put it back from your backup, or run \
         `thunderbird keys replace`, which ends every session and voids every code",
        .0.display()
    )]
    Missing(PathBuf),
    /// There is a ring, but another database's.
    #[error(
        "the key ring {0} belongs to another database. Put the right one back from your backup, or run \
         `thunderbird keys replace`, which ends every session and voids every code"
    )]
    Foreign(String),
    /// The database could not be asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Opens the ring that belongs to the database, or draws one when the database has never had any; the database
/// remembers its keys from then on.
///
/// # Errors
///
/// [`RingStartError`], whose text tells the operator what to do.
pub async fn open(
    source: RingSource,
    memory: &dyn KeyMemory,
    entropy: &dyn Entropy,
    clock: Arc<dyn Clock>,
) -> Result<Arc<LiveRing>, RingStartError> {
    let remembered = memory.remembered().await?;
    let ring = match source {
        RingSource::Given(text) => {
            let keys = Keys::from_text(text.expose()).map_err(RingStartError::Given)?;
            let found = RingFound::judge(&remembered, Some(keys.ring()));
            if found == RingFound::Foreign {
                return Err(RingStartError::Foreign("in THUNDERBIRD_KEYS".to_owned()));
            }
            LiveRing::fixed(keys, Arc::clone(&clock))
        }
        RingSource::File(path) => {
            let file = KeyRingFile::at(path);
            let keys = from_file(&file, &remembered, entropy, clock.as_ref())?;
            LiveRing::from_file(keys, file, Arc::clone(&clock))
        }
    };
    let seen = ring.keys().ring().keys().to_vec();
    memory.remember(RingChange::seen(seen, clock.now())).await?;
    Ok(Arc::new(ring))
}

fn from_file(
    file: &KeyRingFile,
    remembered: &[String],
    entropy: &dyn Entropy,
    clock: &dyn Clock,
) -> Result<Keys, RingStartError> {
    let held = if file.exists() { Some(file.read()?) } else { None };
    match (RingFound::judge(remembered, held.as_ref().map(Keys::ring)), held) {
        (RingFound::Fitting, Some(keys)) => Ok(keys),
        (RingFound::Foreign, _) => Err(RingStartError::Foreign(file.path().display().to_string())),
        (RingFound::Nothing, _) => {
            let keys = Keys::draw(entropy, clock.now());
            file.write(&keys)?;
            Ok(keys)
        }
        (RingFound::Missing | RingFound::Fitting, _) => Err(RingStartError::Missing(file.path().to_owned())),
    }
}
