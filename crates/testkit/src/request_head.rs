//! The head of a request over HTTP/1.1, as the fakes on loopback read it.

use std::io;

use tokio::{io::AsyncReadExt as _, net::TcpStream};

/// What ends a head (RFC 9112, section 2.1).
const END: &[u8] = b"\r\n\r\n";

/// The head of the next request without the empty line that ends it; `None` at the end of the connection. What follows
/// the head stays in `buffered`.
pub(crate) async fn read_head(stream: &mut TcpStream, buffered: &mut Vec<u8>) -> io::Result<Option<String>> {
    loop {
        if let Some(end) = buffered.windows(END.len()).position(|window| window == END) {
            let head = String::from_utf8_lossy(buffered.get(..end).unwrap_or_default()).into_owned();
            buffered.drain(..end + END.len());
            return Ok(Some(head));
        }
        if stream.read_buf(buffered).await? == 0 {
            return Ok(None);
        }
    }
}

/// The headers below the first line, each with its name as it was sent.
pub(crate) fn headers<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect()
}
