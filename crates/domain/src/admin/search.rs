//! Searching in a list for a person: what was typed, who may find how much with it, and what is kept of it.

use std::time::Duration;

use super::{AdminCaller, Console, PageOf};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    limit::{Limit, LimitKey, Quota, Rule},
    phone_number::{PhoneNumber, Region},
    port::Fault,
    time::Timestamp,
};

/// Searches that somebody who sees everything masked may make in an hour.
const VIEWERS_SEARCHES: u32 = 60;

/// Why nothing was searched for.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Too many searches of this viewer.
    #[error("too many searches")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Counts a search for a person, then writes it down: whose list, by what, never for whom. Without a field that
    /// names a person there is nothing to count.
    pub(super) async fn search(
        &self,
        caller: &AdminCaller,
        list: &'static str,
        fields: &[(&'static str, &str)],
    ) -> Result<(), SearchError> {
        let named = fields.iter().filter(|(_, typed)| filled(typed).is_some());
        let named: Vec<&str> = named.map(|(field, _)| *field).collect();
        if named.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let event = AuditEvent::new(now, Actor::Admin(caller.id), "console.searched", Subject::Service)
            .with("list", list)
            .with("by", named.join(","));
        if caller.role.may_act() {
            self.actions.record(event).await?;
            return Ok(());
        }
        let hourly = Quota {
            events: VIEWERS_SEARCHES,
            per: Duration::from_hours(1),
        };
        let limit = Limit {
            key: LimitKey::new("console.search", caller.id.get().to_be_bytes()),
            rule: Rule::Quota(hourly),
        };
        let verdict = self.limiter.take(vec![limit], now, vec![event]).await?;
        verdict.or_throttled(|retry_after| SearchError::Throttled { retry_after })
    }
}

/// What somebody who sees it masked may find by it: rows that have exactly the value that was typed. By beginnings,
/// ten questions would tell each digit.
pub(super) fn whole_only<T>(
    caller: &AdminCaller,
    typed: Option<&str>,
    found: PageOf<T>,
    value: impl Fn(&T) -> &str,
) -> PageOf<T> {
    let Some(typed) = typed.filter(|_| !caller.role.may_act()) else {
        return found;
    };
    let mut found = found;
    found.items.retain(|item| value(item) == typed);
    if found.items.is_empty() {
        found.next = None;
    }
    found
}

/// The field without blanks around it; `None` if it is empty.
pub(super) fn filled(typed: &str) -> Option<&str> {
    Some(typed.trim()).filter(|typed| !typed.is_empty())
}

/// A whole number in E.164, or the beginning of one as it was typed.
pub(super) fn number_prefix(typed: &str, region: Region) -> String {
    match PhoneNumber::parse(typed, region) {
        Ok(phone) => phone.as_str().to_owned(),
        Err(_) => typed
            .chars()
            .filter(|letter| letter.is_ascii_digit() || *letter == '+')
            .collect(),
    }
}

/// The first instant of a day in UTC; `None` if the text is not a date.
pub(super) fn day(typed: &str) -> Option<Timestamp> {
    let date: jiff::civil::Date = typed.parse().ok()?;
    let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_micros(start.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_be_searched_for_by_its_beginning() {
        let australia = Region::parse("AU").unwrap();
        assert_eq!(number_prefix("0491 570 006", australia), "+61491570006");
        assert_eq!(number_prefix("+61 4915", australia), "+614915");
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc_and_nonsense_is_no_day() {
        assert_eq!(
            day("1970-01-02"),
            Some(Timestamp::from_micros(24 * 3_600 * 1_000_000))
        );
        assert_eq!(day("yesterday"), None);
    }
}
