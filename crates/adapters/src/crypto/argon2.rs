//! Argon2id behind the port [`PasswordHasher`].

use std::{io, sync::Arc, time::Duration};

use subtle::ConstantTimeEq as _;
use thunderbird_domain::{
    account::password::{Hashed, Password, PasswordAttempt, PasswordHash, PasswordHasher, Verified},
    port::{Fault, PortFuture},
    random::Entropy,
    secret::Secret,
};
use tokio::sync::oneshot;

use super::{
    hash_cost::{HashCost, StoredHash},
    hash_pool::{Arena, HashLoad, HashPool},
};

const PORT: &str = "password hasher";
const IDLE: Duration = Duration::from_mins(1);
const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// Hashes with Argon2id on its own threads.
pub struct Argon2Hasher {
    pool: Arc<HashPool>,
    /// Places of the queue that this handle leaves to others.
    kept: usize,
    cost: HashCost,
    /// What an unknown account is verified against: the configured cost, salt and output drawn, so that starting
    /// hashes nothing and no password matches.
    dummy: StoredHash,
    entropy: Arc<dyn Entropy>,
}

impl Argon2Hasher {
    /// A hasher of this cost on this many threads.
    ///
    /// # Errors
    ///
    /// When the threads cannot be started or the cost is none that Argon2 knows.
    pub fn start(cost: HashCost, threads: usize, entropy: Arc<dyn Entropy>) -> io::Result<Self> {
        let dummy = drawn(cost, entropy.as_ref()).map_err(io::Error::other)?;
        let pool = Arc::new(HashPool::start(threads.max(1), IDLE)?);
        Ok(Self {
            pool,
            kept: 0,
            cost,
            dummy,
            entropy,
        })
    }

    /// The same hasher, which leaves this many places of the queue to others.
    #[must_use]
    pub fn leaving(&self, kept: usize) -> Self {
        Self {
            pool: Arc::clone(&self.pool),
            kept,
            cost: self.cost,
            dummy: self.dummy.clone(),
            entropy: Arc::clone(&self.entropy),
        }
    }

    /// How many jobs wait, for the metrics.
    pub fn load(&self) -> HashLoad {
        self.pool.load()
    }

    fn submit<T: Send + 'static>(
        &self,
        params: &argon2::Params,
        work: impl FnOnce(&mut Arena) -> Result<T, Fault> + Send + 'static,
    ) -> PortFuture<'static, Hashed<T>> {
        let (answer, answered) = oneshot::channel();
        let oversize = params.m_cost() > self.cost.memory;
        let accepted = self.pool.submit((oversize, self.kept), move |arena| {
            // A request that was dropped meanwhile has nobody left to hear the answer.
            let _ = answer.send(work(arena));
        });
        Box::pin(async move {
            if !accepted {
                return Ok(Hashed::Busy);
            }
            match answered.await {
                Ok(done) => done.map(Hashed::Done),
                Err(lost) => Err(Fault::passing(PORT, lost)),
            }
        })
    }

    /// What to verify against, and whether a match counts.
    fn target(&self, stored: Option<&PasswordHash>) -> (StoredHash, bool) {
        let Some(stored) = stored else {
            return (self.dummy.clone(), false);
        };
        match StoredHash::parse(stored.as_str()) {
            Ok(hash) => (hash, true),
            Err(error) => {
                tracing::warn!(%error, "a stored password hash is not run");
                (self.dummy.clone(), false)
            }
        }
    }
}

fn drawn(cost: HashCost, entropy: &dyn Entropy) -> Result<StoredHash, argon2::Error> {
    let mut salt = vec![0; SALT_BYTES];
    let mut output = vec![0; OUTPUT_BYTES];
    entropy.fill(&mut salt);
    entropy.fill(&mut output);
    Ok(StoredHash {
        params: cost.params(OUTPUT_BYTES)?,
        salt,
        output,
    })
}

fn run(arena: &mut Arena, target: &StoredHash, password: &[u8]) -> Result<Secret<Vec<u8>>, Fault> {
    let blocks = arena
        .blocks(target.params.block_count())
        .map_err(|error| Fault::passing(PORT, error))?;
    let mut output = vec![0; target.output.len()];
    target
        .argon2()
        .hash_password_into_with_memory(password, &target.salt, &mut output, blocks)
        .map_err(|error| Fault::lasting(PORT, error.to_string()))?;
    Ok(Secret::new(output))
}

impl PasswordHasher for Argon2Hasher {
    fn hash(&self, password: &Password) -> PortFuture<'_, Hashed<PasswordHash>> {
        let password = password.clone();
        let fresh = match drawn(self.cost, self.entropy.as_ref()) {
            Ok(fresh) => fresh,
            Err(error) => return Box::pin(async move { Err(Fault::lasting(PORT, error.to_string())) }),
        };
        let params = fresh.params.clone();
        self.submit(&params, move |arena| {
            let output = run(arena, &fresh, password.as_bytes())?.expose().clone();
            let hash = StoredHash { output, ..fresh };
            let phc = hash
                .to_phc()
                .map_err(|error| Fault::lasting(PORT, error.to_string()))?;
            Ok(PasswordHash::from_stored(phc))
        })
    }

    fn verify(
        &self,
        attempt: &PasswordAttempt,
        stored: Option<&PasswordHash>,
    ) -> PortFuture<'_, Hashed<Verified>> {
        let readings = attempt.readings();
        let (target, counts) = self.target(stored);
        let params = target.params.clone();
        self.submit(&params, move |arena| {
            let mut matched = subtle::Choice::from(0);
            for reading in readings {
                let output = run(arena, &target, reading.expose())?;
                matched |= output.expose().ct_eq(&target.output);
            }
            let matched = bool::from(matched) && counts;
            Ok(if matched {
                Verified::Match
            } else {
                Verified::NoMatch
            })
        })
    }

    fn is_weaker(&self, stored: &PasswordHash) -> bool {
        StoredHash::parse(stored.as_str())
            .is_ok_and(|hash| HashCost::of(&hash.params).is_weaker_than(self.cost))
    }
}
