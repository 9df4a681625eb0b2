//! `GET /api/routes/{route_id}`

use std::future::{Ready, ready};

use actix_web::web::{self, Data};
use serde::Serialize;
use thunderbird_domain::route::{Route, RouteId};

use super::view::{RoutePlace, RouteSummary};
use crate::http::{
    app::App,
    problem::{Problem, ProblemDocument},
};

/// A route with its places.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RouteDetails {
    #[serde(flatten)]
    summary: RouteSummary,
    /// What the grade asks of a walker.
    grade_description: String,
    /// Where hikers sleep and check in.
    camps: Vec<RoutePlace>,
    /// What hikers climb.
    peaks: Vec<RoutePlace>,
}

/// A route with its camps and peaks.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/api/routes/{route_id}",
    params(("route_id" = String, Path, description = "The route's id.", example = "overland_track")),
    responses(
        (status = 200, description = "The route.", body = RouteDetails),
        (status = 404, description = "The catalogue has no such route.", body = ProblemDocument),
    ))]
#[expect(clippy::needless_pass_by_value, reason = "extractors are values")]
pub fn handle(path: web::Path<String>, app: Data<App>) -> Ready<Result<web::Json<RouteDetails>, Problem>> {
    let id = RouteId::from_stored(path.into_inner());
    ready(match app.hiking.routes.find(&id) {
        Some(route) => Ok(web::Json(route.into())),
        None => Err(Problem::not_found()),
    })
}

impl From<&Route> for RouteDetails {
    fn from(route: &Route) -> Self {
        Self {
            summary: route.into(),
            grade_description: route.grade_description().into(),
            camps: route.camps().map(RoutePlace::from).collect(),
            peaks: route.peaks().map(RoutePlace::from).collect(),
        }
    }
}
