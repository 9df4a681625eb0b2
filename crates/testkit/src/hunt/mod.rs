//! Random mixes of every write of every storage port, over several stores of one database at once.
//!
//! The values come from small pools, so that writes meet. What must not happen twice is counted as it is acknowledged
//! ([`Ledger`]); what the database must hold afterwards is for the caller to ask.

mod accounts;
mod console;
mod hikers;
mod hunter;
mod ledger;
mod phones;
mod texts;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use thunderbird_domain::port::Fault;

pub use hunter::Writes;
pub use ledger::Ledger;

use self::hunter::Hunter;
use crate::entropy::SeededEntropy;

/// Tasks that write at the same time.
const HUNTERS: u64 = 24;

/// Performs random writes over `stores` for `life`. The same seed makes the same choices; how they meet differs.
pub async fn hunt<S: Writes>(stores: &[S], seed: u64, life: Duration) -> Arc<Ledger> {
    let ledger = Arc::new(Ledger::default());
    let is_over = Arc::new(AtomicBool::new(false));
    let hunters: Vec<_> = (0..HUNTERS)
        .map(|number| {
            let hunter = Hunter {
                stores: stores.to_vec(),
                dice: SeededEntropy::new(seed.wrapping_mul(HUNTERS).wrapping_add(number)),
                ledger: Arc::clone(&ledger),
            };
            let is_over = Arc::clone(&is_over);
            tokio::spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    hunter.write().await;
                }
            })
        })
        .collect();
    tokio::time::sleep(life).await;
    is_over.store(true, Ordering::Relaxed);
    for hunter in hunters {
        hunter.await.unwrap();
    }
    ledger
}

/// The names of every write.
pub fn writes() -> Vec<&'static str> {
    [
        texts::WRITES,
        hikers::WRITES,
        accounts::WRITES,
        phones::WRITES,
        console::WRITES,
    ]
    .concat()
}

impl<S: Writes> Hunter<S> {
    async fn write(&self) {
        let writes = writes();
        let name = writes[self.below(writes.len())];
        match self.perform(name).await {
            Ok(()) => self.ledger.acknowledged(name),
            Err(fault) => self.ledger.failed(name, &fault),
        }
    }

    async fn perform(&self, name: &'static str) -> Result<(), Fault> {
        match name {
            of_texts if texts::WRITES.contains(&of_texts) => self.write_texts(of_texts).await,
            of_hikers if hikers::WRITES.contains(&of_hikers) => self.write_hikers(of_hikers).await,
            of_accounts if accounts::WRITES.contains(&of_accounts) => self.write_accounts(of_accounts).await,
            of_phones if phones::WRITES.contains(&of_phones) => self.write_phones(of_phones).await,
            of_console => self.write_for_console(of_console).await,
        }
    }
}
