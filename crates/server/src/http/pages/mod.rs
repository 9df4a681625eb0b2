//! What every kind of page for browsers shares: the console, the pages behind mailed links, the simulator.
//!
//! Nothing here knows who is signed in, so that pages for administrators and for hikers can use all of it.

pub mod cookie;
pub mod csrf;
pub mod error;
pub mod frame;
pub mod notice;
pub mod policy;
