//! `POST /admin/users`

use actix_web::{HttpResponse, web::Data};
use thunderbird_domain::{admin::RegisterUserError, phone_number::PhoneNumberError};

use super::frame::back_to;
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
};

/// Registers a hiker.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the list.
pub async fn handle(
    OperatorForm(ConsoleForm { seat, mut form }): OperatorForm,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let mut field = |name| form.take(name).unwrap_or_default();
    let (phone, trail_name, route) = (field("phone"), field("trail_name"), field("route"));
    let refused = match app
        .console
        .register_user(&seat.caller, &phone, &trail_name, &route)
        .await
    {
        Ok(id) => return Ok(back_to(&format!("/admin/users/{}", id.get()), "registered")),
        Err(RegisterUserError::Phone(error)) => phone_notice(error),
        Err(RegisterUserError::TrailName) => "trail-name",
        Err(RegisterUserError::UnknownRoute) => "unknown-route",
        Err(RegisterUserError::Registered) => "already-registered",
        Err(RegisterUserError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(back_to("/admin/users", refused))
}

/// The notice for a number that was refused.
pub(super) fn phone_notice(error: PhoneNumberError) -> &'static str {
    match error {
        PhoneNumberError::Malformed => "not-a-number",
        PhoneNumberError::NotMobile => "not-mobile",
        PhoneNumberError::Region => "region",
        PhoneNumberError::Ours => "ours",
    }
}
