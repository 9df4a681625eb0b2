//! Our rates against those that another implementation's run has left.

use serde_json::Value;

use crate::table::{Asked, Row, Table};

/// How many times its rate is asked.
const TIMES: [(&str, f64); 2] = [("account reads", 20.0), ("texts", 50.0)];

/// Judges them.
pub fn run(table: &mut Table, report: &str) {
    let report: Value = serde_json::from_str(report).unwrap();
    for (name, times) in TIMES {
        if let Some((ours, theirs)) = table.value(name).zip(rate(&report, name)) {
            let row = Row::judge(
                format!("{name} / the other's"),
                ours / theirs,
                "x",
                Asked::AtLeast(times),
            );
            table.add(row.with(format!("{ours:.0} and {theirs:.0} a second")));
        }
    }
}

fn rate(report: &Value, name: &str) -> Option<f64> {
    let rows = report.get("rows")?.as_array()?;
    let row = rows
        .iter()
        .find(|row| row.get("name").is_some_and(|known| known == name))?;
    row.get("value")?.as_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_compared_by_name() {
        let mut other = Table::default();
        other.add(Row::note("texts", 100.0, "/s"));
        let report = serde_json::json!({ "rows": other.json() }).to_string();
        let mut ours = Table::default();
        ours.add(Row::note("texts", 5_100.0, "/s"));
        ours.add(Row::note("account reads", 1.0, "/s"));
        run(&mut ours, &report);
        assert_eq!(ours.value("texts / the other's"), Some(51.0));
        assert_eq!(ours.value("account reads / the other's"), None);
        assert_eq!(ours.open(""), [""; 0]);
    }
}
