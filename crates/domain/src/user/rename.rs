//! Gives a registered hiker another trail name.

use super::{StoredUser, TrailName, UserChange};
use crate::{
    audit::{AuditEvent, Subject},
    moment::Moment,
};

/// Decides about another trail name; `None` if it is the hiker's name already. No contact is texted about it: the next
/// text about the hiker has the new name.
pub fn rename(stored: &StoredUser, name: TrailName, moment: &Moment) -> Option<(UserChange, AuditEvent)> {
    if stored.user.trail_name == name {
        return None;
    }
    let mut state = stored.user.clone();
    state.trail_name = name;
    let audit = AuditEvent::new(moment.at, moment.actor, "user.changed", Subject::User(stored.id))
        .with("route", &state.route);
    let change = UserChange {
        replaces: stored.revision,
        tag: moment.seed.derived("user", 0),
        state,
        check_in: None,
        taken_back: None,
        at: moment.at,
    };
    Some((change, audit))
}
