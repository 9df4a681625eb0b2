//! `Form`: `application/x-www-form-urlencoded`, each field once.

use std::collections::BTreeMap;

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::StatusCode};
use futures_util::future::LocalBoxFuture;

use super::body;
use crate::http::problem::Problem;

const TYPE: &str = "application/x-www-form-urlencoded";
/// Most fields a form may have; the largest of ours and of Twilio's have far fewer.
const MAX_FIELDS: usize = 64;

/// The fields of a form. It prints only their names: a field may be a password.
pub struct Form(BTreeMap<String, String>);

impl Form {
    /// Takes a field out; `None` when it was not sent.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// The fields that are left, in the order of their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromRequest for Form {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = body::has_type(request, TYPE);
        let body = body::read(request.clone(), payload.take());
        Box::pin(async move {
            if !is_form {
                return Err(body::wrong_type(TYPE));
            }
            parse(&body.await?)
        })
    }
}

/// Reads a form.
///
/// # Errors
///
/// 400 for a broken escape, text that is not UTF-8, a field given twice, or over 64 fields.
pub fn parse(bytes: &[u8]) -> Result<Form, Problem> {
    let mut fields = BTreeMap::new();
    for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let value = decode(halves.next().unwrap_or_default())?;
        if fields.len() == MAX_FIELDS {
            return Err(malformed("The form has too many fields."));
        }
        if fields.insert(name, value).is_some() {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "duplicate-field",
                "A field of the form is given twice.",
            ));
        }
    }
    Ok(Form(fields))
}

fn decode(escaped: &[u8]) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (
                rest.next().copied().and_then(hex),
                rest.next().copied().and_then(hex),
            ) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(malformed("The form has a broken escape.")),
            },
            other => *other,
        });
    }
    String::from_utf8(bytes).map_err(|_| malformed("The form is not UTF-8."))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

fn malformed(detail: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed-form", detail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_decoded() {
        let mut form = parse(b"username=ada%40example.org&password=a+b%2Bc&empty=&flag").unwrap();
        assert_eq!(form.take("username").as_deref(), Some("ada@example.org"));
        assert_eq!(form.take("password").as_deref(), Some("a b+c"));
        assert_eq!(form.take("empty").as_deref(), Some(""));
        assert_eq!(form.names().collect::<Vec<_>>(), ["flag"]);
        assert_eq!(form.take("missing"), None);
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_400() {
        for (text, slug) in [
            (&b"a=1&a=2"[..], "duplicate-field"),
            (b"a=1&%61=2", "duplicate-field"),
            (b"a=%4", "malformed-form"),
            (b"a=%zz", "malformed-form"),
            (b"a=%ff", "malformed-form"),
        ] {
            let problem = parse(text).unwrap_err();
            assert_eq!((problem.status().as_u16(), problem.slug()), (400, slug));
        }
        let many = (0..65).map(|n| format!("f{n}=")).collect::<Vec<_>>().join("&");
        assert_eq!(parse(many.as_bytes()).unwrap_err().slug(), "malformed-form");
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(value in "\\PC{0,40}") {
            let text: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let mut form = parse(format!("v={text}").as_bytes()).unwrap();
            prop_assert_eq!(form.take("v").unwrap(), value);
        }
    }
}
