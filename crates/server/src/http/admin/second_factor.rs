//! `POST /admin/second-factor`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use thunderbird_domain::{admin::EnrolError, secret::Secret};

use super::frame::{self, Frame, back_to};
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal},
};

#[derive(Template)]
#[template(path = "admin/recovery_codes.html")]
struct RecoveryCodesPage {
    frame: Frame,
    codes: Vec<String>,
}

/// Enrols the authenticator and shows the recovery codes, once.
///
/// # Errors
///
/// 303 back to the form when the code is wrong.
pub async fn handle(
    ConsoleForm { admin, mut form }: ConsoleForm,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let secret = Secret::new(form.take("secret").unwrap_or_default());
    let code = form.take("code").unwrap_or_default();
    match app.console.enrol_totp(&admin.caller, &secret, &code).await {
        Ok(codes) => {
            let codes = codes.iter().map(|code| code.0.expose().clone()).collect();
            Ok(frame::page(
                StatusCode::OK,
                &RecoveryCodesPage {
                    frame: Frame::of(&admin, "", None),
                    codes,
                },
            )?)
        }
        Err(EnrolError::WrongCode) => Ok(back_to("/admin/second-factor", "wrong-key-code")),
        Err(EnrolError::Enrolled) => Ok(back_to("/admin", "enrolled")),
        Err(EnrolError::Fault(fault)) => Err(fault.into()),
    }
}
