//! Whose request it is: `Authorization: Bearer` with an access token.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use futures_util::future::LocalBoxFuture;
use thunderbird_domain::account::{self, AuthenticateError};

use crate::http::{app::App, problem::Problem};

/// A signed-in account. A handler's first argument, so that a stranger is sent away before his body is read.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub account::Caller);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (token, app) = (bearer(request), request.app_data::<Data<App>>().cloned());
        let writes = !request.method().is_safe();
        Box::pin(async move {
            let app = app.ok_or_else(Problem::internal)?;
            let token = token?.ok_or_else(Problem::unauthenticated)?;
            let caller = app.accounts.authenticate(&token).await?;
            if writes {
                let verdict = app
                    .edge
                    .paces
                    .accounts
                    .take(caller.account_id, app.edge.clock.now());
                verdict.or_throttled(Problem::too_fast)?;
            }
            Ok(Self(caller))
        })
    }
}

/// The token of the one `Authorization` header; the scheme's name is read as RFC 9110 section 11.1 says.
fn bearer(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (Some(value), None) = (headers.next(), headers.next()) else {
        return if request.headers().contains_key(header::AUTHORIZATION) {
            Err(Problem::invalid_token())
        } else {
            Ok(None)
        };
    };
    let text = value.to_str().map_err(|_| Problem::invalid_token())?;
    let Some((scheme, token)) = text.split_once(' ') else {
        return Ok(None);
    };
    Ok(scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned()))
}

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Token(refusal) => {
                tracing::debug!(%refusal, "an access token was refused");
                Self::invalid_token()
            }
            AuthenticateError::Ended => Self::invalid_token(),
            AuthenticateError::Fault(fault) => fault.into(),
        }
    }
}
