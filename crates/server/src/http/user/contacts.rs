//! `GET /api/user/contacts`

use actix_web::web::{self, Data};
use thunderbird_domain::user::{Contact, ContactId};

use super::view::ContactView;
use crate::http::{
    app::App,
    extract::{Caller, Page, PageQuery},
    problem::{Problem, ProblemDocument},
};

/// Whom the hiker wants told, newest first.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/api/user/contacts", security(("bearer" = [])), params(
    ("limit" = Option<u32>, Query, description = "1 to 100, 50 if not given."),
    ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
), responses(
    (status = 200, description = "A page of contacts.", body = Page<ContactView>),
    (status = 400, description = "The cursor is none of ours.", body = ProblemDocument),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account.", body = ProblemDocument),
    (status = 422, description = "The limit is out of range.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    query: PageQuery,
    app: Data<App>,
) -> Result<web::Json<Page<ContactView>>, Problem> {
    let stored = app.hiking.users.profile(caller.account_id).await?.stored;
    let show = |contact: &Contact| ContactView::of(contact, &stored);
    let mut rows: Vec<_> = stored.user.contacts.iter().collect();
    rows.sort_unstable_by_key(|contact| std::cmp::Reverse(contact.id));
    rows.retain(|contact| {
        let id = contact.id.map_or(0, ContactId::get);
        query.before.is_none_or(|before| id < before)
    });
    let id = |contact: &&Contact| contact.id.map_or(0, ContactId::get);
    Ok(web::Json(Page::of(&query, rows, id, show)))
}
