//! Telephone numbers in E.164, and which of them may be texted.

use std::{fmt, str::FromStr};

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberType};

use crate::invisible::is_invisible;

/// A region of the numbering plan, such as Australia: finer than a country code, which regions can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(rlibphonenumber::Region);

impl Region {
    /// Reads an ISO 3166 code such as `AU`.
    pub fn parse(code: &str) -> Option<Self> {
        let region = rlibphonenumber::Region::from_str(code).ok()?;
        PHONE_NUMBER_UTIL
            .get_country_code_for_region(region)
            .map(|_| Self(region))
    }

    /// A mobile number of this region as its people write it, for examples: one set aside for fiction in Australia (ACMA,
    /// "Phone numbers for use in TV shows, films and creative works"), else the example of the numbering plan's data.
    pub fn example_mobile(self) -> Option<String> {
        if self.code() == "AU" {
            return Some("0491 570 006".to_owned());
        }
        let number = PHONE_NUMBER_UTIL
            .get_example_number_for_type_and_region(self.0, PhoneNumberType::Mobile)
            .ok()?;
        Some(
            PHONE_NUMBER_UTIL
                .format(&number, PhoneNumberFormat::National)
                .into_owned(),
        )
    }

    /// The ISO 3166 code.
    pub fn code(self) -> String {
        self.0.to_string()
    }
}

/// A telephone number in E.164 (`+61412345678`). `Debug` masks it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(Box<str>);

/// Why a number was refused; it never repeats the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneNumberError {
    /// Something other than a number, or a number that is not assignable.
    #[error("This is not a valid phone number.")]
    Malformed,
    /// A landline or another kind of number that cannot receive texts.
    #[error("This number cannot receive texts. A mobile number is needed.")]
    NotMobile,
    /// A region outside the allow-list.
    #[error("Numbers of this region cannot be texted from here.")]
    Region,
    /// One of our own numbers: texting ourselves would never end.
    #[error("This is a number of this service itself.")]
    Ours,
}

impl PhoneNumber {
    /// Reads a number already in E.164, as Twilio delivers senders: `+`, then 7 to 15 digits, the first not 0.
    ///
    /// # Errors
    ///
    /// [`PhoneNumberError::Malformed`] for anything else.
    pub fn from_e164(raw: &str) -> Result<Self, PhoneNumberError> {
        let digits = raw.strip_prefix('+').ok_or(PhoneNumberError::Malformed)?;
        let well_formed = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed {
            Ok(Self(raw.into()))
        } else {
            Err(PhoneNumberError::Malformed)
        }
    }

    /// The simulator's own number, one that the Australian authority has set aside for fiction.
    pub fn simulator() -> Self {
        Self("+61491579455".into())
    }

    /// Reads a number as a person of `region` writes it. ASCII digits with spaces, dots, hyphens, slashes and
    /// brackets between them; a leading `+` or `00` names the country and is never rewritten into another.
    ///
    /// # Errors
    ///
    /// [`PhoneNumberError::Malformed`] for text around the number, other scripts' digits, and numbers that nobody
    /// can have.
    pub fn parse(raw: &str, region: Region) -> Result<Self, PhoneNumberError> {
        let compact = compact(raw)?;
        let international = match compact.strip_prefix("00") {
            Some(rest) if !rest.starts_with('1') => Some(format!("+{rest}")),
            _ => None,
        };
        let compact = international.as_deref().unwrap_or(&compact);
        // With a region, a country that does not exist would be taken for the beginning of a number of that region.
        let region = (!compact.starts_with('+')).then_some(region.0);
        let number = PHONE_NUMBER_UTIL
            .parse(compact, region)
            .map_err(|_| PhoneNumberError::Malformed)?;
        if !PHONE_NUMBER_UTIL.is_valid_number(&number) {
            return Err(PhoneNumberError::Malformed);
        }
        Self::from_e164(&PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164))
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The numbers that share all but their last three digits with this one: the beginning they have in common.
    pub fn neighbours(&self) -> &str {
        self.0.split_at(self.0.len().saturating_sub(3)).0
    }

