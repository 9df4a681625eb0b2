//! A round of the watch for the operator: what is wrong becomes pages.

use std::{sync::Arc, time::Duration};

use super::log::{PageFigure, PageLog};
use crate::{
    messages::page as words,
    page::{OutgoingPage, PageKind, Pagers},
    port::Fault,
    time::{Clock, Timestamp},
};

/// A stage that is late by more than this is reported.
const LATE: Duration = Duration::from_mins(1);

/// What a process knows of itself that no store shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// By how much the oldest stage is late that should have fired.
    pub late: Duration,
    /// Whether texts that no webhook brought cannot be fetched.
    pub fetch_fails: bool,
    /// Whether alerts are held because of the clock.
    pub clock_is_held: bool,
}

/// Finds what is to be told.
#[derive(Clone)]
pub struct PageRounds {
    /// Where troubles are read and pages are stored.
    pub log: Arc<dyn PageLog>,
    /// Who is paged.
    pub pagers: Pagers,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl PageRounds {
    /// Looks once, and stores what is to be told. An event is reported once, however often it is seen.
    ///
    /// # Errors
    ///
    /// The store's fault; the next round sees the same again.
    pub async fn round(&self, seen: Seen) -> Result<(), Fault> {
        if !self.pagers.are_on() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut pages = self.own(seen);
        pages.extend(self.stored(now).await?);
        if pages.is_empty() {
            return Ok(());
        }
        self.log.note(pages, now).await
    }

    /// What became of the pages of a day.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn figures(&self) -> Result<Vec<PageFigure>, Fault> {
        self.log.figures(self.clock.now()).await
    }

    fn own(&self, seen: Seen) -> Vec<OutgoingPage> {
        let page = |holds: bool, kind, message| {
            let page = || self.pagers.page(kind, "now", (message, None));
            holds.then(page).flatten()
        };
        [
            page(
                seen.late > LATE,
                PageKind::StageLate,
                words::stage_late(seen.late),
            ),
            page(seen.fetch_fails, PageKind::FetchFailing, words::fetch_failing()),
            page(seen.clock_is_held, PageKind::ClockHeld, words::clock_held()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    async fn stored(&self, now: Timestamp) -> Result<Vec<OutgoingPage>, Fault> {
        let troubles = self.log.troubles(now).await?;
        let mut pages = Vec::new();
        for alarm in troubles.unclaimed {
            let words = (words::unclaimed(), Some(alarm.get()));
            pages.extend(self.pagers.page(PageKind::AlarmUnclaimed, alarm.get(), words));
        }
        for alarm in troubles.unreached {
            let words = (words::unreached(), Some(alarm.get()));
            pages.extend(self.pagers.page(PageKind::AlarmUnreached, alarm.get(), words));
        }
        for text in troubles.failed {
            let words = words::text_failed(&text.to, text.state.as_str(), text.code);
            pages.extend(
                self.pagers
                    .page(PageKind::TextFailed, text.id.get(), (words, None)),
            );
        }
        Ok(pages)
    }
}
