//! `POST /simulator/clock`: moves the simulator's clock ahead, so that a promise's whole story is seen in minutes.

use actix_web::{HttpRequest, web::Json};
use serde::Serialize;
use thunderbird_domain::time::{Clock as _, Timestamp};

use super::request::SimulatorUser;
use crate::http::{extract::form, problem::Problem};

/// The time that the service goes by now.
#[derive(Serialize)]
pub struct Reply {
    now: String,
}

/// Moves the clock to `at`, an instant in RFC 3339 that lies ahead, or by a span such as `+26h`.
///
/// # Errors
///
/// 404 to strangers and while texts are not simulated, 422 for an instant that cannot be read or has passed.
pub async fn handle(user: SimulatorUser, request: HttpRequest) -> Result<Json<Reply>, Problem> {
    let clock = user.access()?.clock.as_ref().ok_or_else(Problem::not_found)?;
    let mut fields = form::parse(request.query_string().as_bytes())?;
    let invalid = || {
        let why = "This is an instant such as 2026-11-22T18:00:00+11:00, or a span such as +26h.";
        Problem::invalid_field("at", "format", why)
    };
    let at = fields.take("at").ok_or_else(invalid)?;
    let at = instant(&at, clock.now()).ok_or_else(invalid)?;
    if !clock.move_to(at) {
        return Err(Problem::invalid_field(
            "at",
            "past",
            "The clock only moves forward.",
        ));
    }
    Ok(Json(Reply {
        now: clock.now().to_string(),
    }))
}

/// Reads an instant, or a span after `now`.
fn instant(at: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(span) = at.strip_prefix('+') {
        let span: jiff::SignedDuration = span.parse().ok()?;
        Some(now.plus(span.try_into().ok()?))
    } else {
        let at: jiff::Timestamp = at.parse().ok()?;
        Some(Timestamp::from_micros(at.as_microsecond()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_instant_or_a_span_is_read() {
        let now = Timestamp::from_micros(1_795_074_000_000_000);
        assert_eq!(instant("+26h", now), Some(now.plus(Duration::from_hours(26))));
        assert_eq!(instant("+1h30m", now), Some(now.plus(Duration::from_mins(90))));
        assert_eq!(instant("2026-11-19T18:40:00+11:00", now), Some(now));
        for unread in ["", "+", "+-2h", "soon", "2026-11-19", "+2 moons"] {
            assert_eq!(instant(unread, now), None, "{unread}");
        }
    }
}
