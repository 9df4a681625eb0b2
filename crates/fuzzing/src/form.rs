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
    let printed = format!("{read:?}");
    for (name, value) in other {
        if value.len() > 8 && !names.iter().any(|name| format!("{name:?}").contains(&value)) {
            assert!(!printed.contains(&value), "a value is printed");
        }
        assert_eq!(read.take(&name), Some(value), "{name:?}");
        assert_eq!(read.take(&name), None, "{name:?} twice");
    }
    assert_eq!(read.names().next(), None);
}
