//! Answers that a browser shows: a rendered page, or the address of the next one.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;

use crate::http::problem::Problem;

/// A page, rendered from its template.
///
/// # Errors
///
/// 500 if the template cannot be rendered.
pub fn page(
    status: StatusCode,
    policy: &'static str,
    template: &impl Template,
) -> Result<HttpResponse, Problem> {
    let html = template.render().map_err(|error| {
        tracing::error!(event = "page.render_failed", %error, "a page could not be rendered");
        Problem::internal()
    })?;
    Ok(html_page(status, policy, html))
}

/// A page of this text.
pub fn html_page(status: StatusCode, policy: &'static str, html: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .body(html)
}

/// Sends the browser to another page, which it asks for with GET.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .finish()
}

/// After a change: the page it was about, with one of the known notices.
pub fn back_to(path: &str, slug: &'static str) -> HttpResponse {
    let separator = if path.contains('?') { '&' } else { '?' };
    see_other(&format!("{path}{separator}notice={slug}"))
}
