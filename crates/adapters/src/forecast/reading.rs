//! Values out of JSON: absent where they are missing, counted where they cannot be.

use serde_json::Value;
use thunderbird_domain::forecast::{Flaw, MOST_IMPOSSIBLE};

/// Reads values, and counts those that the weather cannot have.
#[derive(Debug, Default)]
pub(super) struct Values {
    impossible: u32,
}

impl Values {
    /// A number as its type, or nothing.
    ///
    /// # Errors
    ///
    /// [`Flaw::Shape`] for what is no number.
    pub(super) fn read<T>(
        &mut self,
        value: Option<&Value>,
        measured: impl Fn(f64) -> Option<T>,
    ) -> Result<Option<T>, Flaw> {
        let number = match value {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value.as_f64().ok_or(Flaw::Shape)?,
        };
        let read = measured(number);
        if read.is_none() {
            self.impossible = self.impossible.saturating_add(1);
        }
        Ok(read)
    }

    /// How many were left out.
    ///
    /// # Errors
    ///
    /// [`Flaw::Values`] if they are too many for the rest to be used.
    pub(super) fn left_out(&self) -> Result<u32, Flaw> {
        if self.impossible > MOST_IMPOSSIBLE {
            Err(Flaw::Values)
        } else {
            Ok(self.impossible)
        }
    }
}
