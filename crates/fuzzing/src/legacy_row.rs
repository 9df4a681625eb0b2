//! Rows of the Python version, whatever they hold.

use std::sync::{Arc, LazyLock};

use jiff::tz::TimeZone;
use thunderbird_adapters::{
    catalogue::FileCatalogue,
    crypto::hash_cost::HashCost,
    legacy::{
        Cell,
        plan::{
            Planned, Rules, account, contact, message,
            time::{self, Writer},
            user,
        },
    },
};
use thunderbird_domain::{phone_number::Region, time::Timestamp};

use crate::{input, names::harmless, phone_number::is_e164};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules {
    region: Region::parse("AU").unwrap(),
    routes: Arc::new(FileCatalogue::load(None).unwrap()),
    zone: TimeZone::get("Australia/Hobart").unwrap(),
    adopted_at: Timestamp::from_micros(1_795_074_000_000_000),
});

/// Nine cells, one a line: a letter for the kind, then the value.
pub fn check(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let cells: [Cell; 9] = std::array::from_fn(|_| lines.next().map_or(Cell::Null, cell));
    for line in bytes.split(|byte| *byte == b'\n') {
        moment(&input::text(line.get(1..).unwrap_or_default()));
    }
    users(&cells);
    contacts(&cells);
    accounts(&cells);
    messages(&cells);
}

fn cell(line: &[u8]) -> Cell {
    let Some((kind, value)) = line.split_first() else {
        return Cell::Text(String::new());
    };
    let text = input::text(value).into_owned();
    match kind {
        b'-' => Cell::Null,
        b'i' => Cell::Integer(text.parse().unwrap_or(i64::MIN)),
        b'r' => Cell::Real(text.parse().unwrap_or(f64::NAN)),
        b'b' => Cell::Blob(value.to_vec()),
        b'm' => Cell::Mangled(value.to_vec()),
        _ => Cell::Text(text),
    }
}

/// An instant that is read is written and read back, whoever wrote the column.
fn moment(text: &str) {
    for writer in [Writer::Utc, Writer::Local] {
        if let Some(instant) = time::read(text, writer, &RULES.zone) {
            let written = instant.to_string();
            assert_eq!(
                time::read(&written, writer, &RULES.zone),
                Some(instant),
                "{text:?}"
            );
        }
    }
}

/// The row, if it is mapped; a reason otherwise, and notes that say something.
fn mapped<T>(planned: Planned<T>) -> Option<T> {
    match planned {
        Ok(mapped) => {
            assert!(mapped.notes.iter().all(|note| !note.is_empty()));
            Some(mapped.row)
        }
        Err(reason) => {
            assert!(!reason.is_empty());
            None
        }
    }
}

fn users(cells: &[Cell; 9]) {
    let row: &[Cell; 7] = cells[..7].try_into().unwrap();
    if let Some(user) = mapped(user::plan(row, &RULES)) {
        is_e164(user.phone.as_str());
        assert!(!user.trail_name.is_empty());
        harmless(&user.trail_name);
        assert!(!user.route.is_empty());
        if let Some(position) = user.position {
            assert!(!position.code.is_empty() && position.code.trim() == position.code);
            assert!(!position.name.is_empty());
        }
    }
}

fn contacts(cells: &[Cell; 9]) {
    let row: &[Cell; 5] = cells[..5].try_into().unwrap();
    if let Some(contact) = mapped(contact::plan(row, &RULES)) {
        assert!(contact.id > 0);
        is_e164(contact.owner.as_str());
        is_e164(contact.phone.as_str());
        harmless(&contact.name);
    }
}

fn accounts(cells: &[Cell; 9]) {
    let row: &[Cell; 6] = cells[..6].try_into().unwrap();
    let Some(account) = mapped(account::plan(row, &RULES)) else {
        return;
    };
    assert!(account.id > 0);
    crate::email::check(account.email.as_str().as_bytes());
    let Some(phc) = account.password_hash else {
        return;
    };
    let hash = password_hash::phc::PasswordHash::new(&phc).expect("kept only if it is one");
    assert_eq!(hash.algorithm.as_str(), "argon2id", "{phc:?}");
    let asked = |name: &str| hash.params.get_decimal(name).unwrap_or(0);
    let ceiling = HashCost::CEILING;
    assert!(asked("m") <= ceiling.memory && asked("t") <= ceiling.passes && asked("p") <= ceiling.lanes);
}

fn messages(cells: &[Cell; 9]) {
    if let Some(message) = mapped(message::plan(cells, &RULES)) {
        assert!(message.id > 0);
        is_e164(message.phone.as_str());
        assert!((0..=1_000).contains(&message.segments));
        assert!(
            message
                .cost_micros
                .is_none_or(|micros| (0..=1_000_000_000_000).contains(&micros))
        );
        message.carrier_word();
    }
}
