//! The report: rows with what was measured, what is asked, and whether it is met.

use std::fmt;

/// A row of the report.
pub struct Row {
    /// What was measured.
    pub name: &'static str,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// What is asked of it, where something is.
    pub asked: Option<Asked>,
}

/// What is asked of a figure.
#[derive(Clone, Copy)]
pub enum Asked {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
}

impl Row {
    /// Whether the figure is what is asked.
    pub fn is_met(&self) -> bool {
        match self.asked {
            None => true,
            Some(Asked::AtLeast(least)) => self.value >= least,
            Some(Asked::AtMost(most)) => self.value <= most,
        }
    }
}

/// All rows.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a figure that nothing is asked of.
    pub fn note(&mut self, name: &'static str, value: f64, unit: &'static str) {
        self.0.push(Row {
            name,
            value,
            unit,
            asked: None,
        });
    }

    /// Adds a figure with what is asked of it.
    pub fn judge(&mut self, name: &'static str, value: f64, unit: &'static str, asked: Asked) {
        self.0.push(Row {
            name,
            value,
            unit,
            asked: Some(asked),
        });
    }

    /// The figures that are not met and that `explained` has no line for: one that begins with the row's name in bold.
    pub fn open(&self, explained: &str) -> Vec<&'static str> {
        let has_line = |name: &str| {
            explained
                .lines()
                .any(|line| line.contains(&format!("**{name}**")))
        };
        self.0
            .iter()
            .filter(|row| !row.is_met() && !has_line(row.name))
            .map(|row| row.name)
            .collect()
    }

    /// The same for programs.
    pub fn json(&self) -> serde_json::Value {
        let row = |row: &Row| {
            let (at_least, at_most) = match row.asked {
                None => (None, None),
                Some(Asked::AtLeast(least)) => (Some(least), None),
                Some(Asked::AtMost(most)) => (None, Some(most)),
            };
            serde_json::json!({
                "name": row.name, "value": row.value, "unit": row.unit,
                "at_least": at_least, "at_most": at_most, "met": row.is_met(),
            })
        };
        self.0.iter().map(row).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.0 {
            let asked = match row.asked {
                None => String::new(),
                Some(Asked::AtLeast(least)) => format!(">= {least}"),
                Some(Asked::AtMost(most)) => format!("<= {most}"),
            };
            let verdict = match (row.asked, row.is_met()) {
                (None, _) => "",
                (Some(_), true) => "met",
                (Some(_), false) => "NOT MET",
            };
            writeln!(
                f,
                "{:46} {:>12.2} {:6} {asked:>10} {verdict}",
                row.name, row.value, row.unit
            )?;
        }
        Ok(())
    }
}
