//! `GET /simulator/events`: what was sent to a phone, as it comes (a long poll).

use std::time::Duration;

use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use serde::Serialize;
use thunderbird_adapters::simulator::gateway::SimulatedCall;
use thunderbird_domain::phone_number::PhoneNumber;

use super::request::SimulatorUser;
use crate::http::{
    app::App,
    extract::form,
    problem::{FieldError, Problem},
};

/// Longest and usual wait for something to come, in seconds.
const MAX_WAIT: u64 = 25;

/// What came, and the number to ask with next.
#[derive(Serialize)]
pub struct Reply {
    events: Vec<Event>,
    last: u64,
}

/// A text that would have been sent.
#[derive(Serialize)]
struct Event {
    id: u64,
    sid: String,
    to: String,
    body: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<Call>,
}

/// A call that would have been placed.
#[derive(Serialize)]
struct Call {
    path: String,
    sid: String,
}

impl Call {
    /// The script's address without the origin, which a page cannot leave.
    fn of(call: &SimulatedCall, origin: &str) -> Self {
        let path = call.script.strip_prefix(origin).unwrap_or(&call.script);
        Self {
            path: path.to_owned(),
            sid: call.sid.to_string(),
        }
    }
}

struct Query {
    phone: Option<PhoneNumber>,
    after: u64,
    wait: Duration,
}

/// Texts after number `after` (0), to `phone` or to all, oldest first; waits up to `wait` seconds (25) for the first.
///
/// # Errors
///
/// 404 to strangers and while texts are not simulated, 422 for a query that cannot be read.
pub async fn handle(
    user: SimulatorUser,
    request: HttpRequest,
    app: Data<App>,
) -> Result<Json<Reply>, Problem> {
    let query = read(request.query_string())?;
    let texts = user.access()?.texts.as_ref().ok_or_else(Problem::not_found)?;
    let newest = texts.last();
    let found = texts
        .texts_after(query.after, query.phone.as_ref(), query.wait)
        .await;
    let events: Vec<Event> = found
        .into_iter()
        .map(|(id, text)| Event {
            id,
            sid: text.sid.to_string(),
            to: text.to.as_str().to_owned(),
            body: text.body,
            at: text.at.to_string(),
            call: text.call.map(|call| Call::of(&call, &app.edge.settings.origin)),
        })
        .collect();
    let last = events.last().map_or(newest.max(query.after), |event| event.id);
    Ok(Json(Reply { events, last }))
}

fn read(text: &str) -> Result<Query, Problem> {
    let mut fields = form::parse(text.as_bytes())?;
    let phone = match fields.take("phone") {
        None => None,
        Some(raw) => Some(PhoneNumber::from_e164(&raw).map_err(|_| {
            Problem::invalid_field("phone", "format", "The phone is a number such as +61491570006.")
        })?),
    };
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
        Ok(Query { phone, after, wait })
    } else {
        Err(Problem::invalid(unknown))
    }
}
