//! The hiker whose phone is linked to the caller's account.

pub mod add_contact;
pub mod back;
pub mod change;
pub mod change_contact;
pub mod check_in;
pub mod check_ins;
pub mod contacts;
pub mod extend_trip;
pub mod forecast;
mod forecast_view;
pub mod messages;
pub mod profile;
pub mod remove_contact;
pub mod set_trip;
pub mod take_back;
pub mod trip;
mod trip_view;
pub mod trips;
mod view;
pub mod withdraw_trip;

use actix_web::http::StatusCode;
use thunderbird_domain::user::ProfileError;

use crate::http::problem::Problem;

/// 404: no phone is linked to the account, or no hiker has registered on it.
fn no_hiker() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-hiker",
        "No phone is linked to this account, or nobody has registered on it yet.",
    )
}

impl From<ProfileError> for Problem {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::NoUser => no_hiker(),
            ProfileError::Fault(fault) => fault.into(),
        }
    }
}
