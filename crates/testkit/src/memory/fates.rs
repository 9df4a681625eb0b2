//! What is remembered of texts to contacts, in memory.

use std::collections::{HashMap, HashSet};

use thunderbird_domain::{
    id::MessageId,
    time::Timestamp,
    user::{ContactId, Reach, Trouble, UserId},
};

/// The newest text with a known fate of each contact, since the contact was added. A contact that is added again
/// begins again.
#[derive(Default)]
pub(crate) struct State {
    pub(super) heard: HashMap<(ContactId, Timestamp), (MessageId, Option<Trouble>)>,
    pub(super) told: Vec<(UserId, Timestamp)>,
    pub(super) noted: HashSet<(MessageId, Reach)>,
}
