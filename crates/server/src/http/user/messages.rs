//! `GET /api/user/messages`

use actix_web::web::{self, Data};
use serde::Serialize;
use thunderbird_domain::{
    id::MessageId,
    user::{Direction, LoggedMessage},
};

use crate::http::{
    app::App,
    extract::{Caller, Page, PageQuery},
    problem::{Problem, ProblemDocument},
};

/// A text from, to or on behalf of the hiker.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Message)]
pub struct MessageView {
    /// Never reused.
    #[schema(examples(11))]
    id: i64,
    /// `in` or `out`.
    #[schema(value_type = String, examples("out"))]
    direction: &'static str,
    /// What it said; null when it was erased, or carried a code or a word.
    body: Option<String>,
    /// What became of it.
    #[schema(examples("delivered"))]
    state: String,
    /// When it was received or queued, RFC 3339.
    #[schema(examples("2026-11-19T07:40:00Z"))]
    at: String,
}

/// What was texted, newest first.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/api/user/messages", security(("bearer" = [])), params(
    ("limit" = Option<u32>, Query, description = "1 to 100, 50 if not given."),
    ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
), responses(
    (status = 200, description = "A page of texts.", body = Page<MessageView>),
    (status = 400, description = "The cursor is none of ours.", body = ProblemDocument),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account.", body = ProblemDocument),
    (status = 422, description = "The limit is out of range.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    query: PageQuery,
    app: Data<App>,
) -> Result<web::Json<Page<MessageView>>, Problem> {
    let wanted = (query.before.map(MessageId::from_stored), query.rows());
    let rows = app.hiking.users.messages(caller.account_id, wanted).await?;
    let page = Page::of(&query, rows, |row| row.id.get(), MessageView::from);
    Ok(web::Json(page))
}

impl From<LoggedMessage> for MessageView {
    fn from(message: LoggedMessage) -> Self {
        Self {
            id: message.id.get(),
            direction: match message.direction {
                Direction::In => "in",
                Direction::Out => "out",
            },
            body: message.body,
            state: message.state,
            at: message.at.to_string(),
        }
    }
}
