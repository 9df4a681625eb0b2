//! The provider's name for a message.

use std::fmt;

/// Twilio's name for a message, received or sent: `SM` or `MM` and 32 hexadecimal digits (the property `sid` of
/// Twilio's Message resource). The same sid is the same message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageSid(Box<str>);

impl MessageSid {
    /// Reads a sid; `None` for anything that Twilio does not write.
    pub fn parse(raw: &str) -> Option<Self> {
        let digits = raw.strip_prefix("SM").or_else(|| raw.strip_prefix("MM"))?;
        let well_formed = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        well_formed.then(|| Self(raw.into()))
    }

    /// The 34 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageSid {
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
        assert_eq!(
            MessageSid::parse(&format!("SM{hex}")).unwrap().as_str(),
            format!("SM{hex}")
        );
        assert!(MessageSid::parse(&format!("MM{hex}")).is_some());
        for wrong in [
            String::new(),
            hex.into(),
            format!("XX{hex}"),
            format!("SM{hex}0"),
            format!("SM{}g", &hex[1..]),
        ] {
            assert_eq!(MessageSid::parse(&wrong), None, "{wrong}");
        }
    }
}
