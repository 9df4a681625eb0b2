//! Where a number stands in its conversation.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete,
    insert_into, update,
};
use thunderbird_domain::{
    phone_number::PhoneNumber,
    port::Revision,
    user::{Conversation, ConversationChange, Step, StoredConversation, TrailName},
};

use super::{
    Connection,
    column::{self, instant},
    schema::conversations,
};

/// A conversation's columns: id, state, trail name, when it was touched, revision.
type Row = (i64, String, Option<String>, i64, i64);

/// The conversation of a number, expired or not.
pub(crate) fn of_phone(
    connection: &mut Connection,
    phone: &PhoneNumber,
) -> QueryResult<Option<StoredConversation>> {
    let row: Option<Row> = conversations::table
        .filter(conversations::phone.eq(phone.as_str()))
        .select((
            conversations::id,
            conversations::state,
            conversations::trail_name,
            conversations::updated_at,
            conversations::revision,
        ))
        .first(connection)
        .optional()?;
    row.map(read).transpose()
}

fn read((id, state, name, touched_at, revision): Row) -> QueryResult<StoredConversation> {
    let step = match (state.as_str(), name) {
        ("change", _) => Step::Change,
        ("name", _) => Step::Name { again: false },
        ("name_again", _) => Step::Name { again: true },
        ("confirm_name", Some(name)) => Step::ConfirmName {
            name: TrailName::from_stored(name),
        },
        (word @ ("route" | "route_again"), Some(name)) => Step::Route {
            name: TrailName::from_stored(name),
            again: word == "route_again",
        },
        _ => return Err(column::corrupt("conversations.state", id)),
    };
    Ok(StoredConversation {
        revision: Revision::At(revision),
        conversation: Conversation {
            step,
            touched_at: instant(touched_at),
        },
    })
}

/// Begins, moves on or ends a conversation; false when another writer was first.
pub(crate) fn apply(connection: &mut Connection, change: &ConversationChange) -> QueryResult<bool> {
    let phone = change.phone.as_str();
    let here = conversations::table.filter(conversations::phone.eq(phone));
    let columns = change.state.as_ref().map(|state| {
        let (word, name) = match &state.step {
            Step::Change => ("change", None),
            Step::Name { again: false } => ("name", None),
            Step::Name { again: true } => ("name_again", None),
            Step::ConfirmName { name } => ("confirm_name", Some(name.as_str())),
            Step::Route { name, again: false } => ("route", Some(name.as_str())),
            Step::Route { name, again: true } => ("route_again", Some(name.as_str())),
        };
        (
            conversations::state.eq(word),
            conversations::trail_name.eq(name),
            conversations::expires_at.eq(state.expires_at().as_micros()),
            conversations::updated_at.eq(state.touched_at.as_micros()),
            conversations::revision.eq(change.replaces.next()),
        )
    });
    match (change.replaces, columns) {
        (Revision::Absent, None) => {
            let there: Option<i64> = here.select(conversations::id).first(connection).optional()?;
            Ok(there.is_none())
        }
        (Revision::Absent, Some(columns)) => {
            let row = (conversations::phone.eq(phone), columns);
            match insert_into(conversations::table).values(row).execute(connection) {
                Err(error) if column::is_unique_violation(&error) => Ok(false),
                other => other.map(|_| true),
            }
        }
        (Revision::At(revision), None) => {
            let gone = delete(here.filter(conversations::revision.eq(revision))).execute(connection)?;
            Ok(gone > 0)
        }
        (Revision::At(revision), Some(columns)) => {
            let moved = update(here.filter(conversations::revision.eq(revision)))
                .set(columns)
                .execute(connection)?;
            Ok(moved > 0)
        }
    }
}
