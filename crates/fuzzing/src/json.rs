//! JSON documents, read strictly.

use serde::Deserialize;
use serde_json::Value;
use thunderbird_server::http::extract::json;

const CANARY: &str = "canary-7f3a";

/// Members of every kind that our documents have.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    email: String,
    password: Option<String>,
    confirm: Option<bool>,
    limit: Option<u32>,
    words: Option<Vec<String>>,
}

/// A body.
pub fn check(bytes: &[u8]) {
    let strict = json::parse::<Sample>(bytes);
    let plain = serde_json::from_slice::<Value>(bytes).ok();
    let unique = plain
        .as_ref()
        .filter(|document| colons(bytes) == members(document));
    let expected = unique
        .filter(|document| document.is_object())
        .and_then(|document| serde_json::from_value::<Sample>(document.clone()).ok());
    match strict {
        Ok(read) => assert_eq!(Some(read), expected),
        Err(refusal) => {
            assert_eq!(expected, None, "refused: {refusal:?}");
            let status = refusal.status().as_u16();
            let wanted = if unique.is_some() { 422 } else { 400 };
            assert_eq!(status, wanted, "{refusal:?}");
        }
    }
    if let Some(document) = plain {
        let marked = marked(document).to_string();
        if let Err(refusal) = json::parse::<Sample>(marked.as_bytes()) {
            assert!(!format!("{refusal:?}").contains(CANARY), "a value is repeated");
        }
    }
}

/// Colons outside of texts: in a valid document, one for each member that is written.
fn colons(document: &[u8]) -> usize {
    let (mut inside, mut escaped, mut count) = (false, false, 0);
    for byte in document {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b':' if !inside => count += 1,
            _ => {}
        }
    }
    count
}

/// Members that are left when the last of each name wins.
fn members(document: &Value) -> usize {
    match document {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(named) => named.len() + named.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// The document with a canary in every text.
fn marked(document: Value) -> Value {
    match document {
        Value::String(text) => Value::String(format!("{CANARY}{text}")),
        Value::Array(items) => items.into_iter().map(marked).collect(),
        Value::Object(named) => named
            .into_iter()
            .map(|(name, value)| (name, marked(value)))
            .collect(),
        other => other,
    }
}
