//! `GET /auth/sessions`

use actix_web::web::{self, Data};
use serde::Serialize;
use thunderbird_domain::account::Session;

use crate::http::{
    app::App,
    extract::{Caller, Page, PageQuery},
    problem::{Problem, ProblemDocument},
};

/// A place where the account is signed in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Names it when it is to be ended.
    #[schema(examples(12))]
    id: i64,
    /// When somebody signed in there, RFC 3339.
    created_at: String,
    /// When it was last refreshed, or first used after a refresh, RFC 3339.
    last_seen_at: String,
    /// What the client calls itself.
    user_agent: Option<String>,
    /// Whether this request came from it.
    current: bool,
}

/// Where the account is signed in, newest first.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/auth/sessions",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many at most; 50 if left out."),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
    ),
    responses(
        (status = 200, description = "The live sessions.", body = Page<SessionView>),
        (status = 400, description = "`bad-cursor`.", body = ProblemDocument),
        (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
        (status = 422, description = "The limit is out of range.", body = ProblemDocument),
    ))]
pub async fn handle(
    Caller(caller): Caller,
    query: PageQuery,
    app: Data<App>,
) -> Result<web::Json<Page<SessionView>>, Problem> {
    let mut sessions = app.accounts.list_sessions(caller).await?;
    sessions.retain(|session| query.before.is_none_or(|before| session.id.get() < before));
    sessions.truncate(usize::try_from(query.rows()).unwrap_or(usize::MAX));
    let show = |session: Session| SessionView {
        id: session.id.get(),
        created_at: session.started_at.to_string(),
        last_seen_at: session.last_seen_at.to_string(),
        user_agent: session.user_agent.map(|name| name.as_str().to_owned()),
        current: session.id == caller.session_id,
    };
    Ok(web::Json(Page::of(
        &query,
        sessions,
        |session| session.id.get(),
        show,
    )))
}
