//! The report: rows with what was measured, what is asked, and whether it is met.

use std::fmt;

use serde_json::{Value, json};

/// Where the page says why a figure is not reached.
const EXPLAINED: &str = "\n## What is not reached, and why\n";

/// A row of the report.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured, and over which database when that is not the empty one.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// What is asked of it, where something is.
    pub asked: Option<Asked>,
    /// What else is worth knowing, such as the processor time of one request.
    pub note: String,
}

/// What is asked of a figure.
#[derive(Debug, Clone, Copy)]
pub enum Asked {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "at least {least}"),
            Self::AtMost(most) => write!(f, "at most {most}"),
        }
    }
}

impl Row {
    /// A figure that nothing is asked of.
    pub fn note(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            asked: None,
            note: String::new(),
        }
    }

    /// A figure with what is asked of it.
    pub fn judge(name: impl Into<String>, value: f64, unit: &'static str, asked: Asked) -> Self {
        Self {
            asked: Some(asked),
            ..Self::note(name, value, unit)
        }
    }

    /// The same with a remark.
    #[must_use]
    pub fn with(self, note: impl Into<String>) -> Self {
        Self {
            note: note.into(),
            ..self
        }
    }

    /// Whether the figure is what is asked. What is no number is not.
    pub fn is_met(&self) -> bool {
        match self.asked {
            None => true,
            Some(Asked::AtLeast(least)) => self.value >= least,
            Some(Asked::AtMost(most)) => self.value <= most,
        }
    }

    fn verdict(&self) -> &'static str {
        match (self.asked, self.is_met()) {
            (None, _) => "",
            (Some(_), true) => "met",
            (Some(_), false) => "NOT MET",
        }
    }

    fn figure(&self) -> String {
        let digits = match self.value.abs() {
            0.0 => 0,
            large if large >= 1_000.0 => 0,
            middle if middle >= 20.0 => 1,
            _ => 2,
        };
        format!("{:.digits$}", self.value)
    }

    fn asks(&self) -> String {
        self.asked.map(|asked| asked.to_string()).unwrap_or_default()
    }
}

/// All rows.
#[derive(Debug, Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a row, and shows it at once: a run takes minutes.
    pub fn add(&mut self, row: Row) {
        println!("{}", line(&row));
        self.0.push(row);
    }

    /// Every row, in order.
    pub fn rows(&self) -> &[Row] {
        &self.0
    }

    /// The figure of a row.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|row| row.name == name).map(|row| row.value)
    }

    /// The figures that are not met and that the page does not explain: under its heading [`EXPLAINED`], with the row's
    /// name in bold.
    pub fn open(&self, page: &str) -> Vec<&str> {
        let explained = page.split_once(EXPLAINED).map_or("", |(_, explained)| explained);
        let has_line = |name: &str| explained.contains(&format!("**{name}**"));
        self.0
            .iter()
            .filter(|row| !row.is_met() && !has_line(&row.name))
            .map(|row| row.name.as_str())
            .collect()
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        let row = |row: &Row| {
            let (at_least, at_most) = match row.asked {
                None => (None, None),
                Some(Asked::AtLeast(least)) => (Some(least), None),
                Some(Asked::AtMost(most)) => (None, Some(most)),
            };
            json!({
                "name": row.name, "value": row.value, "unit": row.unit,
                "at_least": at_least, "at_most": at_most, "met": row.is_met(), "note": row.note,
            })
        };
        self.0.iter().map(row).collect()
    }

    /// The same for a page of documentation.
    pub fn markdown(&self) -> String {
        let line = |row: &Row| {
            let (name, figure, unit) = (&row.name, row.figure(), row.unit);
            let (asked, verdict, note) = (row.asks(), row.verdict(), &row.note);
            format!("| {name} | {figure} {unit} | {asked} | {verdict} | {note} |\n")
        };
        let head = "| figure | measured | asked | | remarks |\n|---|---|---|---|---|\n".to_owned();
        let lines: Vec<String> = self.0.iter().map(line).collect();
        head + &lines.concat()
    }
}

fn line(row: &Row) -> String {
    let line = format!(
        "{:58} {:>10} {:7} {:15} {:7} {}",
        row.name,
        row.figure(),
        row.unit,
        row.asks(),
        row.verdict(),
        row.note
    );
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::default();
        table.add(Row::note("empty route", 84_000.4, "/s").with("10 µs"));
        table.add(Row::judge("reads", 0.59, "", Asked::AtLeast(0.6)));
        table.add(Row::judge("reads, full", 0.61, "", Asked::AtLeast(0.6)));
        table.add(Row::judge("start", 51.0, "ms", Asked::AtMost(50.0)));
        table
    }

    #[test]
    fn a_figure_is_met_or_explained_by_its_own_name_or_open() {
        let table = table();
        let page = |lines: &str| format!("# Figures\n\n**reads** are nice.\n{EXPLAINED}\n{lines}");
        assert_eq!(table.open(""), ["reads", "start"]);
        assert_eq!(table.open(&page("")), ["reads", "start"]);
        assert_eq!(
            table.open(&page("- **reads, full**: no.\n- **start**: why")),
            ["reads"]
        );
        assert_eq!(table.open(&page("- **reads**: why\n- **start**: why")), [""; 0]);
    }

    #[test]
    fn what_is_no_number_is_not_met() {
        assert!(!Row::judge("a", f64::NAN, "", Asked::AtMost(1.0)).is_met());
        assert!(!Row::judge("a", f64::NAN, "", Asked::AtLeast(1.0)).is_met());
    }

    #[test]
    fn the_page_has_a_line_for_every_row() {
        let page = table().markdown();
        assert!(
            page.contains("| empty route | 84000 /s |  |  | 10 µs |\n"),
            "{page}"
        );
        assert!(
            page.contains("| reads | 0.59  | at least 0.6 | NOT MET |  |\n"),
            "{page}"
        );
        assert_eq!(page.lines().count(), 6);
    }

    #[test]
    fn programs_read_what_was_asked() {
        let json = table().json();
        let start = json.get(3).unwrap();
        assert_eq!(start.get("at_most").unwrap(), 50.0);
        assert_eq!(start.get("met").unwrap(), false);
    }
}
