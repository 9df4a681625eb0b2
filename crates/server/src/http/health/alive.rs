//! `GET /healthz`: the process is up.

use actix_web::HttpResponse;

/// Answers without asking anything of anybody.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "The process is up.", content_type = "text/plain", body = String)))]
pub async fn handle() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}
