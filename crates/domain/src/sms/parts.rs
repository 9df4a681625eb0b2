//! How a reply is cut into texts: plain punctuation, whole lines, numbered parts.

use std::borrow::Cow;

use super::body::segments;

/// Most segments that one part of a reply may have.
pub const MAX_SEGMENTS: u32 = 4;

/// Longest word that one part holds whatever else it says, in characters: 100 pictures are 200 UTF-16 units, which are
/// three segments.
const MAX_WORD: usize = 100;

/// Longest link that stays whole: a broken link is no link. A link is ASCII, so that one part holds it.
const MAX_LINK: usize = 160;

/// The text with typographic punctuation in its plain form, so that a curly quote does not halve a segment.
/// Letters are never touched: a name stays as its owner writes it, and costs what it costs.
pub fn plain_punctuation(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|letter| plain(letter).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut replaced = String::with_capacity(text.len());
    for letter in text.chars() {
        match plain(letter) {
            Some(plain) => replaced.push_str(plain),
            None => replaced.push(letter),
        }
    }
    Cow::Owned(replaced)
}

fn plain(letter: char) -> Option<&'static str> {
    match letter {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => Some("'"),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => Some("\""),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some("-"),
        '\u{2026}' => Some("..."),
        '\u{2022}' | '\u{b7}' => Some("*"),
        '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\t' => Some(" "),
        _ => None,
    }
}

/// A reply as it is sent: plain punctuation, and, if one text of [`MAX_SEGMENTS`] does not hold it, several parts that
/// each begin with a line `(1/3)`.
///
/// Lines are not broken: phones wrap a sentence where their screen ends, and a break of ours would stand in the middle
/// of it. Only a line that no part holds is broken, at blanks.
pub fn parts(text: &str) -> Vec<String> {
    let plain = plain_punctuation(text);
    let mut lines: Vec<&str> = plain
        .lines()
        .map(str::trim_end)
        .skip_while(|line| line.is_empty())
        .collect();
    // Blank lines at an end cost as much as others, and could make a part of their own.
    while lines.pop_if(|last| last.is_empty()).is_some() {}
    let whole = lines.join("\n");
    if segments(&whole) <= MAX_SEGMENTS {
        return vec![whole];
    }
    let mut packed = pack(&lines, "(9/9)\n");
    if packed.len() > 9 {
        packed = pack(&lines, "(99/99)\n");
    }
    let total = packed.len();
    packed
        .into_iter()
        .enumerate()
        .map(|(place, body)| format!("({}/{total})\n{body}", place + 1))
        .collect()
}

/// Fills parts with whole lines; `number` stands for the line that will be put in front of each.
fn pack(lines: &[&str], number: &str) -> Vec<String> {
    let fits = |text: &str| segments(&format!("{number}{text}")) <= MAX_SEGMENTS;
    let mut packed = Vec::new();
    let mut open = String::new();
    for line in lines.iter().flat_map(|line| broken(line, &fits)) {
        let longer = if open.is_empty() {
            line.clone()
        } else {
            format!("{open}\n{line}")
        };
        if open.is_empty() || fits(&longer) {
            open = longer;
        } else {
            packed.push(std::mem::replace(&mut open, line));
        }
    }
    if !open.is_empty() {
        packed.push(open);
    }
    packed
}

/// The line, broken at blanks if it does not fit; a word that is too long for a part is broken anywhere.
fn broken(line: &str, fits: &impl Fn(&str) -> bool) -> Vec<String> {
    if fits(line) {
        return vec![line.to_owned()];
    }
    let mut lines = Vec::new();
    let mut open = String::new();
    for word in line.split_whitespace().flat_map(pieces) {
        let longer = if open.is_empty() {
            word.clone()
        } else {
            format!("{open} {word}")
        };
        if open.is_empty() || fits(&longer) {
            open = longer;
        } else {
            lines.push(std::mem::replace(&mut open, word));
        }
    }
    lines.push(open);
    lines
}

fn pieces(word: &str) -> Vec<String> {
    let length = word.chars().count();
    let is_link = word.contains("://") && word.is_ascii();
    if length <= MAX_WORD || (is_link && length <= MAX_LINK) {
        return vec![word.to_owned()];
    }
    let letters: Vec<char> = word.chars().collect();
    letters
        .chunks(MAX_WORD)
        .map(|piece| piece.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn punctuation_is_made_plain_and_names_are_left_alone() {
        assert_eq!(plain_punctuation("Don’t – “stop”…"), "Don't - \"stop\"...");
        assert_eq!(plain_punctuation("Zoë Đorđević"), "Zoë Đorđević");
    }

    #[test]
    fn a_long_reply_is_numbered_and_a_short_one_is_not() {
        assert_eq!(parts("At Scott-Kilvert Hut."), ["At Scott-Kilvert Hut."]);
        let menu: Vec<String> = (1..=60)
            .map(|n| format!("CODE{n:02} A camp with a name"))
            .collect();
        let split = parts(&menu.join("\n"));
        assert_eq!(split.len(), 3);
        assert!(split[0].starts_with("(1/3)\nCODE01 ") && split[2].starts_with("(3/3)\n"));
        let rejoined: Vec<&str> = split.iter().flat_map(|part| part.lines().skip(1)).collect();
        assert_eq!(rejoined, menu);
    }

    #[test]
    fn blank_lines_at_an_end_make_no_part() {
        let just_fits = vec!["abcdefghij abcdefghij abcdefghij abcdefgh"; 14].join("\n");
        assert_eq!(
            parts(&format!("\n \n{just_fits}{}", "\n".repeat(80))),
            [just_fits.as_str()]
        );
    }

    #[test]
    fn a_sentence_has_no_line_break_of_ours() {
        let sentence =
            "No camp PELION. Nobody was told. Nearest: PELIO New Pelion Hut. To check in there text";
        let text = format!("{sentence}\nCHECKIN PELIO");
        assert_eq!(parts(&text), [text]);
    }

    #[test]
    fn a_link_stays_whole() {
        let link = "https://www.openstreetmap.org/?mlat=-41.63871&mlon=145.94836";
        let words = "Ada is at Waterfall Valley Hut, seen here on the map: ".repeat(20);
        let split = parts(&format!("{words}{link} at 6 pm"));
        assert!(split.len() > 1 && split.iter().any(|part| part.contains(link)));
    }

    proptest! {
        #[test]
        fn a_part_is_at_most_four_segments_and_loses_no_word(
            text in proptest::collection::vec("[a-z€]{1,60}|[ж🏔]{1,150}|\n", 0..200)
        ) {
            let text = text.join(" ");
            let split = parts(&text);
            for part in &split {
                prop_assert!(segments(part) <= MAX_SEGMENTS);
            }
            let numbered = usize::from(split.len() > 1);
            let sent: String = split.iter().flat_map(|part| part.lines().skip(numbered)).collect();
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&sent), letters(&text));
        }
    }
}
