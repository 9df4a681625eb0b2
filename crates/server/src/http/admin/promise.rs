//! `GET /admin/watch/{id}`: one promise.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use thunderbird_domain::{
    deadline::{Kind, State, Watched},
    id::DeadlineId,
    user::TripVersion,
};

use super::{
    Named,
    frame::{self, Frame},
    view::{
        Redaction,
        texts::MessageView,
        watch::{self, AlertedView, CallView, PromiseView, StageView},
    },
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
    problem::Problem,
};

#[derive(Template)]
#[template(path = "admin/promise.html")]
struct Page {
    frame: Frame,
    promise: PromiseView,
    set: String,
    plan: Vec<(&'static str, String)>,
    hides_plan: bool,
    stages: Vec<StageView>,
    alerted: Vec<AlertedView>,
    calls: Vec<CallView>,
    can_close: bool,
    seen: String,
    texts: Vec<MessageView>,
}

/// One promise: its schedule, who was alerted, and the texts about it.
///
/// # Errors
///
/// 404 if the promise does not exist.
pub async fn handle(
    admin: CurrentAdmin,
    id: Path<i64>,
    query: Query<Named>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let found = app.console.promise(DeadlineId::from_stored(*id)).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    let deadline = &found.watched.stored.deadline;
    let alerted = deadline.alarm.iter().flat_map(|alarm| &alarm.contacts);
    let texts = found.texts.iter();
    let may_see = admin.caller.role.may_act();
    let page = Page {
        frame: Frame::of(&admin, "/admin/watch", query.notice()),
        promise: PromiseView::of(&found.watched, app.console.routes(), app.edge.clock.now())
            .unreached_if(&app.hiking.watch.unreached().await?),
        set: watch::set(deadline),
        plan: watch::plan_if(may_see, deadline),
        hides_plan: !may_see && !deadline.plan.is_empty(),
        stages: deadline.stages.iter().map(StageView::from).collect(),
        alerted: alerted
            .map(|contact| AlertedView::of(contact, &found.answers))
            .collect(),
        seen: TripVersion::of(&found.watched.stored).to_string(),
        can_close: can_close(&found.watched),
        calls: found.calls.iter().map(CallView::from).collect(),
        texts: texts
            .map(|line| MessageView::of(line, Redaction::Masked))
            .collect(),
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}

/// Whether the form would close anything: a promise rests while its hiker asks for help, and one whose time lies ahead is the
/// hiker's own.
fn can_close(watched: &Watched) -> bool {
    let deadline = &watched.stored.deadline;
    let rests = deadline.kind == Kind::Out && watched.beside.is_some();
    matches!(deadline.state(), State::Asking | State::Alarmed) && !rests
}
