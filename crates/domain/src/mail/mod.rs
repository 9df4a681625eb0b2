//! Mail out: what its rows carry, and the server that takes it over.

pub mod deliver;
pub mod mailer;
pub mod outbox;
pub mod stop;
