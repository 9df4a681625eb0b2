//! Web accounts. Of accounts whose addresses turn out to be one the oldest keeps it.

use diesel::prelude::*;
use thunderbird_domain::phone_number::PhoneNumber;

use super::{Ids, LISTED, Mapper, note, run};
use crate::legacy::{error::AdoptError, plan::account, tables::staged_accounts};

/// The account that keeps an address.
const OLDEST: &str = "SELECT min(other.id) FROM staged_accounts other WHERE other.email = staged.email";

impl Mapper<'_> {
    pub(super) fn map_accounts(&mut self) -> Result<(), AdoptError> {
        let rules = self.rules.clone();
        let mut ids = Ids::default();
        self.stream(("accounts", account::COLUMNS), |target, number, row| {
            let [key, ..] = row;
            let planned = account::plan(row, &rules).and_then(|mapped| {
                let id = mapped.row.id;
                ids.first(mapped, id)
            });
            let Some(account) = note(target, ("accounts", number, key), planned)? else {
                return Ok(());
            };
            diesel::insert_into(staged_accounts::table)
                .values((
                    staged_accounts::row_number.eq(number),
                    staged_accounts::id.eq(account.id),
                    staged_accounts::email.eq(account.email.as_str()),
                    staged_accounts::password_hash.eq(account.password_hash),
                    staged_accounts::claimed_phone
                        .eq(account.claimed_phone.as_ref().map(PhoneNumber::as_str)),
                    staged_accounts::created_at.eq(account.created_at.as_micros()),
                    staged_accounts::updated_at.eq(account.updated_at.as_micros()),
                ))
                .execute(target)?;
            Ok(())
        })?;
        self.unstage_accounts()
    }

    fn unstage_accounts(&mut self) -> Result<(), AdoptError> {
        run(
            self.target,
            &format!(
                "INSERT INTO accounts (id, tag, email, password_hash, claimed_phone, created_at, updated_at, revision)
                 SELECT id, randomblob(16), email, password_hash, claimed_phone, created_at, updated_at, 1
                 FROM staged_accounts staged WHERE id = ({OLDEST}) ORDER BY id"
            ),
        )?;
        run(
            self.target,
            &format!(
                "INSERT INTO legacy_listed (table_name, row_number, key, outcome, reason)
                 SELECT 'accounts', row_number, id, '{LISTED}', 'the same e-mail address as account ' || ({OLDEST})
                     || ': it cannot sign in until an operator gives it another address'
                 FROM staged_accounts staged WHERE id <> ({OLDEST})"
            ),
        )?;
        Ok(())
    }
}
