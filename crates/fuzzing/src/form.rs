//! Forms, as OAuth2 clients and browsers post them.

use thunderbird_server::http::extract::form;

use crate::input;

/// A body.
pub fn check(bytes: &[u8]) {
    let Ok(mut read) = form::parse(bytes) else {
        return;
    };
    let other: Vec<(String, String)> = form_urlencoded::parse(bytes).into_owned().collect();
    let names: Vec<String> = read.names().map(str::to_owned).collect();
    assert_eq!(names.len(), other.len(), "{:?}", input::text(bytes));
    assert!(names.len() <= 64);
    let only_names: std::collections::BTreeSet<&String> = names.iter().collect();
    assert_eq!(
        format!("{read:?}"),
        format!("{only_names:?}"),
        "a value is printed"
    );
    for (name, value) in other {
        assert_eq!(read.take(&name), Some(value), "{name:?}");
        assert_eq!(read.take(&name), None, "{name:?} twice");
    }
    assert_eq!(read.names().next(), None);
}
