//! The passwords that are tried first: refused when a new one is chosen.
//!
//! `common_passwords.txt` holds them sorted by bytes, one a line, in lower case, each of at least eight characters.
//! Its sources and licences are in NOTICE.

use std::cmp::Ordering;

const LIST: &str = include_str!("common_passwords.txt");

/// Whether a password in lower case is on the list.
pub fn contains(folded: &str) -> bool {
    let mut rest = LIST;
    loop {
        let Some((before, line, after)) = middle_line(rest) else {
            return false;
        };
        match folded.cmp(line) {
            Ordering::Equal => return true,
            Ordering::Less => rest = before,
            Ordering::Greater => rest = after,
        }
    }
}

/// The line in the middle of some whole lines, what stands before it and what after it.
fn middle_line(lines: &str) -> Option<(&str, &str, &str)> {
    let (head, _) = lines.split_at_checked(lines.len() / 2)?;
    let start = head.rfind('\n').map_or(0, |end| end.saturating_add(1));
    let (before, from_here) = lines.split_at_checked(start)?;
    let (line, after) = from_here.split_once('\n')?;
    Some((before, line, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_sorted_folded_and_plain() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.len() >= 10_000, "{}", lines.len());
        assert!(lines.is_sorted_by(|left, right| left < right));
        for line in lines {
            assert!(line.len() >= 8 && line.is_ascii(), "{line}");
            assert!(
                !line
                    .bytes()
                    .any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_control()),
                "{line}"
            );
        }
    }

    #[test]
    fn every_line_is_found_and_its_neighbours_are_not() {
        for line in LIST.lines() {
            assert!(contains(line), "{line}");
        }
        for stranger in [
            "",
            "\n",
            " ",
            "kea nest on high",
            "~~~~~~~~~~~~~~~",
            "password\n12345678",
        ] {
            assert!(!contains(stranger), "{stranger}");
        }
    }
}
