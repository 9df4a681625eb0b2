//! `POST /admin/logout`

use actix_web::{HttpResponse, http::header, web::Data};

use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, no_cookie},
};

/// Ends the session on the server, and takes the cookie away.
///
/// # Errors
///
/// As everywhere in the console.
pub async fn handle(sent: ConsoleForm, app: Data<App>) -> Result<HttpResponse, ConsoleRefusal> {
    app.console.sign_out(&sent.admin.caller).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/admin/login?notice=signed-out"))
        .cookie(no_cookie(&app))
        .finish())
}
