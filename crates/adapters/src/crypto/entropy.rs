//! Randomness from the operating system.

use thunderbird_domain::random::Entropy;

/// The kernel's random number generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the port's one real implementation"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            stop_without_randomness(&error);
        }
    }
}

/// Ends the process: whatever went on with guessable keys, salts or codes would be worse than a restart.
pub(super) fn stop_without_randomness(error: &dyn std::fmt::Display) -> ! {
    tracing::error!(%error, "the operating system gives no random bytes; stopping");
    std::process::abort();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let (mut first, mut second) = ([0; 32], [0; 32]);
        SystemEntropy.fill(&mut first);
        SystemEntropy.fill(&mut second);
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }
}
