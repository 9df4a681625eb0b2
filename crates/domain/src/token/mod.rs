//! Access tokens, without cryptography.

pub mod claims;
pub mod key_memory;
pub mod key_ring;
pub mod sealer;
