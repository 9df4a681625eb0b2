//! Requests as bytes on the wire, made before anything is measured.

/// Requests in order, one after the other in one block of memory.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    next: usize,
    around: bool,
}

impl Requests {
    /// Requests that are sent again from the beginning when the last one was sent.
    pub fn around(requests: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self {
            around: true,
            ..Self::once(requests)
        }
    }

    /// Requests of which each is sent once.
    pub fn once(requests: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut all = Self::default();
        for request in requests {
            all.bytes.extend_from_slice(&request);
            all.ends.push(all.bytes.len());
        }
        all
    }

    /// Whether there is another one to send.
    pub fn has_next(&self) -> bool {
        !self.ends.is_empty() && (self.around || self.next < self.ends.len())
    }

    /// The next one to send; `None` when all are.
    pub fn next(&mut self) -> Option<&[u8]> {
        if self.around && self.next == self.ends.len() {
            self.next = 0;
        }
        let end = *self.ends.get(self.next)?;
        let start = match self.next {
            0 => 0,
            place => *self.ends.get(place - 1)?,
        };
        self.next += 1;
        self.bytes.get(start..end)
    }
}

/// A request without a body; `more` are whole header lines.
pub fn get(path: &str, more: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n").into_bytes()
}

/// A form.
pub fn post_form<N: AsRef<str>, V: AsRef<str>>(path: &str, more: &str, form: &[(N, V)]) -> Vec<u8> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    post(
        path,
        &format!("Content-Type: application/x-www-form-urlencoded\r\n{more}"),
        &body,
    )
}

/// JSON; `more` are whole header lines.
pub fn post_json(path: &str, more: &str, json: &serde_json::Value) -> Vec<u8> {
    post(
        path,
        &format!("Content-Type: application/json\r\n{more}"),
        &json.to_string(),
    )
}

/// A request that something be gone; `more` are whole header lines.
pub fn delete(path: &str, more: &str) -> Vec<u8> {
    format!("DELETE {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n").into_bytes()
}

/// The header line of a client that is signed in.
pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

fn post(path: &str, more: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}Content-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_in_order_once_or_around() {
        let two = || [b"one".to_vec(), b"three".to_vec()];
        let mut once = Requests::once(two());
        assert_eq!(once.next(), Some(&b"one"[..]));
        assert_eq!(once.next(), Some(&b"three"[..]));
        assert_eq!((once.has_next(), once.next()), (false, None));
        let mut around = Requests::around(two());
        assert!(around.has_next() && !Requests::around([]).has_next());
        let sent: Vec<_> = (0..3).map(|_| around.next().unwrap().to_vec()).collect();
        assert_eq!(sent, [b"one".to_vec(), b"three".to_vec(), b"one".to_vec()]);
        assert_eq!(Requests::around([]).next(), None);
    }

    #[test]
    fn a_form_is_written_with_its_length() {
        let request = post_form("/a", "X: y\r\n", &[("b", "c d&")]);
        let text = String::from_utf8(request).unwrap();
        assert!(text.starts_with("POST /a HTTP/1.1\r\n"), "{text}");
        assert!(
            text.ends_with("X: y\r\nContent-Length: 8\r\n\r\nb=c+d%26"),
            "{text}"
        );
    }
}
