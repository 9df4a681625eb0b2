//! The simulator's own addresses: there only while the simulator is on, and only for who sits at this machine.

pub mod access;
pub mod asset;
pub mod clock;
pub mod events;
pub mod mails;
pub mod page;
pub mod request;
