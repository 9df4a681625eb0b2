//! Events that an operator is to hear of, and the pages that tell of them.

use std::{fmt::Display, time::Duration};

use super::kind::PageKind;
use crate::{
    email::Email,
    limit::{Limit, LimitKey, Quota, Rule},
    messages,
    random::Tag,
    time::Timestamp,
};

/// Pages of one kind in an hour that tell of one event each. Beyond it events are reported together.
const ALONE_PER_HOUR: u32 = 10;

/// Events that are reported together are those of this long.
const TOGETHER: Duration = Duration::from_mins(10);

/// A page that tells of many events leaves this long after their span, so that a commit under way is still counted.
const COUNTED_AFTER: Duration = Duration::from_secs(5);

/// How long a page is worth sending. What goes on is reported again anyway.
const LIFE: Duration = Duration::from_hours(6);

/// Who is paged, and where the console is. Nothing is made while there is neither an address nor a mailbox.
#[derive(Debug, Clone, Default)]
pub struct Pagers {
    /// Whether an address gets pages by HTTP.
    pub has_url: bool,
    /// The mailbox that gets them.
    pub mail: Option<Email>,
    /// The public URL, without a slash at its end.
    pub public_url: String,
}

impl Pagers {
    /// Whether a page would reach anything.
    pub const fn are_on(&self) -> bool {
        self.has_url || self.mail.is_some()
    }

    /// The page about an event; `None` while there is no pager. `event` tells this event from others of the kind, without
    /// personal data; `id` is that of the console's page about it, where it has one of its own.
    pub fn page(
        &self,
        kind: PageKind,
        event: impl Display,
        (message, id): (String, Option<i64>),
    ) -> Option<OutgoingPage> {
        let hourly = Quota {
            events: ALONE_PER_HOUR,
            per: Duration::from_hours(1),
        };
        let overview = format!("{}{}", self.public_url, kind.path());
        self.are_on().then(|| OutgoingPage {
            event: kind.event(event),
            kind,
            message,
            link: id.map_or_else(|| overview.clone(), |id| format!("{overview}/{id}")),
            overview,
            is_minor: false,
            has_url: self.has_url,
            mail: self.mail.clone(),
            cap: Limit {
                key: LimitKey::new("pages.kind", kind.as_str()),
                rule: Rule::Quota(hourly),
            },
        })
    }
}

/// An event that an operator is to hear of, stored in the commit that makes it true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingPage {
    /// Names the event: it is reported once, or once more after the pause of its kind.
    pub event: String,
    /// What it is.
    pub kind: PageKind,
    /// What is said of it if it is reported alone.
    pub message: String,
    /// The console's page about it.
    pub link: String,
    /// The console's page about all of its kind.
    pub overview: String,
    /// Whether it is only counted together with others, as are further texts of one sender.
    pub is_minor: bool,
    /// Whether it goes to the address.
    pub has_url: bool,
    /// The mailbox that it goes to.
    pub mail: Option<Email>,
    /// What a page counts under that tells of one event. Beyond that limit events are reported together.
    pub cap: Limit,
}

/// A page as it is queued, for one event or for many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Names the row before it has an id.
    pub tag: Tag,
    /// What it tells of.
    pub kind: PageKind,
    /// The title that it has.
    pub title: String,
    /// What it says.
    pub message: String,
    /// The console's page about it.
    pub link: String,
    /// Not to be sent earlier.
    pub not_before: Timestamp,
    /// Not to be sent at or after this instant.
    pub expires_at: Timestamp,
}

impl OutgoingPage {
    /// Whether it is to be told at this instant, if it was reported last at that one. A time further ahead than the pause was
    /// written while the clock was wrong.
    pub fn is_news(&self, told_at: Option<Timestamp>, at: Timestamp) -> bool {
        let Some(told_at) = told_at else {
            return true;
        };
        let pause = self.kind.again_after();
        pause.is_some_and(|pause| told_at.plus(pause) <= at || at.plus(pause) < told_at)
    }

    /// The page that tells of this event alone.
    pub fn alone(&self, at: Timestamp) -> Page {
        Page {
            tag: self.named(&self.event, at.as_micros()),
            kind: self.kind,
            title: messages::page::title(self.kind).to_owned(),
            message: self.message.clone(),
            link: self.link.clone(),
            not_before: at,
            expires_at: at.plus(LIFE),
        }
    }

    /// An instant of the minutes after those of `at`. Their page tells of an event whose own page has left already, because its
    /// commit took long.
    pub fn next_minutes(at: Timestamp) -> Timestamp {
        at.plus(TOGETHER)
    }

    /// The page that tells of all events of this kind and these minutes together, as many as there are so far.
    pub fn together(&self, count: u64, at: Timestamp) -> Page {
        let span = i64::try_from(TOGETHER.as_micros()).unwrap_or(i64::MAX);
        let place = at.as_micros().div_euclid(span);
        let begins = Timestamp::from_micros(place.saturating_mul(span));
        let not_before = begins.plus(TOGETHER).plus(COUNTED_AFTER);
        Page {
            tag: self.named("together", place),
            kind: self.kind,
            title: messages::page::title(self.kind).to_owned(),
            message: messages::page::together(self.kind, count, begins),
            link: self.overview.clone(),
            not_before,
            expires_at: not_before.plus(LIFE),
        }
    }

    fn named(&self, what: &str, place: i64) -> Tag {
        let name = format!("page {} {what} {place}", self.kind.as_str());
        Tag::from_bytes([0; 16]).derived(&name, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

    fn page(kind: PageKind) -> OutgoingPage {
        let pagers = Pagers {
            has_url: true,
            mail: Some(Email::parse("ops@example.org").unwrap()),
            public_url: "https://hike.example.org".to_owned(),
        };
        pagers.page(kind, 7, ("Words.".to_owned(), Some(7))).unwrap()
    }

    #[test]
    fn nothing_is_made_without_a_pager() {
        let none = Pagers::default();
        assert_eq!(none.page(PageKind::Distress, 1, (String::new(), None)), None);
    }

    #[test]
    fn an_event_is_told_once_or_again_after_its_pause() {
        let opened = page(PageKind::AlarmOpened);
        assert!(opened.is_news(None, NOW));
        assert!(!opened.is_news(Some(NOW), NOW.plus(Duration::from_hours(999))));
        let unreached = page(PageKind::AlarmUnreached);
        let told = Some(NOW);
        assert!(!unreached.is_news(told, NOW.plus(Duration::from_secs(899))));
        assert!(unreached.is_news(told, NOW.plus(Duration::from_mins(15))));
        assert!(!unreached.is_news(told, NOW.minus(Duration::from_mins(15))));
        assert!(
            unreached.is_news(told, NOW.minus(Duration::from_hours(26))),
            "it was reported while the clock was wrong"
        );
    }

    #[test]
    fn events_of_the_same_minutes_share_a_page_that_leaves_after_them() {
        let distress = page(PageKind::Distress);
        let (first, second) = (
            distress.together(1, NOW),
            distress.together(9, NOW.plus(Duration::from_mins(4))),
        );
        assert_eq!(first.tag, second.tag);
        assert!(first.not_before > NOW && first.not_before <= NOW.plus(TOGETHER).plus(COUNTED_AFTER));
        assert!(second.message.contains('9'), "{}", second.message);
        let next = distress.together(1, NOW.plus(TOGETHER));
        assert_ne!(next.tag, first.tag);
        assert_ne!(page(PageKind::TextFailed).together(1, NOW).tag, first.tag);
    }
}
