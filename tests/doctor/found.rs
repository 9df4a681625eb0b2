//! What `doctor --json` said.

use serde_json::Value;

/// What doctor found: exit code, and the findings as `level setting: text`.
pub struct Found(pub Option<i32>, pub Vec<String>);

impl Found {
    /// Reads the JSON that doctor prints.
    pub fn of(output: &std::process::Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout);
        let document: Value = serde_json::from_str(&text).unwrap_or_else(|_| {
            panic!("{text}{}", String::from_utf8_lossy(&output.stderr));
        });
        let findings = document["findings"].as_array().unwrap().iter();
        let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
        let lines = findings.map(|finding| {
            let (level, setting) = (word(finding, "level"), word(finding, "setting"));
            format!("{level} {setting}: {}", word(finding, "text"))
        });
        Self(output.status.code(), lines.collect())
    }

    /// Insists on a finding, and on the exit code that goes with all of them.
    pub fn has(&self, start: &str, part: &str) {
        let is_found = self
            .1
            .iter()
            .any(|line| line.starts_with(start) && line.contains(part));
        assert!(is_found, "{start} … {part} in {:#?}", self.1);
        assert_eq!(
            self.0,
            Some(i32::from(self.1.iter().any(|line| line.starts_with("problem"))))
        );
    }
}
