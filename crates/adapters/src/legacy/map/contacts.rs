//! SafeCheck contacts. Contacts of rows that were merged are united; of one contact's names the latest stands.

use diesel::prelude::*;
use thunderbird_domain::time::Timestamp;

use super::{Ids, LISTED, MERGED, Mapper, note, run};
use crate::legacy::{error::AdoptError, plan::contact, tables::staged_contacts};

const OWNED: &str = "SELECT 1 FROM users WHERE users.phone = staged.owner AND users.ended_at IS NULL";

/// The row that stands for a hiker's contact.
const LATEST: &str = "SELECT other.row_number FROM staged_contacts other
    WHERE other.owner = staged.owner AND other.phone = staged.phone
    ORDER BY other.created_at IS NULL, other.created_at DESC, other.id DESC LIMIT 1";

impl Mapper<'_> {
    pub(super) fn map_contacts(&mut self) -> Result<(), AdoptError> {
        let rules = self.rules.clone();
        let table = "safecheck_contacts";
        let mut ids = Ids::default();
        self.stream((table, contact::COLUMNS), |target, number, row| {
            let [key, ..] = row;
            let planned = contact::plan(row, &rules).and_then(|mapped| {
                let id = mapped.row.id;
                ids.first(mapped, id)
            });
            let Some(contact) = note(target, (table, number, key), planned)? else {
                return Ok(());
            };
            diesel::insert_into(staged_contacts::table)
                .values((
                    staged_contacts::row_number.eq(number),
                    staged_contacts::id.eq(contact.id),
                    staged_contacts::owner.eq(contact.owner.as_str()),
                    staged_contacts::phone.eq(contact.phone.as_str()),
                    staged_contacts::name.eq(contact.name),
                    staged_contacts::created_at.eq(contact.created_at.map(Timestamp::as_micros)),
                ))
                .execute(target)?;
            Ok(())
        })?;
        self.unstage_contacts()
    }

    fn unstage_contacts(&mut self) -> Result<(), AdoptError> {
        run(
            self.target,
            &format!(
                "INSERT INTO contacts (id, user_id, phone, name, created_at)
                 SELECT staged.id, users.id, staged.phone, staged.name, coalesce(staged.created_at, users.started_at)
                 FROM staged_contacts staged JOIN users ON users.phone = staged.owner AND users.ended_at IS NULL
                 WHERE staged.row_number = ({LATEST}) ORDER BY staged.id"
            ),
        )?;
        run(
            self.target,
            &format!(
                "INSERT INTO legacy_listed (table_name, row_number, key, outcome, reason)
                 SELECT 'safecheck_contacts', row_number, id, '{MERGED}',
                     'the same contact of the same hiker as id '
                     || (SELECT kept.id FROM staged_contacts kept WHERE kept.row_number = ({LATEST}))
                     || ', which is later'
                 FROM staged_contacts staged WHERE EXISTS ({OWNED}) AND row_number <> ({LATEST})"
            ),
        )?;
        run(
            self.target,
            &format!(
                "INSERT INTO legacy_listed (table_name, row_number, key, outcome, reason)
                 SELECT 'safecheck_contacts', row_number, id, '{LISTED}', 'its hiker does not exist'
                 FROM staged_contacts staged WHERE NOT EXISTS ({OWNED})"
            ),
        )?;
        Ok(())
    }
}
