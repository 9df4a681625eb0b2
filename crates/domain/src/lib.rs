//! What Thunderbird decides, and the ports it needs for it.
//!
//! Contexts: [`account`], [`token`], [`phone`], [`user`], [`route`], [`forecast`], [`deadline`], [`sms`], [`voice`], [`mail`], [`pager`], [`privacy`], [`admin`].
//! Everything else is the kernel they share. An *account* is a web login; a *user* is a hiker on the SMS side.
//! No HTTP, no SQL, no Twilio, no runtime and no clock in here: the world comes in through ports.

pub mod account;
pub mod admin;
pub mod audit;
pub mod budget;
pub mod deadline;
pub mod email;
pub mod forecast;
pub mod health;
pub mod hex;
pub mod id;
pub mod idempotency;
pub mod invisible;
pub mod keyed_lock;
pub mod limit;
pub mod mail;
pub mod messages;
pub mod moment;
pub mod opt_out;
pub mod outbox;
pub mod outgoing;
pub mod page;
pub mod pager;
pub mod phone;
pub mod phone_number;
pub mod port;
pub mod privacy;
pub mod random;
pub mod refusals;
pub mod route;
pub mod secret;
pub mod sms;
pub mod time;
pub mod token;
pub mod user;
pub mod voice;
mod word;
pub mod word_list;
