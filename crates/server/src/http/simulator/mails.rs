//! `GET /simulator/mails`: the mailbox, as mails come (a long poll).

use std::time::Duration;

use actix_web::{HttpRequest, web::Json};
use serde::Serialize;

use super::request::SimulatorUser;
use crate::http::{
    extract::form,
    problem::{FieldError, Problem},
};

/// Longest and usual wait for something to come, in seconds.
const MAX_WAIT: u64 = 25;

/// What came, and the number to ask with next.
#[derive(Serialize)]
pub struct Reply {
    events: Vec<Shown>,
    last: u64,
}

/// A mail that would have been sent.
#[derive(Serialize)]
struct Shown {
    id: u64,
    to: String,
    subject: String,
    body: String,
    at: String,
}

/// Mails after number `after` (0), oldest first; waits up to `wait` seconds (25) for the first.
///
/// # Errors
///
/// 404 to strangers and while mail is not simulated, 422 for a query that cannot be read.
pub async fn handle(user: SimulatorUser, request: HttpRequest) -> Result<Json<Reply>, Problem> {
    let (after, wait) = read(request.query_string())?;
    let mailbox = user.access()?.mails.as_ref().ok_or_else(Problem::not_found)?;
    let newest = mailbox.last();
    let found = mailbox.mails_after(after, wait).await;
    let events: Vec<Shown> = found
        .into_iter()
        .map(|(id, mail)| Shown {
            id,
            to: mail.to.as_str().to_owned(),
            subject: mail.subject,
            body: mail.body,
            at: mail.at.to_string(),
        })
        .collect();
    let last = events.last().map_or(newest.max(after), |shown| shown.id);
    Ok(Json(Reply { events, last }))
}

fn read(text: &str) -> Result<(u64, Duration), Problem> {
    let mut fields = form::parse(text.as_bytes())?;
    let mut number = |name: &'static str, default: u64| match fields.take(name) {
        None => Ok(default),
        Some(digits) => digits
            .parse()
            .map_err(|_| Problem::invalid_field(name, "format", "This is a whole number.")),
    };
    let after = number("after", 0)?;
    let wait = Duration::from_secs(number("wait", MAX_WAIT)?.min(MAX_WAIT));
    let unknown: Vec<_> = fields
        .names()
        .map(|name| FieldError::new(name.to_owned(), "unknown", "There is no such parameter."))
        .collect();
    if unknown.is_empty() {
        Ok((after, wait))
    } else {
        Err(Problem::invalid(unknown))
    }
}
