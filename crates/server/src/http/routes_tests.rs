//! What every row of the table promises.

use std::collections::BTreeSet;

use actix_web::test;

use super::*;
use crate::wiring::in_memory;

fn app() -> Data<App> {
    Data::new(in_memory())
}

/// The rows anybody may call; a row that joins or leaves them changes this list knowingly.
const PUBLIC: &[&str] = &[
    "GET /account-pages.js",
    "GET /assets/{hash}/{file}",
    "GET /contacts",
    "GET /admin/console.css",
    "GET /admin/icon.svg",
    "GET /admin/login",
    "GET /api/health",
    "GET /api/routes",
    "GET /api/routes/{route_id}",
    "GET /docs",
    "GET /docs/page.css",
    "GET /docs/page.js",
    "GET /health",
    "GET /healthz",
    "GET /mail/stop/{token}",
    "GET /openapi.json",
    "GET /readyz",
    "GET /reset-password",
    "GET /verify-email",
    "POST /auth/email/verify",
    "POST /auth/forgot-password",
    "POST /auth/register",
    "POST /auth/reset-password",
    "POST /auth/token",
    "POST /mail/stop/{token}",
];

#[actix_web::test]
async fn exactly_these_rows_are_public() {
    let public: BTreeSet<String> = table()
        .iter()
        .filter(|row| row.guard == Guard::Public)
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    assert_eq!(public, PUBLIC.iter().map(ToString::to_string).collect());
}

#[actix_web::test]
async fn every_other_row_sends_a_stranger_away() {
    let service = test::init_service(service(app())).await;
    for row in table().iter().filter(|row| row.guard != Guard::Public) {
        let path = row
            .path
            .replace("{id}", "1")
            .replace("{route_id}", "overland_track");
        let request = test::TestRequest::default()
            .method(row.method.clone())
            .uri(&path)
            .peer_addr("203.0.113.7:4711".parse().unwrap())
            .insert_header(("content-type", "application/json"))
            .set_payload("{}");
        let status = test::call_service(&service, request.to_request()).await.status();
        let away: &[u16] = match row.guard {
            Guard::Bearer => &[401],
            Guard::Admin => &[303, 401, 403],
            Guard::Twilio => &[403],
            Guard::Simulator => &[404],
            Guard::Public => &[],
        };
        assert!(away.contains(&status.as_u16()), "{} {path}: {status}", row.method);
    }
}

#[actix_web::test]
async fn the_table_and_the_description_name_the_same_operations() {
    let described: BTreeSet<String> = Annotations::openapi()
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| {
            [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PATCH", &item.patch),
                ("PUT", &item.put),
                ("DELETE", &item.delete),
            ]
            .into_iter()
            .filter(|(_, operation)| operation.is_some())
            .map(move |(method, _)| format!("{method} {path}"))
        })
        .collect();
    let documented: BTreeSet<String> = table()
        .iter()
        .filter(|row| row.documented)
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    assert_eq!(described, documented);
}

#[actix_web::test]
async fn every_answer_carries_an_id_and_the_careful_headers() {
    let service = test::init_service(service(app())).await;
    let mut ids = BTreeSet::new();
    for path in ["/healthz", "/nowhere", "/healthz/"] {
        let response = test::call_service(&service, test::TestRequest::with_uri(path).to_request()).await;
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        assert!(ids.insert(header("x-request-id").unwrap()));
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(header("cache-control").as_deref(), Some("no-store"));
        assert_eq!(header("strict-transport-security"), None);
    }
}

#[actix_web::test]
async fn an_unknown_address_is_404_and_a_wrong_method_405_with_allow() {
    let service = test::init_service(service(app())).await;
    let nowhere = test::TestRequest::post().uri("/nowhere").to_request();
    let response = test::call_service(&service, nowhere).await;
    assert_eq!(response.status(), 404);
    assert_eq!(
        response.headers().get("content-type").unwrap(),
        "application/problem+json"
    );
    for row in table() {
        let wrong = test::TestRequest::default().method(Method::TRACE).uri(row.path);
        let response = test::call_service(&service, wrong.to_request()).await;
        assert_eq!(response.status(), 405, "{}", row.path);
        let allow = response.headers().get("allow").unwrap().to_str().unwrap();
        assert!(allow.contains(row.method.as_str()), "{}: {allow}", row.path);
        assert_eq!(
            response.headers().get("content-type").unwrap(),
            "application/problem+json"
        );
    }
}

#[actix_web::test]
async fn head_is_answered_like_get() {
    let service = test::init_service(service(app())).await;
    let head = test::TestRequest::default().method(Method::HEAD).uri("/healthz");
    assert_eq!(
        test::call_service(&service, head.to_request()).await.status(),
        200
    );
}