    /// The number for a log or a stranger's eyes: first four characters and last three, `+614***678`.
    pub fn masked(&self) -> String {
        let (head, rest) = self.0.split_at_checked(4).unwrap_or((&self.0, ""));
        let (_, tail) = rest
            .split_at_checked(rest.len().saturating_sub(3))
            .unwrap_or((rest, ""));
        format!("{head}***{tail}")
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

/// The digits with at most a leading `+`, or a refusal for anything a number is not written with.
///
/// Phones and mail programs paste more around digits than a person types: hyphens of other lengths, marks of writing
/// direction, soft hyphens, variation selectors and no-break blanks. These are dropped, so that a text, the web and
/// `adopt` read the same number.
fn compact(raw: &str) -> Result<String, PhoneNumberError> {
    let mut compact = String::with_capacity(raw.len());
    let typed = raw.chars().filter(|letter| !is_invisible(*letter));
    for letter in typed.skip_while(|letter| letter.is_whitespace()) {
        match letter {
            '0'..='9' => compact.push(letter),
            '+' if compact.is_empty() => compact.push(letter),
            '.' | '(' | ')' | '/' => {}
            _ if letter.is_whitespace() || is_hyphen(letter) => {}
            _ => return Err(PhoneNumberError::Malformed),
        }
    }
    Ok(compact)
}

/// The hyphens and dashes that phones put between digits (Unicode, general category Pd, and the minus sign).
pub(crate) fn is_hyphen(letter: char) -> bool {
    matches!(
        letter,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// The regions that may be texted: an allow-list against toll fraud, by region and not by prefix, since `+1` and
/// others are shared by regions of very different prices. Our own numbers are never among them.
#[derive(Debug, Clone)]
pub struct TextableRegions {
    regions: Vec<Region>,
    ours: Vec<PhoneNumber>,
}

impl TextableRegions {
    /// An allow-list of regions.
    pub fn new(regions: Vec<Region>) -> Self {
        Self {
            regions,
            ours: Vec::new(),
        }
    }

    /// The same without these numbers, which are ours.
    #[must_use]
    pub fn except(self, ours: Vec<PhoneNumber>) -> Self {
        Self { ours, ..self }
    }

    /// Whether a text may be sent to the number.
    ///
    /// # Errors
    ///
    /// [`PhoneNumberError::Ours`], [`PhoneNumberError::NotMobile`] or [`PhoneNumberError::Region`].
    pub fn check(&self, phone: &PhoneNumber) -> Result<(), PhoneNumberError> {
        if self.ours.contains(phone) {
            return Err(PhoneNumberError::Ours);
        }
        let number = PHONE_NUMBER_UTIL
            .parse(phone.as_str(), None)
            .map_err(|_| PhoneNumberError::Malformed)?;
        let region = PHONE_NUMBER_UTIL
            .get_region_for_number(&number)
            .ok_or(PhoneNumberError::Region)?;
        if !self.regions.contains(&Region(region)) {
            return Err(PhoneNumberError::Region);
        }
        match PHONE_NUMBER_UTIL.get_number_type(&number) {
            PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile => Ok(()),
            _ => Err(PhoneNumberError::NotMobile),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn au() -> Region {
        Region::parse("AU").unwrap()
    }

    #[test]
    fn every_spelling_is_one_number() {
        for spelling in [
            "0412 345 678",
            "+61412345678",
            "61412345678",
            "412345678",
            "(04) 1234-5678",
            "0061412345678",
            "+61 0412 345 678",
            " +61 412 345 678 ",
        ] {
            assert_eq!(
                PhoneNumber::parse(spelling, au()).unwrap().as_str(),
                "+61412345678",
                "{spelling}"
            );
        }
    }

    #[test]
    fn what_phones_paste_around_digits_is_dropped() {
        for pasted in [
            "0412\u{2011}345\u{2011}678",
            "\u{202a}+61 412 345 678\u{202c}",
            "\u{200e}0412\u{a0}345\u{a0}678",
            "0412\u{ad}345\u{ad}678\u{fe0f}",
            "+61\u{2013}412\u{2013}345\u{2013}678",
            "\u{feff}0412\u{2009}345\u{202f}678\n",
        ] {
            assert_eq!(
                PhoneNumber::parse(pasted, au()).unwrap().as_str(),
                "+61412345678",
                "{pasted:?}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for raw in [
            "",
            "0412 345 678 Mum",
            "call 0412345678",
            "+614123456",
            "0412",
            "٠٤١٢٣٤٥٦٧٨",
            "０４１２３４５６７８",
            "12+34",
            "++61412345678",
            "+0412345678",
            "+0061412345678",
            "000412345678",
            "+61412345678901234",
        ] {
            assert_eq!(
                PhoneNumber::parse(raw, au()),
                Err(PhoneNumberError::Malformed),
                "{raw}"
            );
        }
    }

    #[test]
    fn a_plus_is_never_rewritten_into_another_country() {
        assert_eq!(
            PhoneNumber::parse("+64 21 123 4567", au()).unwrap().as_str(),
            "+64211234567"
        );
    }

    #[test]
    fn only_mobiles_of_allowed_regions_are_textable() {
        let regions = TextableRegions::new(vec![au(), Region::parse("NZ").unwrap()]);
        let check = |raw: &str| regions.check(&PhoneNumber::parse(raw, au()).unwrap());
        assert_eq!(check("0412 345 678"), Ok(()));
        assert_eq!(check("0491 570 006"), Ok(()));
        assert_eq!(check("+64 21 123 4567"), Ok(()));
        assert_eq!(check("03 6234 5678"), Err(PhoneNumberError::NotMobile));
        assert_eq!(check("+1 876 555 1234"), Err(PhoneNumberError::Region));
        let satellite = PhoneNumber::from_e164("+881612345678").unwrap();
        assert_eq!(regions.check(&satellite), Err(PhoneNumberError::Region));
        let ours = PhoneNumber::simulator();
        assert_eq!(regions.check(&ours), Ok(()));
        assert_eq!(
            regions.except(vec![ours.clone()]).check(&ours),
            Err(PhoneNumberError::Ours)
        );
    }

    #[test]
    fn a_number_is_masked_in_logs() {
        let phone = PhoneNumber::from_e164("+61412345678").unwrap();
        assert_eq!(format!("{phone:?}"), "PhoneNumber(+614***678)");
    }

    proptest! {
        #[test]
        fn parsing_is_total_and_idempotent(raw in "\\PC{0,24}|[+0-9 ()-]{0,20}") {
            if let Ok(phone) = PhoneNumber::parse(&raw, au()) {
                prop_assert_eq!(PhoneNumber::parse(phone.as_str(), au()).unwrap(), phone.clone());
                prop_assert_eq!(PhoneNumber::from_e164(phone.as_str()).unwrap(), phone);
            }
        }
    }
}
