//! The official test vectors of PASETO v4.local and of PASERK's k4.local and k4.lid.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use pasetors::{
    Local,
    keys::SymmetricKey,
    paserk::{FormatAsPaserk, Id},
    token::UntrustedToken,
    version4::{LocalToken, V4},
};
use serde_json::Value;

fn tests(text: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(text).unwrap();
    file["tests"].as_array().unwrap().clone()
}

fn text<'v>(test: &'v Value, field: &str) -> &'v str {
    test[field].as_str().unwrap_or_default()
}

fn key(hex: &str) -> Option<SymmetricKey<V4>> {
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    SymmetricKey::from(&bytes).ok()
}

fn paserk(value: &impl FormatAsPaserk) -> String {
    let mut written = String::new();
    value.fmt(&mut written).unwrap();
    written
}

fn opened(test: &Value) -> Option<String> {
    let key = key(test["key"].as_str()?)?;
    let token = UntrustedToken::<Local, V4>::try_from(text(test, "token")).ok()?;
    let footer = Some(text(test, "footer").as_bytes()).filter(|footer| !footer.is_empty());
    let implicit = text(test, "implicit-assertion").as_bytes();
    let trusted = LocalToken::decrypt(&key, &token, footer, Some(implicit)).ok()?;
    Some(trusted.payload().to_owned())
}

#[test]
fn paseto_v4_local() {
    let vectors = tests(include_str!("vectors/paseto-v4.json"));
    let mut run = 0;
    for test in vectors
        .iter()
        .filter(|test| !text(test, "name").starts_with("4-S-"))
    {
        let expected = test["payload"].as_str().map(str::to_owned);
        assert_eq!(
            expected.is_none(),
            test["expect-fail"].as_bool().unwrap(),
            "{test}"
        );
        assert_eq!(opened(test), expected, "{}", text(test, "name"));
        run += 1;
    }
    assert_eq!(run, 15);
}

#[test]
fn paserk_k4_local() {
    let vectors = tests(include_str!("vectors/paserk-k4-local.json"));
    assert_eq!(vectors.len(), 5);
    for test in vectors {
        let read = SymmetricKey::<V4>::try_from(text(&test, "paserk")).ok();
        assert_eq!(read.is_none(), test["expect-fail"].as_bool().unwrap(), "{test}");
        if let Some(read) = read {
            let made = key(text(&test, "key")).unwrap();
            assert!(read == made, "{test}");
            assert_eq!(paserk(&made), text(&test, "paserk"));
        }
    }
}

#[test]
fn paserk_k4_lid() {
    let vectors = tests(include_str!("vectors/paserk-k4-lid.json"));
    assert_eq!(vectors.len(), 4);
    for test in vectors {
        let id = key(text(&test, "key")).map(|key| paserk(&Id::from(&key)));
        assert_eq!(id.as_deref(), test["paserk"].as_str(), "{test}");
        assert_eq!(id.is_none(), test["expect-fail"].as_bool().unwrap(), "{test}");
    }
}
