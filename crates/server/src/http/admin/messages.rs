//! `GET /admin/messages`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;
use thunderbird_domain::{
    admin::{MessageFilter, MessageLine},
    random::Tag,
    time::Timestamp,
};

use super::{
    PAGE,
    frame::{self, Frame},
    notice::Notice,
    users::number_prefix,
    view::{
        Eyes, older,
        texts::{MessageView, STATES},
        visible,
    },
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, Seat},
    problem::Problem,
};

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    state: String,
    error: String,
    phone: String,
    since: String,
    until: String,
    before: Option<i64>,
    notice: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/messages.html")]
struct MessagesPage {
    frame: Frame,
    filter: Search,
    states: &'static [&'static str],
    messages: Vec<MessageView>,
    older: String,
    nonce: String,
    revealed: bool,
}

/// Texts by state, error, number and day, newest first.
///
/// # Errors
///
/// As everywhere in the console.
pub async fn handle(
    seat: Seat,
    query: Query<Search>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let search = query.into_inner();
    let found = app.console.reader.messages(filter(&search, &app), PAGE).await?;
    let filters = [
        ("state", &*search.state),
        ("error", &*search.error),
        ("phone", &*search.phone),
        ("since", &*search.since),
        ("until", &*search.until),
    ];
    let page = MessagesPage {
        frame: Frame::of(&seat, "/admin/messages", Notice::named(search.notice.as_deref())),
        states: STATES,
        messages: found
            .items
            .iter()
            .map(|line| MessageView::of(line, Eyes::Masked))
            .collect(),
        older: older("/admin/messages", &filters, found.next),
        nonce: nonce(&app),
        revealed: false,
        filter: Search {
            error: visible(&search.error),
            phone: visible(&search.phone),
            since: visible(&search.since),
            until: visible(&search.until),
            ..search
        },
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}

/// What the send forms of this page are called.
fn nonce(app: &App) -> String {
    Tag::draw(app.console.entropy.as_ref()).to_string()
}

/// One text on a page of its own, unmasked.
pub(super) fn render_revealed(app: &App, seat: &Seat, line: &MessageLine) -> Result<HttpResponse, Problem> {
    let page = MessagesPage {
        frame: Frame::of(seat, "/admin/messages", None),
        states: STATES,
        messages: vec![MessageView::of(line, Eyes::Revealed)],
        older: String::new(),
        nonce: nonce(app),
        revealed: true,
        filter: Search::default(),
    };
    frame::page(StatusCode::OK, &page)
}

fn filter(search: &Search, app: &App) -> MessageFilter {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let one_day = std::time::Duration::from_hours(24);
    MessageFilter {
        state: some(&search.state),
        error: some(&search.error),
        phone: some(&search.phone).map(|typed| number_prefix(&typed, app)),
        since: day(&search.since),
        until: day(&search.until).map(|start| start.plus(one_day)),
        before: search.before,
    }
}

/// The first instant of a day in UTC.
fn day(text: &str) -> Option<Timestamp> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_micros(start.timestamp().as_microsecond()))
}
