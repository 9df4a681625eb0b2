//! Access tokens, without cryptography.
