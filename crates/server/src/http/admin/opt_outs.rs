//! `GET /admin/opt-outs`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;
use thunderbird_domain::admin::{Cursor, OptOutLine};

use super::{
    frame::{self, Frame},
    notice::Notice,
    view::{Redaction, moment, older},
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
};

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    before: Option<i64>,
    notice: Option<String>,
}

struct Line {
    phone: String,
    source: &'static str,
    since: String,
}

#[derive(Template)]
#[template(path = "admin/opt_outs.html")]
struct OptOutsPage {
    frame: Frame,
    opt_outs: Vec<Line>,
    older: String,
}

/// The numbers that must not be texted, newest first.
///
/// # Errors
///
/// As everywhere in the console.
pub async fn handle(
    admin: CurrentAdmin,
    query: Query<From>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let found = app.console.opt_outs(query.before.map(Cursor::below)).await?;
    let page = OptOutsPage {
        frame: Frame::of(&admin, "/admin/opt-outs", Notice::named(query.notice.as_deref())),
        opt_outs: found.items.iter().map(line).collect(),
        older: older("/admin/opt-outs", &[], found.next),
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}

fn line(line: &OptOutLine) -> Line {
    Line {
        phone: Redaction::Masked.phone(&line.phone),
        source: line.source.as_str(),
        since: moment(line.started_at),
    }
}
