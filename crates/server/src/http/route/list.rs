//! `GET /api/routes`

use std::future::{Ready, ready};

use actix_web::web::{self, Data};
use serde::Serialize;

use super::view::RouteSummary;
use crate::http::app::App;

/// Every route.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RouteList {
    /// In the order of the menu that hikers see.
    routes: Vec<RouteSummary>,
}

/// The routes that hikers may walk.
#[utoipa::path(get, path = "/api/routes", responses(
    (status = 200, description = "Every route, in a few words.", body = RouteList),
))]
#[expect(clippy::needless_pass_by_value, reason = "extractors are values")]
pub fn handle(app: Data<App>) -> Ready<web::Json<RouteList>> {
    let routes = app.hiking.routes.all().iter().map(RouteSummary::from).collect();
    ready(web::Json(RouteList { routes }))
}
