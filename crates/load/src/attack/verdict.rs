//! A line for each bound: whether it holds in every phase, and where it is nearest to breaking.

use std::process::ExitCode;

use super::figure;
use crate::table::{Asked, Row, Table};

/// Every bound, by the end of its rows' names.
const BOUNDS: [&str; 7] = [
    figure::TEXTS,
    figure::SLOWER,
    figure::SIGN_INS,
    figure::CONSOLE,
    figure::TOLD,
    figure::GROWTH,
    figure::RECIPIENT,
];

/// Prints them; fails if one is broken.
pub fn judge(table: &Table) -> ExitCode {
    let mut is_whole = true;
    for bound in BOUNDS {
        let (line, holds) = verdict(bound, table.rows());
        println!("{line}");
        is_whole &= holds;
    }
    if is_whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The line, and whether the bound holds. What was not measured does not.
fn verdict(bound: &str, rows: &[Row]) -> (String, bool) {
    let end = format!(": {bound}");
    let rows: Vec<&Row> = rows.iter().filter(|row| row.name.ends_with(&end)).collect();
    let holds = !rows.is_empty() && rows.iter().all(|row| row.is_met());
    let word = if holds { "ok" } else { "BROKEN" };
    let Some(worst) = rows
        .into_iter()
        .max_by(|one, other| need(one).total_cmp(&need(other)))
    else {
        return (format!("{word:7} {bound}: not measured"), false);
    };
    let asked = worst.asked.map(|asked| asked.to_string()).unwrap_or_default();
    let phase = worst.name.strip_suffix(&end).unwrap_or_default();
    let (value, unit) = (worst.value, worst.unit);
    let line = format!("{word:7} {bound}: {asked} {unit}; {value:.2} at the worst ({phase})");
    (line, holds)
}

/// The greater, the nearer to breaking.
fn need(row: &Row) -> f64 {
    match row.asked {
        _ if row.value.is_nan() => f64::INFINITY,
        Some(Asked::AtLeast(_)) => -row.value,
        Some(Asked::AtMost(_)) | None => row.value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(phase: &str, value: f64, asked: Asked) -> Row {
        Row::judge(format!("{phase}: texts"), value, "%", asked)
    }

    #[test]
    fn a_bound_holds_if_it_was_measured_and_holds_in_every_phase() {
        let least = |value| Asked::AtLeast(value);
        let rows = [
            row("one", 100.0, least(95.0)),
            row("two", 96.0, least(95.0)),
            Row::note("three: other texts", 1.0, "%"),
        ];
        let (line, holds) = verdict("texts", &rows);
        assert!(holds, "{line}");
        assert_eq!(line, "ok      texts: at least 95 %; 96.00 at the worst (two)");
        let (line, holds) = verdict(
            "texts",
            &[row("one", 96.0, least(95.0)), row("two", 94.0, least(95.0))],
        );
        assert!(
            !holds && line.starts_with("BROKEN") && line.ends_with("(two)"),
            "{line}"
        );
        let (line, holds) = verdict(
            "texts",
            &[
                row("one", 1.0, Asked::AtMost(3.0)),
                row("two", f64::NAN, Asked::AtMost(3.0)),
            ],
        );
        assert!(!holds && line.ends_with("(two)"), "{line}");
        assert!(!verdict("sign-ins", &rows).1);
    }
}
