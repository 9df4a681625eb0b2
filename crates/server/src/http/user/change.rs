//! `PATCH /api/user`

use actix_web::web::{self, Data};
use serde::{Deserialize, Deserializer};
use thunderbird_domain::{
    route::RouteId,
    user::{ChangeProfileError, ProfileChange, TrailName},
};

use super::{no_hiker, view::HikerView};
use crate::http::{
    app::App,
    extract::{Caller, Json},
    problem::{Problem, ProblemDocument},
};

/// What to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct HikerChange {
    /// 1 to 30 printable characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 30, examples("Wombat"))]
    trail_name: Option<String>,
    /// A listed route; another one clears the position.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, examples("overland_track"))]
    route_id: Option<String>,
    /// Whether the first text to a contact who is added from now on gives the hiker's whole number. If not, three digits
    /// of it are shown.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = bool, required = false, examples(true))]
    shows_number: Option<bool>,
}

/// A member that is there has a value: neither a name nor a route can be taken away, so null is not one.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(member: D) -> Result<Option<T>, D::Error> {
    T::deserialize(member).map(Some)
}

/// Changes the hiker's trail name, route, or what new contacts read of the number. A new route clears the position and keeps the contacts.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(patch, path = "/api/user", security(("bearer" = [])), request_body = HikerChange, responses(
    (status = 200, description = "The hiker.", body = HikerView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account.", body = ProblemDocument),
    (status = 422, description = "The name cannot be used, or there is no such route.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    Json(wanted): Json<HikerChange>,
    app: Data<App>,
) -> Result<web::Json<HikerView>, Problem> {
    let wanted = parse(&wanted)?;
    let profile = app
        .hiking
        .users
        .change_profile(caller.account_id, &wanted)
        .await?;
    Ok(web::Json(profile.into()))
}

fn parse(wanted: &HikerChange) -> Result<ProfileChange, Problem> {
    let name = wanted.trail_name.as_deref().map(|name| {
        TrailName::parse(name).ok_or_else(|| {
            Problem::invalid_field(
                "trail_name",
                "length",
                "A trail name has 1 to 30 printable characters.",
            )
        })
    });
    let route = wanted
        .route_id
        .as_deref()
        .map(|id| RouteId::parse(id).map_err(|_| unknown_route()));
    Ok(ProfileChange {
        trail_name: name.transpose()?,
        route: route.transpose()?,
        shows_number: wanted.shows_number,
    })
}

fn unknown_route() -> Problem {
    Problem::invalid_field("route_id", "unknown", "There is no such route.")
}

impl From<ChangeProfileError> for Problem {
    fn from(error: ChangeProfileError) -> Self {
        match error {
            ChangeProfileError::NoUser => no_hiker(),
            ChangeProfileError::UnknownRoute => unknown_route(),
            ChangeProfileError::Fault(fault) => fault.into(),
        }
    }
}
