//! As much of HTTP/1.1 as an answer needs.

/// What is looked at of an answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// Whether it says when to come back.
    pub retry_after: bool,
    /// Whether the connection ends with it.
    pub closes: bool,
    /// Where the body begins.
    pub body_at: usize,
    /// Where the answer ends, unless its body comes in chunks.
    pub ends_at: Option<usize>,
}

/// The head of an answer, once all of it is there.
pub fn head(bytes: &[u8]) -> Option<Head> {
    let mut lines = Lines { bytes, at: 0 };
    let first = lines.next()?;
    let mut head = Head {
        status: number(first.get(9..12)?)?.try_into().ok()?,
        retry_after: false,
        closes: false,
        body_at: 0,
        ends_at: None,
    };
    let (mut length, mut chunked) = (0, false);
    loop {
        let line = lines.next()?;
        match line.first().map(u8::to_ascii_lowercase) {
            None => break,
            Some(b'c') => {
                if let Some(value) = field(line, "content-length") {
                    length = number(value)?;
                } else if field(line, "connection").is_some_and(|value| value.eq_ignore_ascii_case(b"close"))
                {
                    head.closes = true;
                }
            }
            Some(b't') => chunked |= field(line, "transfer-encoding").is_some(),
            Some(b'r') => head.retry_after |= field(line, "retry-after").is_some(),
            Some(_) => {}
        }
    }
    head.body_at = lines.at;
    head.ends_at = (!chunked).then_some(lines.at + length);
    Some(head)
}

/// The head of the answer, once all of the answer is there.
pub fn whole(bytes: &[u8]) -> Option<Head> {
    let head = head(bytes)?;
    let complete = match head.ends_at {
        Some(end) => bytes.len() >= end,
        None => bytes.ends_with(b"\r\n0\r\n\r\n"),
    };
    complete.then_some(head)
}

struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        self.at += end + 1;
        rest.get(..end.checked_sub(1)?)
    }
}

fn field<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (found, value) = line.split_at_checked(name.len())?;
    let value = value.strip_prefix(b":")?;
    found
        .eq_ignore_ascii_case(name.as_bytes())
        .then(|| value.trim_ascii())
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is_there() {
        let answer = b"HTTP/1.1 503 Service Unavailable\r\nRETRY-AFTER: 1\r\nContent-Length: 3\r\n\r\nabc";
        for end in 0..answer.len() {
            assert_eq!(whole(answer.get(..end).unwrap()), None, "{end}");
        }
        let found = whole(answer).unwrap();
        assert_eq!(
            (found.status, found.retry_after, found.closes),
            (503, true, false)
        );
        assert_eq!(answer.get(found.body_at..).unwrap(), b"abc");
    }

    #[test]
    fn an_answer_may_come_in_chunks_and_may_end_its_connection() {
        let answer =
            b"HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        assert_eq!(whole(answer.get(..answer.len() - 2).unwrap()), None);
        let found = whole(answer).unwrap();
        assert_eq!((found.status, found.closes, found.ends_at), (200, true, None));
    }

    #[test]
    fn what_is_no_answer_is_never_whole() {
        assert_eq!(whole(b"\n\n\n\n"), None);
        assert_eq!(whole(b"HTTP/1.1 abc OK\r\n\r\n"), None);
        assert_eq!(whole(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), None);
    }
}
