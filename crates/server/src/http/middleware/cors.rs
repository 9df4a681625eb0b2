//! Browsers of other origins: only those of the allow-list, only `/auth` and `/api`, never with cookies.

use actix_cors::{Cors, CorsError};
use actix_web::{
    ResponseError as _,
    dev::ServiceResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderName},
    },
    middleware::Condition,
};

use crate::http::problem::Problem;

/// How long a browser may remember a preflight's answer, in seconds.
const REMEMBER: usize = 600;

/// The layer; it does nothing when the list is empty.
pub fn layer(origins: &[String]) -> Condition<Cors> {
    let allowed = origins.to_vec();
    let cors = Cors::default()
        .allowed_origin_fn(move |origin, request| {
            let path = request.uri.path();
            let ours = path.starts_with("/auth/") || path.starts_with("/api/");
            ours && allowed.iter().any(|known| known.as_bytes() == origin.as_bytes())
        })
        .allowed_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([
            header::ETAG,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
            HeaderName::from_static("x-request-id"),
        ])
        .max_age(REMEMBER);
    Condition::new(!origins.is_empty(), cors)
}

/// Says a refused preflight in our own words.
pub fn explain(response: ServiceResponse) -> ServiceResponse {
    let refused = response
        .response()
        .error()
        .is_some_and(|error| error.as_error::<CorsError>().is_some());
    if !refused {
        return response;
    }
    let problem = Problem::new(
        StatusCode::FORBIDDEN,
        "origin-refused",
        "Pages of this origin may not call this address, or not with this method or these headers.",
    );
    response.into_response(problem.error_response())
}

#[cfg(test)]
mod tests {
    use actix_web::{http::StatusCode, test, web::Data};

    use crate::{http::routes, wiring};

    const FRIEND: &str = "https://app.example.org";

    async fn ask(path: &str, origin: &str, preflight: bool) -> (StatusCode, Option<String>) {
        ask_for(path, origin, preflight.then_some(("GET", "authorization"))).await
    }

    /// The answer to a request, or to the question whether a method with these headers may be used.
    async fn ask_for(
        path: &str,
        origin: &str,
        preflight: Option<(&str, &str)>,
    ) -> (StatusCode, Option<String>) {
        let mut app = wiring::in_memory();
        app.edge.settings.cors_origins = vec![FRIEND.to_owned()];
        let service = test::init_service(routes::service(Data::new(app))).await;
        let mut request = test::TestRequest::with_uri(path).insert_header(("origin", origin));
        if let Some((method, headers)) = preflight {
            request = request
                .method(actix_web::http::Method::OPTIONS)
                .insert_header(("access-control-request-method", method))
                .insert_header(("access-control-request-headers", headers));
        }
        let response = match test::try_call_service(&service, request.to_request()).await {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        };
        assert!(response.headers().contains_key("x-request-id"));
        assert!(
            !response
                .headers()
                .contains_key("access-control-allow-credentials")
        );
        let allowed = response.headers().get("access-control-allow-origin");
        (
            response.status(),
            allowed.map(|value| value.to_str().unwrap().to_owned()),
        )
    }

    #[actix_web::test]
    async fn a_listed_origin_may_call_the_api_and_nobody_else_may() {
        let friend = Some(FRIEND.to_owned());
        assert_eq!(
            ask("/api/health", FRIEND, true).await,
            (StatusCode::OK, friend.clone())
        );
        assert_eq!(ask("/api/health", FRIEND, false).await, (StatusCode::OK, friend));
        for stranger in [
            "https://evil.example",
            "https://app.example.org.evil.example",
            "http://app.example.org",
            "null",
        ] {
            let (status, allowed) = ask("/api/health", stranger, true).await;
            assert_eq!((status, allowed), (StatusCode::FORBIDDEN, None), "{stranger}");
            assert_eq!(ask("/api/health", stranger, false).await.1, None);
        }
    }

    #[actix_web::test]
    async fn every_method_and_header_of_the_api_may_be_used() {
        for (method, headers) in [
            ("PUT", "authorization, content-type, if-match, idempotency-key"),
            ("PUT", "if-none-match"),
            ("PATCH", "content-type"),
            ("DELETE", "if-match"),
        ] {
            let (status, _) = ask_for("/api/user/trip", FRIEND, Some((method, headers))).await;
            assert_eq!(status, StatusCode::OK, "{method} {headers}");
        }
        let (status, _) = ask_for("/api/user/trip", FRIEND, Some(("TRACE", "authorization"))).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }

    #[actix_web::test]
    async fn other_addresses_are_closed_to_every_other_origin() {
        assert_eq!(ask("/healthz", FRIEND, false).await.1, None);
        assert_eq!(ask("/openapi.json", FRIEND, true).await.1, None);
    }
}
