//! `Json<T>`: a strict JSON document.
//!
//! Malformed text or a member given twice is 400; an unknown, missing or wrongly typed member is 422 and named. No
//! answer repeats a value.

use std::{cell::RefCell, fmt};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::StatusCode};
use futures_util::future::LocalBoxFuture;
use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer as _, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{body, document::Document};
use crate::http::problem::{FieldError, Problem};

/// The request's JSON document as a `T`. Members that `T` does not have are refused.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = body::has_type(request, "application/json");
        let body = body::read(request.clone(), payload.take());
        Box::pin(async move {
            if !is_json {
                return Err(body::wrong_type("application/json"));
            }
            parse(&body.await?).map(Self)
        })
    }
}

/// Reads `bytes` as one object and that as a `T`.
///
/// # Errors
///
/// 400 for what is not JSON, 422 for what is not a `T`.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let Document(value) = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    let Value::Object(members) = value else {
        let refusal = FieldError::new("", "type", "The document must be a JSON object.");
        return Err(Problem::invalid(vec![refusal]));
    };
    read_all(members).map_err(Problem::invalid)
}

/// Reads `members`, or names every one that is wrong and not only the first: what is refused is replaced by an empty
/// text, which fits the members of our requests, and the rest is read again until nothing new is wrong.
fn read_all<T: DeserializeOwned>(mut members: Map<String, Value>) -> Result<T, Vec<FieldError>> {
    let mut refused: Vec<FieldError> = Vec::new();
    loop {
        let mut found = match read(members.clone()) {
            Ok(document) if refused.is_empty() => return Ok(document),
            Ok(_) => return Err(refused),
            Err(Refusal(found)) => found,
        };
        found.retain(|error| refused.iter().all(|known| known.field != error.field));
        if found.is_empty() {
            return Err(refused);
        }
        for error in &found {
            members.remove(&*error.field);
            if error.code != "unknown" {
                members.insert(error.field.to_string(), Value::String(String::new()));
            }
        }
        refused.append(&mut found);
    }
}

fn read<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, Refusal> {
    let current = &RefCell::new(String::new());
    T::deserialize(Members { members, current })
}

fn malformed(error: &serde_json::Error) -> Problem {
    if error.is_data() {
        return Problem::new(
            StatusCode::BAD_REQUEST,
            "duplicate-member",
            "A member of the JSON document is given twice.",
        );
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed-json",
        format!(
            "The body is not valid JSON (line {}, column {}).",
            error.line(),
            error.column()
        ),
    )
}

/// The refused members of a document.
#[derive(Debug)]
struct Refusal(Vec<FieldError>);

impl Refusal {
    fn one(field: String, code: &'static str, message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self(vec![FieldError::new(field, code, message)])
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} members refused", self.0.len())
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::one(String::new(), "invalid", "The document is not valid.")
    }

    fn missing_field(field: &'static str) -> Self {
        Self::one(field.to_owned(), "required", "This member is required.")
    }
}

/// A top-level object that remembers which member is being read.
struct Members<'a> {
    members: Map<String, Value>,
    current: &'a RefCell<String>,
}

impl<'de> Deserializer<'de> for Members<'_> {
    type Error = Refusal;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let unknown: Vec<_> = self
            .members
            .keys()
            .filter(|name| !fields.contains(&name.as_str()))
            .map(|name| FieldError::new(shortened(name), "unknown", "There is no such member."))
            .collect();
        if !unknown.is_empty() {
            return Err(Refusal(unknown));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_map(Walk {
            rest: self.members.into_iter(),
            value: None,
            current: self.current,
        })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A name that is safe to send back whole.
fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

struct Walk<'a> {
    rest: serde_json::map::IntoIter,
    value: Option<Value>,
    current: &'a RefCell<String>,
}

impl<'de> MapAccess<'de> for Walk<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        self.current.replace(name.clone());
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let value = self.value.take().unwrap_or_default();
        seed.deserialize(value).map_err(|error| {
            Refusal::one(
                self.current.borrow().clone(),
                "type",
                expected(&error.to_string()),
            )
        })
    }
}

