//! A problem as a page.

use actix_web::{HttpResponse, ResponseError as _, http::header};

use crate::http::problem::Problem;

/// Completes the page that tells a browser about `problem` with the header that programs need: `Retry-After`.
pub fn with_headers_of(problem: &Problem, mut page: HttpResponse) -> HttpResponse {
    let document = problem.error_response();
    if let Some(wait) = document.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    page
}
