//! Which part of a list is asked for.

use thunderbird_server::http::extract::{Page, PageQuery};

use crate::input;

const LIST: &str = "/api/user/messages";
const OTHER: &str = "/api/user/contacts";

/// A query string.
pub fn check(bytes: &[u8]) {
    let query = input::text(bytes);
    let Ok(asked) = PageQuery::parse(LIST, &query) else {
        return;
    };
    assert!((1..=100).contains(&asked.limit), "{query:?}");
    assert!(asked.before.is_none_or(|before| before > 0), "{query:?}");
    assert_eq!(asked.rows(), asked.limit + 1);
    let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    for (name, value) in &fields {
        match name.as_str() {
            "limit" => assert_eq!(value.parse(), Ok(asked.limit)),
            "cursor" => assert_eq!(Some(value), cursor_of(asked.before.expect("a row")).as_ref()),
            other => panic!("{other:?} is no parameter of ours"),
        }
    }
    let last = asked.before.unwrap_or(i64::MAX).saturating_sub(1).max(1);
    let next = cursor_of(last).expect("a further page");
    let next = format!("cursor={next}");
    let again = PageQuery::parse(LIST, &next).expect("our own cursor");
    assert_eq!(again.before, Some(last));
    assert!(
        PageQuery::parse(OTHER, &next).is_err(),
        "a cursor belongs to one list"
    );
}

/// The cursor that stands under a page which ends with row `id`.
fn cursor_of(id: i64) -> Option<String> {
    let page = PageQuery::parse(LIST, "limit=1").expect("a page of one");
    Page::of(&page, vec![id, id], |id| *id, |_| ()).next_cursor
}
