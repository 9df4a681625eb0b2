//! `thunderbird keys rotate|replace|list`

use std::path::PathBuf;

use actix_web::rt;
use clap::{Args, Subcommand};
use thunderbird_adapters::{
    clock::SystemClock,
    crypto::{
        entropy::SystemEntropy, key_ring_file::KeyRingFile, keys::Keys as Ring, ring_start::RingStartError,
    },
    store::{
        Store,
        migrate::{Found, inspect},
    },
};
use thunderbird_domain::{
    audit::{Actor, AuditEvent, Subject},
    time::{Clock as _, Timestamp},
    token::{
        key_memory::{KeyMemory as _, RingChange, RingFound},
        key_ring::{KeyPurpose, KeyRing, RingKey, SETTLING},
    },
};

use super::{Exit, Failure, Settings, backup, refusal::refusal, screen};
use crate::config::Config;

/// Look at the keys that seal tokens, codes and stored messages, or renew them.
#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the keys of the ring: ids and ages, never the keys.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add new keys. A running service takes them up by itself; nobody is signed out, and old keys leave when nothing
    /// needs them any more.
    Rotate,
    /// Draw a whole new ring, because the old one is lost or known to a stranger. Every session ends, every code is
    /// void, and messages that carry one are not sent.
    Replace {
        /// Yes, although the ring that is there fits the database.
        #[arg(long)]
        yes: bool,
    },
}

impl Keys {
    /// Does it.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let config = settings.read(&[])?;
        match self.action {
            Action::List { json } => list(&config, json),
            Action::Rotate => {
                let (file, store) = renewable(&config)?;
                rt::System::new().block_on(rotate(&file, &store))
            }
            Action::Replace { yes } => {
                let (file, store) = renewable(&config)?;
                rt::System::new().block_on(replace(&file, &store, yes))
            }
        }
    }
}

/// The ring's file and its database, if the one is ours to write and the other is there.
fn renewable(config: &Config) -> Result<(KeyRingFile, Store), Failure> {
    if config.keys.content.is_some() {
        return Err(Failure::configuration(
            "THUNDERBIRD_KEYS holds the key ring, so it is renewed where it comes from, not here.",
        ));
    }
    let database = &config.database;
    let found = inspect(database).map_err(Failure::configuration)?;
    if let Some(refusal) = refusal(database, &found) {
        return Err(Failure::configuration(refusal));
    }
    match found {
        Found::Managed { pending } if pending.is_empty() => {}
        _ => {
            return Err(Failure::configuration(format_args!(
                "{} is not ready: run `thunderbird migrate up`, or start the service once.",
                database.display()
            )));
        }
    }
    let store = Store::open(database).map_err(Failure::problem)?;
    Ok((KeyRingFile::at(&config.keys.path), store))
}

async fn rotate(file: &KeyRingFile, store: &Store) -> Result<Exit, Failure> {
    let now = SystemClock.now();
    fitting(file, store).await?;
    let named = store.named().await.map_err(Failure::problem)?;
    let mut dropped = Vec::new();
    let renewed = file.update(|keys| {
        let gone = keys.ring().dropped(now, |id| named.contains(id));
        dropped = gone.iter().map(|id| (*id).to_owned()).collect();
        Some(
            keys.without(&gone)
                .with_new(&KeyPurpose::ROTATED, &SystemEntropy, now),
        )
    });
    let renewed = renewed.map_err(Failure::configuration)?;
    let event = AuditEvent::new(now, Actor::System, "keys.rotated", Subject::Service);
    let change = RingChange {
        seen: renewed.ring().keys().to_vec(),
        dropped,
        at: now,
        audit: vec![event],
    };
    store.remember(change).await.map_err(Failure::problem)?;
    screen::say(format_args!(
        "New keys are in {}. They seal from {} on; a running service reads them by itself.",
        file.path().display(),
        now.plus(SETTLING).floor_to_second()
    ))?;
    Ok(Exit::Done)
}

async fn fitting(file: &KeyRingFile, store: &Store) -> Result<Ring, Failure> {
    let remembered = store.remembered().await.map_err(Failure::problem)?;
    let keys = file.read().map_err(Failure::configuration)?;
    match RingFound::judge(&remembered, Some(keys.ring())) {
        RingFound::Foreign => {
            let path = file.path().display().to_string();
            Err(Failure::configuration(RingStartError::Foreign(path)))
        }
        _ => Ok(keys),
    }
}

async fn replace(file: &KeyRingFile, store: &Store, yes: bool) -> Result<Exit, Failure> {
    if !yes && fitting(file, store).await.is_ok() {
        return Err(Failure::problem(
            "The key ring fits this database. Replacing it ends every session and voids every code and every message \
             that carries one. Say `thunderbird keys replace --yes` to do it; `thunderbird keys rotate` needs none of \
             that.",
        ));
    }
    let now = SystemClock.now();
    void(store, now).await?;
    let aside = set_aside(file, now)?;
    let ring = Ring::draw(&SystemEntropy, now);
    file.write(&ring).map_err(Failure::configuration)?;
    let event = AuditEvent::new(now, Actor::System, "keys.replaced", Subject::Service);
    let seen = ring.ring().keys().to_vec();
    store.replace(seen, event).await.map_err(Failure::problem)?;
    // What was begun under the old keys while the new ones were written.
    void(store, now).await?;
    screen::say(format_args!(
        "{} holds a new ring. Every session has ended.",
        file.path().display()
    ))?;
    if let Some(aside) = aside {
        screen::say(format_args!("the ring as it was: {}", aside.display()))?;
    }
    screen::say("Administrators with a second factor need `thunderbird admin reset-totp`.")?;
    Ok(Exit::Done)
}

async fn void(store: &Store, now: Timestamp) -> Result<(), Failure> {
    while store.void(now).await.map_err(Failure::problem)? {}
    Ok(())
}

/// Keeps what stood at the ring's place, whatever it was.
fn set_aside(file: &KeyRingFile, now: Timestamp) -> Result<Option<PathBuf>, Failure> {
    if !file.exists() {
        return Ok(None);
    }
    let time = now.floor_to_second().to_string().replace([':', '-'], "");
    let mut aside = file.path().as_os_str().to_owned();
    aside.push(format!(".replaced-{time}"));
    let aside = PathBuf::from(aside);
    std::fs::rename(file.path(), &aside)?;
    Ok(Some(aside))
}

fn list(config: &Config, json: bool) -> Result<Exit, Failure> {
    let keys = backup::ring(config)?;
    let (ring, now) = (keys.ring(), SystemClock.now());
    let rows = ring.keys().iter().map(|key| (key, role(ring, key, now)));
    if json {
        let rows: Vec<_> = rows
            .map(|(key, role)| {
                serde_json::json!({
                    "id": key.id,
                    "purpose": key.purpose.as_str(),
                    "added_at": key.born_at.to_string(),
                    "role": role,
                })
            })
            .collect();
        screen::say(serde_json::Value::from(rows))?;
    } else {
        for (key, role) in rows {
            let (purpose, added) = (key.purpose.as_str(), key.born_at.floor_to_second());
            screen::say(format_args!("{purpose:<9}  {}  added {added}  {role}", key.id))?;
        }
    }
    Ok(Exit::Done)
}

fn role(ring: &KeyRing, key: &RingKey, now: Timestamp) -> &'static str {
    if ring
        .sealing(key.purpose, now)
        .is_some_and(|sealing| sealing.id == key.id)
    {
        "seals"
    } else if ring.opens(key, now) {
        "opens"
    } else {
        "retired"
    }
}
