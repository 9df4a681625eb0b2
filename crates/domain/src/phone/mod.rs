//! Linking a phone to an account, with proof.
