//! Mail out: what waits, who sends, and what follows an attempt.

pub mod deliver;
pub mod mailer;
pub mod outbox;
mod retry;

pub use retry::{MAX_AMBIGUOUS, SHORTEST_LIFE};
