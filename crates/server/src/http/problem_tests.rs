//! What an error looks like on the wire.

use actix_web::body::MessageBody as _;

use super::*;

fn document(problem: &Problem) -> serde_json::Value {
    let bytes = problem.error_response().into_body().try_into_bytes().unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_problem_is_what_rfc_9457_describes() {
    let problem = Problem::invalid_field(
        "email",
        "too-long",
        "An e-mail address has at most 254 characters.",
    );
    let response = problem.error_response();
    assert_eq!(response.status(), 422);
    assert_eq!(
        response.headers().get("content-type").unwrap(),
        "application/problem+json"
    );
    assert_eq!(
        document(&problem),
        serde_json::json!({
            "type": "/problems/invalid-request",
            "title": "Invalid request",
            "status": 422,
            "detail": "An e-mail address has at most 254 characters.",
            "errors": [{
                "field": "email",
                "code": "too-long",
                "message": "An e-mail address has at most 254 characters.",
            }],
        })
    );
}

#[test]
fn every_401_carries_a_challenge_and_every_405_its_methods() {
    let challenge = |problem: Problem| {
        let response = problem.error_response();
        response
            .headers()
            .get("www-authenticate")
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(challenge(Problem::unauthenticated()), "Bearer");
    assert_eq!(
        challenge(Problem::invalid_token()),
        "Bearer error=\"invalid_token\""
    );
    let refused = Problem::method_not_allowed("GET, HEAD".into()).error_response();
    assert_eq!(refused.headers().get("allow").unwrap(), "GET, HEAD");
}

#[test]
fn waiting_times_are_rounded_up_to_whole_seconds() {
    for (wait, said) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2"), (59_500, "60")] {
        let problem = Problem::throttled("Wait.", Duration::from_millis(wait));
        let response = problem.error_response();
        assert_eq!(response.headers().get("retry-after").unwrap(), said);
    }
}

#[test]
fn a_fault_never_tells_its_cause() {
    for fault in [
        Fault::passing("store", "disk /secret/path is full"),
        Fault::lasting("store", "disk /secret/path is full"),
    ] {
        let problem = Problem::from(fault);
        assert!(problem.status().is_server_error());
        assert!(!document(&problem).to_string().contains("/secret/path"));
    }
    let passing = Problem::from(Fault::passing("store", "x")).error_response();
    assert_eq!(passing.status(), 503);
    assert!(passing.headers().contains_key("retry-after"));
}
