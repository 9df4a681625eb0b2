//! Which part of a list is asked for.

use thunderbird_server::http::extract::{Page, PageQuery};

use crate::input;

/// A query string.
pub fn check(bytes: &[u8]) {
    let query = input::text(bytes);
    let Ok(asked) = PageQuery::parse(&query) else {
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
    let again = PageQuery::parse(&format!("cursor={next}")).expect("our own cursor");
    assert_eq!(again.before, Some(last));
}

/// The cursor that stands under a page which ends with row `id`.
fn cursor_of(id: i64) -> Option<String> {
    let page = PageQuery {
        limit: 1,
        before: None,
    };
    Page::of(page, vec![id, id], |id| *id, |_| ()).next_cursor
}
