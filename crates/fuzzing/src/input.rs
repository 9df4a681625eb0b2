//! Cutting a fuzzer's bytes into what a parser takes.

use std::borrow::Cow;

/// The bytes as text; what is not UTF-8 is replaced.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The first line, and everything behind it.
pub fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

/// Exactly `N` fields that are separated by line ends; the last one has the rest, missing ones are empty.
pub fn fields<const N: usize>(bytes: &[u8]) -> [Cow<'_, str>; N] {
    let mut rest = bytes;
    std::array::from_fn(|place| {
        if place + 1 == N {
            return text(rest);
        }
        let (line, after) = first_line(rest);
        rest = after;
        text(line)
    })
}
