//! `POST /admin/opt-outs/clear`

use actix_web::{HttpResponse, web::Data};
use thunderbird_domain::admin::OptOutError;

use super::{frame::back_to, register_user::phone_notice};
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
};

/// Clears an opt-out.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the list.
pub async fn handle(
    OperatorForm(ConsoleForm { seat, mut form }): OperatorForm,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let phone = form.take("phone").unwrap_or_default();
    let notice = match app.console.clear_opt_out(&seat.caller, &phone).await {
        Ok(()) => "cleared",
        Err(OptOutError::Phone(error)) => phone_notice(error),
        Err(OptOutError::Unchanged) => "unchanged",
        Err(OptOutError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(back_to("/admin/opt-outs", notice))
}
