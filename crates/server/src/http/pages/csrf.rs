//! What proves that a form was sent from one of our own pages: where it comes from, and a token of the session.

use std::fmt::Write as _;

use actix_web::HttpRequest;
use sha2::{Digest as _, Sha256};
use thunderbird_domain::secret::same_bytes;

use crate::http::extract::Form;

/// The field of a form that carries the token.
const FIELD: &str = "csrf";

/// The token that the forms of a session's pages carry. It cannot be computed without the session's cookie. `purpose`
/// keeps the tokens of different kinds of session apart.
pub fn token(purpose: &'static str, cookie: &str) -> String {
    let digest = Sha256::new()
        .chain_update(purpose)
        .chain_update([0])
        .chain_update(cookie)
        .finalize();
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Takes the token out of a form. True if it is the `expected` one.
pub fn take_matching(form: &mut Form, expected: &str) -> bool {
    let token = form.take(FIELD).unwrap_or_default();
    same_bytes(token.as_bytes(), expected.as_bytes())
}

/// Whether a request comes from one of our own pages. Browsers tell by `Sec-Fetch-Site`; older ones by `Origin`, which
/// must then be the configured one. A request with neither header is refused.
pub fn is_from_here(request: &HttpRequest, our_origin: &str) -> bool {
    let only = |name: &str| {
        let mut values = request
            .headers()
            .get_all(name)
            .map(|value| value.to_str().unwrap_or("?"));
        let first = values.next();
        if values.next().is_some() { Some("?") } else { first }
    };
    match (only("sec-fetch-site"), only("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => !our_origin.is_empty() && our_origin == origin,
        (None, None) => false,
    }
}
