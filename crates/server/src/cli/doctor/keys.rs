//! The key ring.

use std::time::Duration;

use thunderbird_adapters::{
    crypto::{key_ring_file::KeyRingFile, keys::Keys},
    store::Store,
};
use thunderbird_domain::{
    time::Clock,
    token::key_memory::{KeyMemory as _, RingFound},
};

use super::finding::Findings;
use crate::config::Config;

const KEYRING: &str = "THUNDERBIRD_KEYRING";
const KEYS: &str = "THUNDERBIRD_KEYS";
/// A ring whose newest key is older should be renewed.
const OLD: Duration = Duration::from_hours(24 * 90);

/// Looks at the ring, and at what the database remembers of it when `is_sound`.
pub async fn check(config: &Config, is_sound: bool, clock: &dyn Clock, findings: &mut Findings) {
    let (setting, held) = match &config.keys.content {
        Some(content) => (
            KEYS,
            Keys::from_text(content.expose())
                .map(Some)
                .map_err(|error| error.to_string()),
        ),
        None => (KEYRING, from_file(config)),
    };
    let held = match held {
        Ok(held) => held,
        Err(trouble) => return findings.problem(setting, trouble),
    };
    let remembered = if is_sound {
        remembered(config).await
    } else {
        Vec::new()
    };
    match (
        RingFound::judge(&remembered, held.as_ref().map(Keys::ring)),
        &held,
    ) {
        (RingFound::Foreign, _) => findings.problem(
            setting,
            format!("the ring belongs to another database; {WAYS_OUT}"),
        ),
        (RingFound::Missing, _) => {
            let path = config.keys.path.display();
            findings.problem(
                setting,
                format!("there is no key ring at {path} for this database; {WAYS_OUT}"),
            );
        }
        (RingFound::Nothing, _) | (RingFound::Fitting, None) => {
            findings.ok(setting, "a key ring will be drawn by the first start");
        }
        (RingFound::Fitting, Some(keys)) => age(setting, keys, clock, findings),
    }
}

const WAYS_OUT: &str = "put the right one back from your backup, or run `thunderbird keys replace`, which ends every session and voids every code";

fn from_file(config: &Config) -> Result<Option<Keys>, String> {
    let file = KeyRingFile::at(config.keys.path.clone());
    if !file.exists() {
        return Ok(None);
    }
    file.read().map(Some).map_err(|error| error.to_string())
}

async fn remembered(config: &Config) -> Vec<String> {
    let Ok(store) = Store::open(&config.database) else {
        return Vec::new();
    };
    store.remembered().await.unwrap_or_default()
}

fn age(setting: &str, keys: &Keys, clock: &dyn Clock, findings: &mut Findings) {
    let newest = keys.ring().keys().iter().map(|key| key.born_at).max();
    let age = newest.map(|born| clock.now().since(born)).unwrap_or_default();
    let days = age.as_secs() / 86_400;
    if age > OLD {
        findings.advice(
            setting,
            format!("the newest key is {days} days old; run `thunderbird keys rotate`"),
        );
    } else {
        findings.ok(
            setting,
            format!("the ring fits the database; its newest key is {days} days old"),
        );
    }
}
