//! Hikers. Of rows that turn out to have one number the one with the latest sign of life stands for all.

use diesel::prelude::*;

use super::{MERGED, Mapper, note, run};
use crate::legacy::{error::AdoptError, plan::user, tables::staged_users};

/// The row that stands for a number.
const LATEST: &str = "SELECT other.row_number FROM staged_users other WHERE other.phone = staged.phone
    ORDER BY other.latest DESC, other.row_number DESC LIMIT 1";

impl Mapper<'_> {
    pub(super) fn map_users(&mut self) -> Result<(), AdoptError> {
        let rules = self.rules.clone();
        self.stream(("users", user::COLUMNS), |target, number, row| {
            let [key, ..] = row;
            let Some(user) = note(target, ("users", number, key), user::plan(row, &rules))? else {
                return Ok(());
            };
            let position = user.position.as_ref();
            diesel::insert_into(staged_users::table)
                .values((
                    staged_users::row_number.eq(number),
                    staged_users::key.eq(key.shown()),
                    staged_users::phone.eq(user.phone.as_str()),
                    staged_users::route_id.eq(user.route),
                    staged_users::trail_name.eq(user.trail_name),
                    staged_users::position_code.eq(position.map(|position| position.code.as_str())),
                    staged_users::position_name.eq(position.map(|position| position.name.as_str())),
                    staged_users::position_at.eq(position.map(|position| position.at.as_micros())),
                    staged_users::started_at.eq(user.started_at.as_micros()),
                    staged_users::latest.eq(user.latest.as_micros()),
                ))
                .execute(target)?;
            Ok(())
        })?;
        self.unstage_users()
    }

    fn unstage_users(&mut self) -> Result<(), AdoptError> {
        let now = self.rules.adopted_at.as_micros();
        run(
            self.target,
            &format!(
                "INSERT INTO users (id, tag, phone, trail_name, route_id, position_code, position_at, started_at,
                     created_at, updated_at, revision)
                 SELECT row_number, randomblob(16), phone, trail_name, route_id, position_code, position_at,
                     started_at, started_at, {now}, 1
                 FROM staged_users staged WHERE row_number = ({LATEST})"
            ),
        )?;
        run(
            self.target,
            &format!(
                "INSERT INTO legacy_listed (table_name, row_number, key, outcome, reason)
                 SELECT 'users', row_number, key, '{MERGED}', 'the same number as row ' || ({LATEST}) || ', which is later'
                 FROM staged_users staged WHERE row_number <> ({LATEST})"
            ),
        )?;
        run(
            self.target,
            "INSERT INTO check_ins (tag, user_id, route_id, camp_code, camp_name, source, at, announced, contacts_told)
             SELECT randomblob(16), users.id, users.route_id, users.position_code, position_name, 'adopted',
                 users.position_at, 0, 0
             FROM users JOIN staged_users ON row_number = users.id
             WHERE users.position_code IS NOT NULL ORDER BY users.position_at, users.id",
        )?;
        Ok(())
    }
}
