//! What was texted, read back for the account that the hiker is linked to.

use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use thunderbird_domain::{
    id::MessageId,
    port::PortFuture,
    user::{Direction, LoggedMessage, MessageLog, UserId},
};

use super::{Store, column::instant, schema::messages};

impl MessageLog for Store {
    fn messages(
        &self,
        user: UserId,
        before: Option<MessageId>,
        limit: u32,
    ) -> PortFuture<'_, Vec<LoggedMessage>> {
        self.read("message log", move |connection| {
            let rows: Vec<(i64, String, Option<String>, String, i64)> = messages::table
                .filter(messages::user_id.eq(user.get()))
                .filter(messages::id.lt(before.map_or(i64::MAX, MessageId::get)))
                .order(messages::id.desc())
                .limit(limit.into())
                .select((
                    messages::id,
                    messages::direction,
                    messages::body,
                    messages::state,
                    messages::created_at,
                ))
                .load(connection)?;
            Ok(rows.into_iter().map(read).collect())
        })
    }
}

fn read((id, direction, body, state, at): (i64, String, Option<String>, String, i64)) -> LoggedMessage {
    LoggedMessage {
        id: MessageId::from_stored(id),
        direction: if direction == "in" {
            Direction::In
        } else {
            Direction::Out
        },
        body,
        state,
        at: instant(at),
    }
}