/// What serde wanted, without what it was given.
fn expected(said: &str) -> String {
    match said.rsplit_once(", expected ") {
        Some((_, wanted)) if wanted.len() <= 80 => format!("This member must be {wanted}."),
        _ => "This member has the wrong type or value.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{ResponseError as _, body::MessageBody as _};
    use proptest::prelude::*;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Sample {
        email: String,
        password: String,
        age: Option<u8>,
    }

    fn refusal(text: &str) -> (u16, Value) {
        let problem = parse::<Sample>(text.as_bytes()).unwrap_err();
        let body = problem.error_response().into_body().try_into_bytes().unwrap();
        (problem.status().as_u16(), serde_json::from_slice(&body).unwrap())
    }

    #[test]
    fn a_plain_document_is_read() {
        let sample: Sample = parse(br#" {"email":"a","password":"b"} "#).unwrap();
        assert_eq!(
            sample,
            Sample {
                email: "a".into(),
                password: "b".into(),
                age: None
            }
        );
    }

    #[test]
    fn what_is_not_json_is_400() {
        for text in ["", "{", "{\"email\":}", "{\"a\":1} x", "{'a':1}", "\u{1}", "NaN"] {
            let (status, body) = refusal(text);
            assert_eq!(
                (status, &body["type"]),
                (400, &"/problems/malformed-json".into()),
                "{text}"
            );
        }
        assert_eq!(
            parse::<Sample>(b"{\"email\":\"\xff\"}").unwrap_err().status(),
            400
        );
        let deep = "[".repeat(100_000);
        assert_eq!(refusal(&deep).0, 400);
    }

    #[test]
    fn a_member_given_twice_is_400_at_any_depth() {
        for text in [
            r#"{"email":"a","email":"b","password":"c"}"#,
            r#"{"email":"a","\u0065mail":"b","password":"c"}"#,
            r#"{"email":{"x":1,"x":2},"password":"c"}"#,
            r#"{"other":[{"x":1,"x":2}]}"#,
        ] {
            let (status, body) = refusal(text);
            assert_eq!(
                (status, &body["type"]),
                (400, &"/problems/duplicate-member".into()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_wrong_member_is_422_and_named() {
        for (text, field, code) in [
            (r#"{"email":"a"}"#, "password", "required"),
            (r#"{"email":"a","password":null}"#, "password", "type"),
            (r#"{"email":["a"],"password":"b"}"#, "email", "type"),
            (r#"{"email":"a","password":"b","age":-1}"#, "age", "type"),
            (r#"{"email":"a","password":"b","admin":true}"#, "admin", "unknown"),
            ("[]", "", "type"),
            ("\"x\"", "", "type"),
        ] {
            let (status, body) = refusal(text);
            assert_eq!(status, 422, "{text}");
            assert_eq!(body["errors"][0]["field"], field, "{text}");
            assert_eq!(body["errors"][0]["code"], code, "{text}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        for (text, fields) in [
            ("{}", &["email", "password"][..]),
            (r#"{"x":1,"y":2}"#, &["x", "y", "email", "password"]),
            (r#"{"email":1}"#, &["email", "password"]),
            (
                r#"{"email":null,"password":["b"],"x":1}"#,
                &["x", "email", "password"],
            ),
        ] {
            let (_, body) = refusal(text);
            let errors = body["errors"].as_array().unwrap();
            let named: Vec<_> = errors
                .iter()
                .map(|error| error["field"].as_str().unwrap())
                .collect();
            assert_eq!(named, fields, "{text}");
        }
    }

    #[test]
    fn no_refusal_repeats_a_value() {
        for text in [
            r#"{"email":"a","password":["hunter2"]}"#,
            r#"{"email":"a","password":"b","age":"hunter2, expected x"}"#,
            r#"{"email":"a","password":{"hunter2":1}}"#,
        ] {
            assert!(!refusal(text).1.to_string().contains("hunter2"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse::<Sample>(&bytes);
        }

        #[test]
        fn what_serde_accepts_without_duplicates_is_accepted_alike(email in "\\PC{0,20}", age in proptest::option::of(any::<u8>())) {
            let text = serde_json::json!({"email": email, "password": "p", "age": age}).to_string();
            let sample: Sample = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(sample, Sample { email, password: "p".into(), age });
        }
    }
}
