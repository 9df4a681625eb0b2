//! The audit log as a spreadsheet reads it.

use thunderbird_domain::{admin::AuditLine, time::Timestamp};
use thunderbird_server::http::admin::audit_csv::row;

use crate::input;

/// Four fields, one a line.
pub fn check(bytes: &[u8]) {
    let [actor, action, subject, detail] = input::fields(bytes).map(std::borrow::Cow::into_owned);
    let line = AuditLine {
        number: 7,
        at: Timestamp::EPOCH,
        actor,
        action,
        subject,
        detail,
    };
    let record = row(&line);
    let cells = cells(&record);
    let said = [&line.actor, &line.action, &line.subject, &line.detail];
    assert_eq!(cells.len(), 6, "{record:?}");
    assert_eq!(cells[..2], ["7".to_owned(), line.at.to_string()]);
    for (cell, field) in cells[2..].iter().zip(said) {
        assert!(
            cell == field || *cell == format!("'{field}"),
            "{cell:?} is not {field:?}"
        );
        let shown = cell.trim_start_matches([' ', '\u{a0}', '\u{3000}']);
        assert!(
            !shown.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠']),
            "{cell:?} is a formula"
        );
    }
}

/// One record of RFC 4180, every field quoted, its line end with it.
fn cells(record: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut rest = record;
    loop {
        rest = rest.strip_prefix('"').expect("a quote opens a cell");
        let mut cell = String::new();
        loop {
            let (before, after) = rest.split_once('"').expect("a quote closes a cell");
            cell.push_str(before);
            rest = after;
            match rest.strip_prefix('"') {
                Some(doubled) => {
                    cell.push('"');
                    rest = doubled;
                }
                None => break,
            }
        }
        cells.push(cell);
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => break,
        }
    }
    assert_eq!(rest, "\r\n", "one record, one line end");
    cells
}
