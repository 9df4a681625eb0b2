//! Web accounts: `accounts` of the Python version.

use std::fmt;

use password_hash::phc::PasswordHash;
use thunderbird_domain::{email::Email, phone_number::PhoneNumber, time::Timestamp};

use super::{Mapped, Planned, Rules, id, required, time::Writer};
use crate::legacy::cell::Cell;

/// The columns that [`plan`] reads, in its order.
pub const COLUMNS: [&str; 6] = [
    "id",
    "email",
    "password_hash",
    "phone",
    "created_at",
    "updated_at",
];

/// The dearest hash that signing in will compute: KiB, passes, lanes.
const DEAREST: [(&str, u32); 3] = [("m", 262_144), ("t", 10), ("p", 16)];

/// An account to carry over.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The id, kept.
    pub id: i64,
    /// The address in canonical spelling.
    pub email: Email,
    /// The PHC string, byte for byte; `None` when it is none that signing in could verify.
    pub password_hash: Option<String>,
    /// A number that somebody typed and nobody proved.
    pub claimed_phone: Option<PhoneNumber>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.id)
    }
}

/// Decides about one row, given as [`COLUMNS`]. Whether the address is taken is not known here.
///
/// # Errors
///
/// The reason why the row is only listed.
pub fn plan(row: &[Cell; 6], rules: &Rules) -> Planned<Account> {
    let [key, email, hash, phone, created, updated] = row;
    let mut notes = Vec::new();
    let id = id(key)?;
    let email = Email::parse(required(email, "email")?)
        .map_err(|_| "email is not an address that mail can reach".to_owned())?;
    let password_hash = match usable_hash(hash) {
        Ok(phc) => Some(phc),
        Err(reason) => {
            notes.push(format!("{reason}: the owner has to reset the password"));
            None
        }
    };
    let claimed_phone = match phone {
        Cell::Null => None,
        given => rules
            .phone(given, "phone")
            .map_err(|reason| notes.push(format!("{reason}: no claim was carried over")))
            .ok(),
    };
    let created_at = rules.optional_time(created, "created_at", Writer::Utc, &mut notes);
    let updated_at = rules.optional_time(updated, "updated_at", Writer::Utc, &mut notes);
    let created_at = created_at.or(updated_at).unwrap_or_else(|| {
        notes.push("there is no time of registration: the time of adoption stands in".to_owned());
        rules.adopted_at
    });
    Ok(Mapped {
        row: Account {
            id,
            email,
            password_hash,
            claimed_phone,
            created_at,
            updated_at: updated_at.unwrap_or(created_at),
        },
        notes,
    })
}

/// The hash as it is, or why nobody could ever sign in with it.
fn usable_hash(cell: &Cell) -> Result<String, String> {
    let hash = required(cell, "password_hash")?;
    let parsed = PasswordHash::new(hash).map_err(|_| "password_hash is not a PHC string")?;
    if parsed.algorithm.as_str() != "argon2id" {
        return Err(format!("password_hash is {}, not argon2id", parsed.algorithm));
    }
    let dear = DEAREST.iter().any(|(name, most)| {
        parsed
            .params
            .get_decimal(*name)
            .is_some_and(|asked| asked > *most)
    });
    if dear {
        return Err("password_hash asks for more than 256 MiB, 10 passes or 16 lanes".to_owned());
    }
    Ok(hash.to_owned())
}
