//! Lists: `?limit=1..100` (50) `&cursor=`, newest first, answered as `{items, next_cursor}`.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use super::form;
use crate::http::problem::{FieldError, Problem};

/// Items of a page when the client does not say.
pub const DEFAULT_LIMIT: u32 = 50;
/// Most items of a page.
pub const MAX_LIMIT: u32 = 100;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery {
    /// How many items at most.
    pub limit: u32,
    /// Only items whose id is below this one.
    pub before: Option<i64>,
    /// The list's address: a cursor of another list is none of this one.
    list: Box<str>,
}

/// A part of a list, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// At most `limit` items.
    pub items: Vec<T>,
    /// Send it as `cursor` to get what follows; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of `rows`, which were asked for with one more than the limit so that an end is known as one.
    pub fn of<R>(
        query: &PageQuery,
        mut rows: Vec<R>,
        id: impl Fn(&R) -> i64,
        show: impl FnMut(R) -> T,
    ) -> Self {
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows
            .last()
            .filter(|_| more)
            .map(|last| cursor(&query.list, id(last)));
        Self {
            items: rows.into_iter().map(show).collect(),
            next_cursor,
        }
    }
}

impl PageQuery {
    /// The number of rows to ask the store for: one more than are shown.
    pub fn rows(&self) -> u32 {
        self.limit.saturating_add(1)
    }

    /// Reads the query string of a request for `list`.
    ///
    /// # Errors
    ///
    /// 400 `bad-cursor`; 422 for a limit outside 1 to 100 or an unknown parameter.
    pub fn parse(list: &str, query: &str) -> Result<Self, Problem> {
        let mut fields = form::parse(query.as_bytes())?;
        let limit = match fields.take("limit") {
            None => DEFAULT_LIMIT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MAX_LIMIT).contains(limit))
                .ok_or_else(|| {
                    Problem::invalid_field("limit", "range", "The limit is a number from 1 to 100.")
                })?,
        };
        let before = match fields.take("cursor") {
            None => None,
            Some(text) => Some(position(list, &text).ok_or_else(Problem::bad_cursor)?),
        };
        let unknown: Vec<_> = fields
            .names()
            .map(|name| FieldError::new(name.to_owned(), "unknown", "There is no such parameter."))
            .collect();
        if unknown.is_empty() {
            Ok(Self {
                limit,
                before,
                list: list.into(),
            })
        } else {
            Err(Problem::invalid(unknown))
        }
    }
}

impl FromRequest for PageQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let list = request.match_pattern().unwrap_or_default();
        ready(Self::parse(&list, request.query_string()))
    }
}

/// A cursor is opaque to clients, so that what it holds can change.
fn cursor(list: &str, id: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}:{id}"))
}

fn position(list: &str, cursor: &str) -> Option<i64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let id: i64 = text.strip_prefix(list)?.strip_prefix(':')?.parse().ok()?;
    (id > 0 && self::cursor(list, id) == cursor).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_walked_to_its_end() {
        let stored: Vec<i64> = (1..=7).rev().collect();
        let (mut seen, mut query) = (Vec::new(), String::from("limit=3"));
        loop {
            let asked = PageQuery::parse("/list", &query).unwrap();
            let rows: Vec<i64> = stored
                .iter()
                .copied()
                .filter(|id| asked.before.is_none_or(|before| *id < before))
                .take(asked.rows() as usize)
                .collect();
            let page = Page::of(&asked, rows, |id| *id, |id| id);
            assert!(page.items.len() <= 3);
            seen.extend(page.items);
            match page.next_cursor {
                Some(next) => query = format!("limit=3&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, stored);
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for (query, status) in [
            ("limit=0", 422),
            ("limit=101", 422),
            ("limit=ten", 422),
            ("offset=1", 422),
            ("limit=1&limit=2", 400),
            ("cursor=", 400),
            ("cursor=7", 400),
            (&format!("cursor={}", cursor("/list", -1)), 400),
            (&format!("cursor={}", cursor("/other", 1)), 400),
            (&format!("cursor={}", URL_SAFE_NO_PAD.encode("/list:+7")), 400),
            (&format!("cursor={}", URL_SAFE_NO_PAD.encode("/list:07")), 400),
        ] {
            let refused = PageQuery::parse("/list", query).unwrap_err();
            assert_eq!(refused.status(), status, "{query}");
        }
        assert_eq!(PageQuery::parse("/list", "").unwrap().limit, 50);
        let own = format!("cursor={}", cursor("/list", 1));
        assert_eq!(PageQuery::parse("/list", &own).unwrap().before, Some(1));
    }
}
