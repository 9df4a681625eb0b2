//! Every mistake in a request is a problem document.

use crate::{post_json, problem, send, start};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one line or two a mistake")]
async fn every_mistake_is_a_problem_document() {
    let service = start().await;
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let user = r#"{"email":"ada@example.org","password":"kea nest on the ridge"}"#;
    let twice = r#"{"email":"ada@example.org","email":"eve@example.org","password":"kea nest on the ridge"}"#;
    let extra = r#"{"email":"ada@example.org","password":"kea nest on the ridge","admin":true}"#;
    let wrong = r#"{"email":["ada@example.org"],"password":"kea nest on the ridge"}"#;
    let half = r#"{"email":"ada@example.org"}"#;
    for (method, path, kind, body, status, problem) in [
        ("GET", "/nowhere", "", "", 404, "not-found"),
        ("GET", "/api/", "", "", 404, "not-found"),
        ("POST", "/healthz", "", "", 405, "method-not-allowed"),
        ("DELETE", "/auth/register", "", "", 405, "method-not-allowed"),
        ("POST", "/auth/register", "", user, 415, "unsupported-media-type"),
        (
            "POST",
            "/auth/register",
            "text/plain",
            user,
            415,
            "unsupported-media-type",
        ),
        (
            "POST",
            "/auth/register",
            form,
            "email=a",
            415,
            "unsupported-media-type",
        ),
        (
            "POST",
            "/auth/register",
            "application/json; charset=latin1",
            user,
            415,
            "unsupported-media-type",
        ),
        ("POST", "/auth/register", json, "", 400, "malformed-json"),
        (
            "POST",
            "/auth/register",
            json,
            "{\"email\":",
            400,
            "malformed-json",
        ),
        ("POST", "/auth/register", json, "not json", 400, "malformed-json"),
        ("POST", "/auth/register", json, twice, 400, "duplicate-member"),
        ("POST", "/auth/register", json, "[]", 422, "invalid-request"),
        ("POST", "/auth/register", json, extra, 422, "invalid-request"),
        ("POST", "/auth/register", json, wrong, 422, "invalid-request"),
        ("POST", "/auth/register", json, half, 422, "invalid-request"),
        ("GET", "/auth/me", "", "", 401, "unauthenticated"),
    ] {
        let answer = send(&service, method, path, kind, body).await;
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.body);
        assert_eq!(crate::problem(&answer), problem, "{method} {path} {body}");
        match status {
            401 => assert_eq!(answer.header("www-authenticate"), Some("Bearer")),
            405 => assert!(!answer.header("allow").unwrap().is_empty()),
            422 => assert!(!answer.body["errors"].as_array().unwrap().is_empty()),
            _ => {}
        }
    }
    assert_eq!(post_json(&service, "/auth/register", user).await.status, 201);
}

#[tokio::test]
async fn forms_speak_oauth2_where_its_clients_look() {
    let service = start().await;
    for (body, error) in [
        ("username=a&username=b&password=c", "invalid_request"),
        ("username=%zz&password=c", "invalid_request"),
        ("password=c", "invalid_request"),
        ("grant_type=magic", "unsupported_grant_type"),
    ] {
        let answer = send(
            &service,
            "POST",
            "/auth/token",
            "application/x-www-form-urlencoded",
            body,
        )
        .await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_eq!(answer.body["error"], error, "{body}");
        problem(&answer);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_form_is_named_at_once() {
    let service = start().await;
    for (body, fields) in [
        ("{}", vec!["email", "password"]),
        (r#"{"email":"ada","password":"short"}"#, vec!["email", "password"]),
        (r#"{"email":1,"x":2}"#, vec!["x", "email", "password"]),
    ] {
        let answer = post_json(&service, "/auth/register", body).await;
        let errors = answer.body["errors"].as_array().unwrap().iter();
        let named: Vec<_> = errors.map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!((answer.status, named), (422, fields), "{body}");
    }
}
