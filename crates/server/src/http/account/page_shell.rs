//! What the pages that mailed links open have in common: no inline script, nothing fetched from elsewhere.

use actix_web::{HttpResponse, http::header};

const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                      form-action 'none'";

/// A page of this text.
pub(super) fn page(html: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(html)
}
