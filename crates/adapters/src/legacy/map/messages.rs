//! Texts, and the opt-outs that can be read from them.

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::Binary};
use thunderbird_domain::{
    outbox::state::{Ended, SendState},
    phone_number::PhoneNumber,
    sms::inbound::TextOutcome,
};

use super::{Ids, Mapper, note, run};
use crate::{
    legacy::{
        error::AdoptError,
        plan::message::{self, Direction, Message},
        tables::staged_keywords,
    },
    store::schema::{messages, users},
};

/// How many hikers are remembered before the memory is cleared: texts of one hiker lie close together.
const REMEMBERED: usize = 10_000;

impl Mapper<'_> {
    pub(super) fn map_messages(&mut self) -> Result<(), AdoptError> {
        let rules = self.rules.clone();
        let mut ids = Ids::default();
        let mut hikers: HashMap<PhoneNumber, Option<i64>> = HashMap::new();
        self.stream(("message_log", message::COLUMNS), |target, number, row| {
            let [key, ..] = row;
            let planned = message::plan(row, &rules).and_then(|mapped| {
                let id = mapped.row.id;
                ids.first(mapped, id)
            });
            let Some(message) = note(target, ("message_log", number, key), planned)? else {
                return Ok(());
            };
            if hikers.len() > REMEMBERED {
                hikers.clear();
            }
            let hiker = if let Some(known) = hikers.get(&message.phone) {
                *known
            } else {
                let found = hiker(target, &message.phone)?;
                hikers.insert(message.phone.clone(), found);
                found
            };
            insert(target, &message, hiker)?;
            stage_keyword(target, &message)
        })?;
        self.adopt_opt_outs()
    }

    /// A number whose newest carrier word was STOP does not want texts: the carrier blocks them already.
    fn adopt_opt_outs(&mut self) -> Result<(), AdoptError> {
        run(
            self.target,
            "INSERT INTO opt_outs (phone, source, started_at)
             SELECT phone, 'adopted', at FROM staged_keywords staged
             WHERE stops AND message_id = (SELECT max(other.message_id) FROM staged_keywords other
                                           WHERE other.phone = staged.phone)
             ORDER BY message_id",
        )?;
        Ok(())
    }
}

fn hiker(target: &mut SqliteConnection, phone: &PhoneNumber) -> Result<Option<i64>, AdoptError> {
    let live = users::table
        .filter(users::phone.eq(phone.as_str()))
        .filter(users::ended_at.is_null());
    Ok(live.select(users::id).first(target).optional()?)
}

fn insert(target: &mut SqliteConnection, message: &Message, hiker: Option<i64>) -> Result<(), AdoptError> {
    let (direction, class) = match message.direction {
        Direction::Inbound => ("in", None),
        Direction::Outbound => ("out", Some("notice")),
    };
    let state = match (message.direction, message.success) {
        // Answered long ago, and no reason to make its sender wait today.
        (Direction::Inbound, _) => TextOutcome::Exempt.as_str(),
        (Direction::Outbound, true) => SendState::Sent.as_str(),
        (Direction::Outbound, false) => SendState::Ended(Ended::Failed).as_str(),
    };
    let price = message.cost_micros.filter(|micros| *micros > 0);
    diesel::insert_into(messages::table)
        .values((
            messages::id.eq(message.id),
            messages::tag.eq(sql::<Binary>("randomblob(16)")),
            messages::direction.eq(direction),
            messages::phone.eq(message.phone.as_str()),
            messages::user_id.eq(hiker),
            messages::class.eq(class),
            messages::state.eq(state),
            messages::body.eq(message.body.as_deref()),
            messages::segments.eq(message.segments),
            messages::price_micros.eq(price),
            messages::price_currency.eq(price.map(|_| "AUD")),
            messages::state_at.eq(message.sent_at.as_micros()),
            messages::created_at.eq(message.sent_at.as_micros()),
        ))
        .execute(target)?;
    Ok(())
}

fn stage_keyword(target: &mut SqliteConnection, message: &Message) -> Result<(), AdoptError> {
    let Some(stops) = message.carrier_word() else {
        return Ok(());
    };
    diesel::insert_into(staged_keywords::table)
        .values((
            staged_keywords::message_id.eq(message.id),
            staged_keywords::phone.eq(message.phone.as_str()),
            staged_keywords::stops.eq(stops),
            staged_keywords::at.eq(message.sent_at.as_micros()),
        ))
        .execute(target)?;
    Ok(())
}
