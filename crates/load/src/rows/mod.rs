//! The rows of the table, a file per part.

pub mod beside;
pub mod console;
pub mod footprint;
pub mod growth;
pub mod half_rate;
pub mod outbox;
pub mod pairs;
pub mod promises;
pub mod rates;
pub mod sign_ins;

use tokio::runtime::Runtime;

use crate::{options::Options, random::Numbers, site::Site, table::Table};

/// Connections of the rows that flood a route.
pub const CONNECTIONS: usize = 32;

/// Everything a part needs.
pub struct Bench<'a> {
    /// What was asked for.
    pub options: &'a Options,
    /// What there is so far.
    pub table: Table,
    /// What is measured: the empty database, then the large one.
    pub sites: Vec<Site>,
    /// Sids, senders and tokens of this run.
    pub numbers: Numbers,
    /// For what is asynchronous.
    pub runtime: &'a Runtime,
}

/// As many threads as the service hashes with.
pub fn hash_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
