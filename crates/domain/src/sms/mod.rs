//! Texts in and out.

pub mod answer;
pub mod body;
pub mod command;
pub mod context;
pub mod courtesy;
pub mod decide;
pub mod decided;
pub mod decision;
pub mod deliver;
pub mod delivery;
pub mod dispatch;
pub mod distress;
pub mod doubt;
pub mod endings;
pub mod gateway;
pub mod inbound;
pub mod keyword;
pub mod normal;
pub mod outbox;
mod pace;
pub mod parts;
pub mod prepare;
pub mod price;
pub mod receive;
pub mod remark;
pub mod text_outcome;
pub mod verb;
