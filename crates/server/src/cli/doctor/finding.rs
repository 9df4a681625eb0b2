//! What `doctor` says.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, but should be looked at.
    Advice,
    /// It will not work.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The setting, or what was looked at.
    pub setting: String,
    /// What was found and what to do.
    pub text: String,
}

/// Everything that was found, in the order of looking.
#[derive(Debug, Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// As it should be.
    pub fn ok(&mut self, setting: impl Into<String>, text: impl Into<String>) {
        self.add(Level::Ok, setting, text);
    }

    /// It works, but should be looked at.
    pub fn advice(&mut self, setting: impl Into<String>, text: impl Into<String>) {
        self.add(Level::Advice, setting, text);
    }

    /// It will not work.
    pub fn problem(&mut self, setting: impl Into<String>, text: impl Into<String>) {
        self.add(Level::Problem, setting, text);
    }

    /// Whether anything will not work.
    pub fn has_problem(&self) -> bool {
        self.0.iter().any(|finding| finding.level == Level::Problem)
    }

    fn add(&mut self, level: Level, setting: impl Into<String>, text: impl Into<String>) {
        self.0.push(Finding {
            level,
            setting: setting.into(),
            text: text.into(),
        });
    }
}

impl Finding {
    /// The line a person reads.
    pub fn line(&self) -> String {
        let mark = match self.level {
            Level::Ok => "ok     ",
            Level::Advice => "advice ",
            Level::Problem => "PROBLEM",
        };
        format!("{mark}  {}: {}", self.setting, self.text)
    }
}
