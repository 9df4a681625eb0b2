//! Turns texts into values and collects what is wrong on the way.

use super::{mistake::Mistake, source::Values, variable};

/// Reads variables one after the other; a wrong one is noted, and reading goes on.
pub struct Reader {
    values: Values,
    mistakes: Vec<Mistake>,
}

impl Reader {
    /// Reads `values`; `mistakes` were made before.
    pub fn new(values: Values, mistakes: Vec<Mistake>) -> Self {
        Self { values, mistakes }
    }

    /// The raw winners.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The variable's value, or its default's; `None` when it has neither, or is wrong, which is then noted.
    pub fn read<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let default = variable::find(name).map_or("", |variable| variable.default);
        let text = self.values.get(name).unwrap_or(default);
        if text.is_empty() {
            return None;
        }
        match parse(text) {
            Ok(value) => Some(value),
            Err(advice) => {
                self.wrong(name, advice);
                None
            }
        }
    }

    /// Whether somebody set it.
    pub fn is_set(&self, name: &str) -> bool {
        self.values.get(name).is_some()
    }

    /// Notes a mistake.
    pub fn wrong(&mut self, setting: &str, advice: impl Into<String>) {
        self.mistakes.push(Mistake {
            setting: setting.to_owned(),
            advice: advice.into(),
        });
    }

    /// Everything that was wrong.
    pub fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }
}
