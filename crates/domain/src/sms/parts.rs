//! How a reply is cut into texts: plain punctuation, short lines, numbered parts.

use std::borrow::Cow;

use super::body::segments;

/// Most segments that one part of a reply may have.
pub const MAX_SEGMENTS: u32 = 4;

/// Longest line of a reply, in characters: what a basic phone shows without breaking words of its own accord.
pub const MAX_LINE: usize = 42;

/// Longest link that is kept on one line although it is over [`MAX_LINE`]: a broken link is no link. A link is ASCII,
/// so that one part holds it whatever it says.
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

/// A reply as it is sent: plain punctuation, lines of at most [`MAX_LINE`] characters (a link stays whole), and,
/// when one text of [`MAX_SEGMENTS`] does not hold it, several parts that each begin with a line `(1/3)`.
pub fn parts(text: &str) -> Vec<String> {
    let plain = plain_punctuation(text);
    let mut lines: Vec<String> = plain
        .lines()
        .flat_map(wrap)
        .skip_while(String::is_empty)
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
fn pack(lines: &[String], number: &str) -> Vec<String> {
    let mut packed = Vec::new();
    let mut open = String::new();
    for line in lines {
        let longer = if open.is_empty() {
            line.clone()
        } else {
            format!("{open}\n{line}")
        };
        if open.is_empty() || segments(&format!("{number}{longer}")) <= MAX_SEGMENTS {
            open = longer;
        } else {
            packed.push(std::mem::replace(&mut open, line.clone()));
        }
    }
    if !open.is_empty() {
        packed.push(open);
    }
    packed
}

/// Breaks a line at blanks, and a word that is longer than a line anywhere.
fn wrap(line: &str) -> Vec<String> {
    let line = line.trim_end();
    if line.chars().count() <= MAX_LINE {
        return vec![line.to_owned()];
    }
    let mut wrapped = Vec::new();
    let mut open = String::new();
    for word in line.split_whitespace().flat_map(pieces) {
        let longer = open.chars().count() + 1 + word.chars().count();
        if open.is_empty() {
            open = word;
        } else if longer <= MAX_LINE {
            open.push(' ');
            open.push_str(&word);
        } else {
            wrapped.push(std::mem::replace(&mut open, word));
        }
    }
    wrapped.push(open);
    wrapped
}

fn pieces(word: &str) -> Vec<String> {
    let length = word.chars().count();
    let is_link = word.contains("://") && word.is_ascii();
    if length <= MAX_LINE || (is_link && length <= MAX_LINK) {
        return vec![word.to_owned()];
    }
    let letters: Vec<char> = word.chars().collect();
    letters
        .chunks(MAX_LINE)
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
    fn a_link_stays_whole() {
        let link = "https://www.openstreetmap.org/?mlat=-41.63871&mlon=145.94836";
        let split = parts(&format!(
            "Ada is at Waterfall Valley Hut, seen here on the map: {link} at 6 pm"
        ));
        assert!(split[0].lines().any(|line| line == link));
    }

    proptest! {
        #[test]
        fn a_part_is_at_most_four_segments_of_short_lines_and_loses_no_word(
            text in proptest::collection::vec("[a-z€]{1,60}|[ж🏔]{1,50}|\n", 0..200)
        ) {
            let text = text.join(" ");
            let split = parts(&text);
            for part in &split {
                prop_assert!(segments(part) <= MAX_SEGMENTS);
                prop_assert!(part.lines().all(|line| line.chars().count() <= MAX_LINE));
            }
            let numbered = usize::from(split.len() > 1);
            let sent: String = split.iter().flat_map(|part| part.lines().skip(numbered)).collect();
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&sent), letters(&text));
        }
    }
}
