//! What a text weighs: GSM 03.38 septets or UTF-16 units, and the segments they make.

/// How the network carries a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// GSM 03.38 with its extension table: 160 septets in a single text, 153 in a part.
    Gsm7,
    /// UTF-16: 70 units in a single text, 67 in a part.
    Ucs2,
}

impl Encoding {
    const fn single(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    const fn part(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    fn units(self, letter: char) -> usize {
        match self {
            Self::Gsm7 => septets(letter).unwrap_or(1),
            Self::Ucs2 => letter.len_utf16(),
        }
    }
}

/// What a text weighs on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How it is carried.
    pub encoding: Encoding,
    /// Septets or UTF-16 units, an extension character being two.
    pub units: usize,
    /// Billed segments, at least one.
    pub segments: u32,
}

/// Weighs a text. Neither an escape pair nor a surrogate pair is ever split between two parts.
pub fn size(text: &str) -> Size {
    let encoding = if text.chars().all(|letter| septets(letter).is_some()) {
        Encoding::Gsm7
    } else {
        Encoding::Ucs2
    };
    let units = text.chars().map(|letter| encoding.units(letter)).sum();
    let segments = if units <= encoding.single() {
        1
    } else {
        parts_needed(text, encoding)
    };
    Size {
        encoding,
        units,
        segments,
    }
}

/// The billed segments of a text.
pub fn segments(text: &str) -> u32 {
    size(text).segments
}

fn parts_needed(text: &str, encoding: Encoding) -> u32 {
    let mut parts = 1_u32;
    let mut filled = 0;
    for letter in text.chars() {
        let units = encoding.units(letter);
        if filled + units > encoding.part() {
            parts = parts.saturating_add(1);
            filled = 0;
        }
        filled += units;
    }
    parts
}

/// What GSM 03.38's basic table holds beyond ASCII.
const BASIC_BEYOND_ASCII: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";

/// Septets of a character in GSM 03.38 (3GPP TS 23.038 section 6.2.1), `None` when it is in neither table.
fn septets(letter: char) -> Option<usize> {
    match letter {
        '\u{c}' | '^' | '{' | '}' | '\\' | '[' | ']' | '~' | '|' | '€' => Some(2),
        '\n' | '\r' | ' '..='Z' | 'a'..='z' | '_' => Some(1),
        other if BASIC_BEYOND_ASCII.contains(other) => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                         ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const EXTENSION: &str = "\u{c}^{}\\[~]|€";

    /// An independent count: really encodes (table lookup, escape septets, UTF-16) and really cuts.
    fn oracle(text: &str) -> (usize, u32) {
        let mut septets = Vec::new();
        for letter in text.chars() {
            if let Some(place) = BASIC.chars().position(|basic| basic == letter) {
                septets.push(place);
            } else if let Some(place) = EXTENSION.chars().position(|extension| extension == letter) {
                septets.extend([usize::MAX, place]);
            } else {
                let units: Vec<u16> = text.encode_utf16().collect();
                return (
                    units.len(),
                    cut(&units, 70, 67, |unit| (0xd800..0xdc00).contains(unit)),
                );
            }
        }
        (
            septets.len(),
            cut(&septets, 160, 153, |septet| *septet == usize::MAX),
        )
    }

    fn cut<T>(mut rest: &[T], single: usize, part: usize, opens_a_pair: impl Fn(&T) -> bool) -> u32 {
        if rest.len() <= single {
            return 1;
        }
        let mut parts = 0;
        while !rest.is_empty() {
            let mut end = part.min(rest.len());
            if opens_a_pair(&rest[end - 1]) {
                end -= 1;
            }
            rest = &rest[end..];
            parts += 1;
        }
        parts
    }

    #[test]
    fn every_boundary_of_gsm_7_is_exact() {
        for (length, expected) in [
            (0, 1),
            (1, 1),
            (160, 1),
            (161, 2),
            (306, 2),
            (307, 3),
            (459, 3),
            (460, 4),
            (612, 4),
            (613, 5),
        ] {
            let text = "a".repeat(length);
            assert_eq!(
                size(&text),
                Size {
                    encoding: Encoding::Gsm7,
                    units: length,
                    segments: expected
                },
                "{length}"
            );
        }
    }

    #[test]
    fn every_boundary_of_ucs_2_is_exact() {
        for (length, expected) in [
            (1, 1),
            (70, 1),
            (71, 2),
            (134, 2),
            (135, 3),
            (201, 3),
            (202, 4),
            (268, 4),
            (269, 5),
        ] {
            let text = "ж".repeat(length);
            assert_eq!(
                size(&text),
                Size {
                    encoding: Encoding::Ucs2,
                    units: length,
                    segments: expected
                },
                "{length}"
            );
        }
    }

    #[test]
    fn an_escape_pair_costs_two_septets_and_is_never_split() {
        assert_eq!(segments(&"€".repeat(80)), 1);
        assert_eq!(segments(&"€".repeat(81)), 2);
        assert_eq!(segments(&"€".repeat(152)), 2);
        assert_eq!(
            segments(&"€".repeat(153)),
            3,
            "76 pairs a part, although 306 septets would fill two parts"
        );
        assert_eq!(segments(&format!("{}€{}", "a".repeat(152), "a".repeat(152))), 3);
        assert_eq!(segments(&format!("{}€{}", "a".repeat(151), "a".repeat(153))), 2);
        assert_eq!(segments(&format!("{}€", "a".repeat(159))), 2);
    }

    #[test]
    fn a_surrogate_pair_is_never_split() {
        assert_eq!(segments(&"🏔".repeat(35)), 1);
        assert_eq!(segments(&"🏔".repeat(36)), 2);
        assert_eq!(segments(&"🏔".repeat(66)), 2);
        assert_eq!(segments(&"🏔".repeat(67)), 3, "33 pairs a part");
        assert_eq!(segments(&format!("{}🏔{}", "ж".repeat(66), "ж".repeat(66))), 3);
    }

    #[test]
    fn every_character_of_both_tables_is_gsm_7() {
        assert_eq!(BASIC.chars().count(), 127);
        for letter in BASIC.chars() {
            assert_eq!(size(&letter.to_string()).units, 1, "{letter:?}");
        }
        for letter in EXTENSION.chars() {
            assert_eq!(size(&letter.to_string()).units, 2, "{letter:?}");
        }
        for letter in ['`', '\t', '\u{1b}', '\0', 'ç', 'á', '’', '\u{a0}'] {
            assert_eq!(size(&letter.to_string()).encoding, Encoding::Ucs2, "{letter:?}");
        }
    }

    proptest! {
        #[test]
        fn segments_equal_the_oracle(text in "[a-zA-Z0-9 €\\[\\]^~|{}\\\\\n]{0,700}|[a-c€ж🏔]{0,300}|\\PC{0,200}") {
            let measured = size(&text);
            prop_assert_eq!((measured.units, measured.segments), oracle(&text));
        }
    }
}
