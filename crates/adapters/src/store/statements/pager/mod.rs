//! Pages to the operator: events, and the outbox of what tells of them.

mod events;
mod outbox;
mod queue;

pub(crate) use queue::note;

use super::{
    Connection, Key, Keys, Store, Unkeyed,
    column::{self, instant, optional_instant},
    deadline, dialect,
    due::{self, DueRow},
    limit, mail_queue,
    outbox::row,
    outgoing,
    schema::{mails, messages, page_events, pages},
};

const PORT: &str = "pages";
