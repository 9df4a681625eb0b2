//! Is it up, is it ready, is it healthy.

pub mod alive;
