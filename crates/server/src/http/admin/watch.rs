//! `GET /admin/watch`: the open promises.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;

use super::{
    Named,
    frame::{self, Frame},
    view::watch::PromiseView,
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
};

#[derive(Template)]
#[template(path = "admin/watch.html")]
struct WatchPage {
    frame: Frame,
    promises: Vec<PromiseView>,
    unreadable: Vec<i64>,
    has_more: bool,
}

/// The promises that are watched, those in alarm first.
///
/// # Errors
///
/// As everywhere in the console.
pub async fn handle(
    admin: CurrentAdmin,
    query: Query<Named>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let found = app.console.watch().await?;
    let unreached = app.hiking.watch.unreached().await?;
    let now = app.edge.clock.now();
    let routes = app.console.routes();
    let promises = found.promises.iter();
    let page = WatchPage {
        frame: Frame::of(&admin, "/admin/watch", query.notice()),
        promises: promises
            .map(|watched| PromiseView::of(watched, routes, now).unreached_if(&unreached))
            .collect(),
        unreadable: found.unreadable.iter().map(|id| id.get()).collect(),
        has_more: found.has_more,
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}
