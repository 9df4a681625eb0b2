//! What a text costs: whole micro-units of a currency, never a float.

use std::fmt;

/// An ISO 4217 code such as `AUD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads three ASCII letters; case does not matter.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(bytes.map(|byte| byte.to_ascii_uppercase())))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of money, in millionths of the currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price {
    /// Millionths of the unit; what a text costs is positive.
    pub micros: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Price {
    /// Reads an operator's `AUD 0.0515`.
    pub fn parse(text: &str) -> Option<Self> {
        let (currency, amount) = text.trim().split_once(' ')?;
        let price = Self::from_decimal(amount.trim(), Currency::parse(currency)?)?;
        (price.micros >= 0).then_some(price)
    }

    /// Reads a decimal amount with at most six places, as Twilio writes one (`-0.00750`).
    pub fn from_decimal(amount: &str, currency: Currency) -> Option<Self> {
        let (negative, digits) = match amount.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, amount),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 6 || !digits_only(whole) || !digits_only(fraction) {
            return None;
        }
        let units: i64 = whole.parse().ok()?;
        let millionths: i64 = format!("{fraction:0<6}").parse().ok()?;
        let micros = units.checked_mul(1_000_000)?.checked_add(millionths)?;
        Some(Self {
            micros: if negative { -micros } else { micros },
            currency,
        })
    }

    /// The price of so many segments at this price each.
    #[must_use]
    pub fn times(self, segments: u32) -> Self {
        Self {
            micros: self.micros.saturating_mul(i64::from(segments)),
            currency: self.currency,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aud(micros: i64) -> Price {
        Price {
            micros,
            currency: Currency::parse("AUD").unwrap(),
        }
    }

    #[test]
    fn an_operators_price_is_read_exactly() {
        assert_eq!(Price::parse("AUD 0.0515"), Some(aud(51_500)));
        assert_eq!(Price::parse("aud 12"), Some(aud(12_000_000)));
        for wrong in [
            "",
            "0.05",
            "AUD",
            "AUD x",
            "AUDX 1",
            "AUD -1",
            "AUD 0.0000001",
            "AUD 1.2.3",
            "AUD .5",
        ] {
            assert_eq!(Price::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn twilios_price_is_read_exactly() {
        let usd = Currency::parse("USD").unwrap();
        assert_eq!(Price::from_decimal("-0.00750", usd).unwrap().micros, -7_500);
        assert_eq!(Price::from_decimal("0", usd).unwrap().micros, 0);
        assert_eq!(Price::from_decimal("99999999999999999999", usd), None);
    }

    #[test]
    fn three_segments_cost_three_times_one() {
        assert_eq!(aud(51_500).times(3), aud(154_500));
    }
}
