//! What every decision about a change is given: who acts, when, and the seed of its tags.

use crate::{audit::Actor, random::Tag, time::Timestamp};

/// Who acts, and when. A decision reads neither clock nor random source, so that it can be repeated with the same result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When the decision is made (UTC).
    pub at: Timestamp,
    /// Seed from which the tags of everything that the decision stores are derived.
    pub seed: Tag,
    /// Who acts, for the audit log.
    pub actor: Actor,
}
