//! `GET /admin/audit`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;
use thunderbird_domain::admin::{AuditLine, AuditSearch, Cursor, PageOf};

use super::{
    frame::{self, Frame},
    view::{moment, older, visible},
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
};

/// Fields of the search form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    actor: String,
    subject: String,
    before: Option<i64>,
}

/// A line as the page shows it.
struct Line {
    id: i64,
    at: String,
    actor: String,
    action: String,
    subject: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    frame: Frame,
    filter: Search,
    lines: Vec<Line>,
    older: String,
}

/// Who did what, newest first.
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
    let asked = AuditSearch {
        actor: &search.actor,
        subject: &search.subject,
        before: search.before.map(Cursor::below),
    };
    let found = app.console.audit(asked).await?;
    let page = AuditPage::of(Frame::of(&admin, "/admin/audit", None), &search, &found);
    Ok(frame::page(StatusCode::OK, &page)?)
}

impl AuditPage {
    fn of(frame: Frame, search: &Search, found: &PageOf<AuditLine>) -> Self {
        let filters = [("actor", &*search.actor), ("subject", &*search.subject)];
        Self {
            frame,
            lines: found.items.iter().map(line).collect(),
            older: older("/admin/audit", &filters, found.next),
            filter: Search {
                actor: visible(&search.actor),
                subject: visible(&search.subject),
                before: search.before,
            },
        }
    }
}

fn line(line: &AuditLine) -> Line {
    Line {
        id: line.number,
        at: moment(line.at),
        actor: visible(&line.actor),
        action: visible(&line.action),
        subject: visible(&line.subject),
        detail: if line.detail == "{}" {
            String::new()
        } else {
            visible(&line.detail)
        },
    }
}
