//! `.env`: lines of NAME=value, as the diesel command reads them too.

/// The pairs, or the number of a line that is none.
pub fn lines(text: &str) -> impl Iterator<Item = Result<(String, String), usize>> {
    text.lines().zip(1..).filter_map(|(line, number)| {
        let line = line.trim();
        (!line.is_empty() && !line.starts_with('#')).then(|| pair(line).ok_or(number))
    })
}

fn pair(line: &str) -> Option<(String, String)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let well_formed = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte));
    well_formed.then_some(())?;
    Some((name.to_owned(), unquoted(value.trim())?))
}

/// `'as it stands'`, `"with \" escapes"`, or bare up to ` #`.
fn unquoted(value: &str) -> Option<String> {
    if let Some(rest) = value.strip_prefix('\'') {
        let (inside, after) = rest.split_once('\'')?;
        return is_comment(after).then(|| inside.to_owned());
    }
    if let Some(rest) = value.strip_prefix('"') {
        return double_quoted(rest);
    }
    let bare = value.split_once(" #").map_or(value, |(bare, _)| bare);
    Some(bare.trim_end().to_owned())
}

fn double_quoted(rest: &str) -> Option<String> {
    let mut inside = String::new();
    let mut letters = rest.chars();
    loop {
        match letters.next()? {
            '"' => return is_comment(letters.as_str()).then_some(inside),
            '\\' => match letters.next()? {
                'n' => inside.push('\n'),
                escaped @ ('"' | '\\' | '$') => inside.push(escaped),
                _ => return None,
            },
            letter => inside.push(letter),
        }
    }
}

fn is_comment(after: &str) -> bool {
    let after = after.trim();
    after.is_empty() || after.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_diesel_reads_them() {
        let text = "# comment\n\nA=1\nexport B = two words \nC='#x y' # c\nD=\"a\\\"b\\n\"\nE=\nF=x#y #z\n";
        let pairs: Vec<_> = lines(text).map(Result::unwrap).collect();
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "#x y"),
            ("D", "a\"b\n"),
            ("E", ""),
            ("F", "x#y"),
        ];
        assert_eq!(
            pairs,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn what_is_no_pair_is_named_by_its_line() {
        let wrong: Vec<_> = lines("A=1\nhello\n=x\nB=\"open\nC='a'b\n")
            .filter_map(Result::err)
            .collect();
        assert_eq!(wrong, [2, 3, 4, 5]);
    }
}
