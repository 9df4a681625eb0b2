//! `GET /admin/messages`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;
use thunderbird_domain::admin::{Cursor, MessageLine, MessageSearch, MessageState, PageOf};

use super::{
    frame::{self, Frame},
    notice::Notice,
    view::{Redaction, older, texts::MessageView, visible},
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
    problem::Problem,
};

/// Fields of the search form.
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
    states: Vec<&'static str>,
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
    admin: CurrentAdmin,
    query: Query<Search>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let search = query.into_inner();
    let found = app.console.messages(&admin.caller, search.asked()).await?;
    let frame = Frame::of(&admin, "/admin/messages", Notice::named(search.notice.as_deref()));
    let page = MessagesPage {
        nonce: app.console.form_nonce().to_string(),
        ..MessagesPage::of(frame, search, &found)
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}

impl Search {
    fn asked(&self) -> MessageSearch<'_> {
        MessageSearch {
            state: &self.state,
            error: &self.error,
            phone: &self.phone,
            since: &self.since,
            until: &self.until,
            before: self.before.map(Cursor::below),
        }
    }
}

impl MessagesPage {
    fn of(frame: Frame, search: Search, found: &PageOf<MessageLine>) -> Self {
        let filters = [
            ("state", &*search.state),
            ("error", &*search.error),
            ("phone", &*search.phone),
            ("since", &*search.since),
            ("until", &*search.until),
        ];
        let messages = found.items.iter();
        Self {
            frame,
            states: MessageState::all().map(MessageState::as_str).collect(),
            messages: messages
                .map(|line| MessageView::of(line, Redaction::Masked))
                .collect(),
            older: older("/admin/messages", &filters, found.next),
            nonce: String::new(),
            revealed: false,
            filter: Search {
                error: visible(&search.error),
                phone: visible(&search.phone),
                since: visible(&search.since),
                until: visible(&search.until),
                ..search
            },
        }
    }
}

/// One text on a page of its own, unmasked.
pub(super) fn render_revealed(
    app: &App,
    admin: &CurrentAdmin,
    line: &MessageLine,
) -> Result<HttpResponse, Problem> {
    let frame = Frame::of(admin, "/admin/messages", None);
    let page = MessagesPage {
        messages: vec![MessageView::of(line, Redaction::Revealed)],
        nonce: app.console.form_nonce().to_string(),
        revealed: true,
        ..MessagesPage::of(frame, Search::default(), &PageOf::empty())
    };
    frame::page(StatusCode::OK, &page)
}
