//! Takes over the SQLite file of the Python version without losing a row.
//!
//! [`inspect`](inspect::inspect) says what a file is and refuses what cannot be taken over; [`plan`] decides row by
//! row; [`adopt`](adopt::adopt) builds the new database beside the old one, verifies it and swaps the two.

pub mod adopt;
mod cell;
mod copy;
mod error;
pub mod inspect;
mod inspection;
mod map;
pub mod plan;
pub mod readdress;
mod refusal;
pub mod report;
pub mod shape;
mod sql;
pub mod swap;
mod tables;
mod verify;

pub use cell::Cell;
pub use error::AdoptError;
