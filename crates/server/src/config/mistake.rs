//! What is wrong with a configuration.

use std::fmt;

/// One mistake: which setting, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The variable or file.
    pub setting: String,
    /// What is wrong and what to do; never a secret's value.
    pub advice: String,
}

/// All mistakes of a configuration; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let noun = if count == 1 { "mistake" } else { "mistakes" };
        writeln!(f, "The configuration has {count} {noun}:")?;
        for Mistake { setting, advice } in &self.0 {
            writeln!(f, "  {setting}: {advice}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
