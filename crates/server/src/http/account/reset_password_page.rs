//! `GET /reset-password`: the page that the mailed link opens. Opening it spends nothing.

use actix_web::HttpResponse;

use super::page_shell;

/// Asks for a new password; its script reads the token from the fragment and posts it.
pub async fn handle() -> HttpResponse {
    page_shell::page(include_str!("pages/reset-password.html"))
}
