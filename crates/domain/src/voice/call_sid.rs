//! The provider's name for a call.

use std::fmt;

/// Twilio's name for a call: `CA` and 32 hexadecimal digits (the property `sid` of Twilio's Call resource).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallSid(Box<str>);

impl CallSid {
    /// Reads a sid; `None` for anything that Twilio does not write.
    pub fn parse(raw: &str) -> Option<Self> {
        let digits = raw.strip_prefix("CA")?;
        let well_formed = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        well_formed.then(|| Self(raw.into()))
    }

    /// The 34 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallSid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_is_read_exactly() {
        let hex = "0123456789abcdef0123456789ABCDEF";
        assert!(CallSid::parse(&format!("CA{hex}")).is_some());
        for wrong in [
            String::new(),
            hex.into(),
            format!("SM{hex}"),
            format!("CA{hex}0"),
            format!("CA{}g", &hex[1..]),
        ] {
            assert_eq!(CallSid::parse(&wrong), None, "{wrong}");
        }
    }
}
