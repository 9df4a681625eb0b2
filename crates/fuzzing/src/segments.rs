//! What a text weighs, and how a long one is cut.

use thunderbird_domain::sms::{
    body::{Encoding, size},
    parts::{MAX_SEGMENTS, parts, plain_punctuation},
};

use crate::input;

/// GSM 03.38's tables, written down a second time (3GPP TS 23.038, section 6.2.1).
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// A reply.
pub fn check(bytes: &[u8]) {
    let text = input::text(bytes);
    weighs(&text);
    let plain = plain_punctuation(&text);
    assert_eq!(plain_punctuation(&plain), plain);
    if size(&text).encoding == Encoding::Gsm7 {
        assert_eq!(size(&plain).encoding, Encoding::Gsm7);
    }
    cut(&text, &plain);
}

fn weighs(text: &str) {
    let measured = size(text);
    let (encoding, units, segments) = encode(text);
    assert_eq!(measured.encoding, encoding, "{text:?}");
    assert_eq!(measured.units, units, "{text:?}");
    assert_eq!(measured.segments, segments, "{text:?}");
}

/// Encodes and cuts, as a handset would.
fn encode(text: &str) -> (Encoding, usize, u32) {
    let mut septets = Vec::new();
    for letter in text.chars() {
        if let Some(place) = BASIC.chars().position(|basic| basic == letter) {
            septets.push(place);
        } else if let Some(place) = EXTENSION.chars().position(|extension| extension == letter) {
            septets.extend([usize::MAX, place]);
        } else {
            let units: Vec<u16> = text.encode_utf16().collect();
            let count = pieces(&units, 70, 67, |unit| (0xd800..0xdc00).contains(unit));
            return (Encoding::Ucs2, units.len(), count);
        }
    }
    let count = pieces(&septets, 160, 153, |septet| *septet == usize::MAX);
    (Encoding::Gsm7, septets.len(), count)
}

fn pieces<T>(mut rest: &[T], single: usize, part: usize, opens_a_pair: impl Fn(&T) -> bool) -> u32 {
    if rest.len() <= single {
        return 1;
    }
    let mut count = 0;
    while !rest.is_empty() {
        let end = part.min(rest.len());
        let end = if opens_a_pair(&rest[end - 1]) {
            end - 1
        } else {
            end
        };
        rest = &rest[end..];
        count += 1;
    }
    count
}

fn cut(text: &str, plain: &str) {
    let sent = parts(text);
    assert!(!sent.is_empty());
    let numbered = sent.len() > 1;
    let mut said = String::new();
    for (place, part) in sent.iter().enumerate() {
        let (head, body) = match part.split_once('\n') {
            Some((head, body)) if numbered => (head, body),
            _ => ("", part.as_str()),
        };
        if numbered {
            assert_eq!(head, format!("({}/{})", place + 1, sent.len()), "{text:?}");
        }
        assert!(
            size(part).segments <= MAX_SEGMENTS,
            "{} segments of {text:?}",
            size(part).segments
        );
        if !numbered {
            let lines: Vec<&str> = plain.lines().map(str::trim_end).collect();
            assert_eq!(body, lines.join("\n").trim_matches('\n'), "a line was broken");
        }
        said.push_str(body);
    }
    let letters = |text: &str| {
        text.chars()
            .filter(|letter| !letter.is_whitespace())
            .collect::<String>()
    };
    assert_eq!(letters(&said), letters(plain), "a word was lost");
}
