//! Texts in and out.

pub mod answer;
pub mod body;
pub mod command;
pub mod context;
pub mod decide;
pub mod decision;
pub mod deliver;
pub mod delivery;
pub mod dispatch;
pub mod gateway;
pub mod inbound;
pub mod keyword;
pub mod outbox;
pub mod parts;
pub mod prepare;
pub mod price;
pub mod receive;
pub mod verb;
