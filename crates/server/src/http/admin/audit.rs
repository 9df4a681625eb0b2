//! `GET /admin/audit`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;
use thunderbird_domain::admin::{AuditFilter, AuditLine};

use super::{
    PAGE,
    frame::{self, Frame},
    view::{moment, older, visible},
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, Seat},
};

/// What is searched for.
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
    seat: Seat,
    query: Query<Search>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let search = query.into_inner();
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = AuditFilter {
        actor: some(&search.actor),
        subject: some(&search.subject),
        before: search.before,
    };
    let found = app.console.reader.audit(filter, PAGE).await?;
    let filters = [("actor", &*search.actor), ("subject", &*search.subject)];
    let page = AuditPage {
        frame: Frame::of(&seat, "/admin/audit", None),
        lines: found.items.iter().map(line).collect(),
        older: older("/admin/audit", &filters, found.next),
        filter: Search {
            actor: visible(&search.actor),
            subject: visible(&search.subject),
            ..search
        },
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}

fn line(line: &AuditLine) -> Line {
    Line {
        id: line.id,
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
