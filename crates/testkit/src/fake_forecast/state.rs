//! What the weather service knows, and what it was asked.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{bodies::Weather, fault::Fault};

#[derive(Default)]
pub(super) struct State {
    book: Mutex<Book>,
}

#[derive(Default)]
pub(super) struct Book {
    pub(super) asked: Vec<Request>,
    pub(super) fault: Option<Fault>,
    pub(super) weather: Weather,
    pub(super) delay: Duration,
    pub(super) expires: Option<String>,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Path and query.
    pub target: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl State {
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
