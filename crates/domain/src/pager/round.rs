//! A round of the watch for the operator: what is wrong becomes pages.

use std::sync::Arc;

use super::{
    log::{PageFigure, PageLog},
    own::{Looked, OwnTroubles, Seen, Trouble},
};
use crate::{
    deadline::Unclaimed,
    messages::page as words,
    page::{OutgoingPage, PageKind, Pagers},
    port::Fault,
    time::{Clock, Timestamp},
};

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
    /// Looks once, and stores what is to be told. An event is reported once, however often it is seen. What the process knows
    /// of itself is stored by itself, so that a store whose troubles cannot be read keeps nothing of it back.
    ///
    /// # Errors
    ///
    /// The store's fault; the next round sees the same again.
    pub async fn round(&self, own: &mut OwnTroubles, seen: &Seen) -> Result<(), Fault> {
        if !self.pagers.are_on() {
            return Ok(());
        }
        let now = self.clock.now();
        let noted = self.note_own(own, seen, now).await;
        let pages = self.stored(now).await?;
        if !pages.is_empty() {
            self.log.note(pages, now).await?;
        }
        noted
    }

    /// What became of the pages of a day.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn figures(&self) -> Result<Vec<PageFigure>, Fault> {
        self.log.figures(self.clock.now()).await
    }

    async fn note_own(&self, own: &mut OwnTroubles, seen: &Seen, now: Timestamp) -> Result<(), Fault> {
        let Looked { wrong, over } = own.look(seen);
        let page = |(trouble, words): (Trouble, String)| {
            let (kind, event) = trouble.event();
            self.pagers.page(kind, event, (words, None))
        };
        let pages: Vec<OutgoingPage> = wrong.into_iter().filter_map(page).collect();
        if !pages.is_empty() {
            self.log.note(pages, now).await?;
        }
        if !over.is_empty() {
            let events = over.iter().map(|trouble| trouble.event());
            let events = events.map(|(kind, event)| kind.event(event)).collect();
            self.log.forget(events).await?;
            own.ended(&over);
        }
        Ok(())
    }

    async fn stored(&self, now: Timestamp) -> Result<Vec<OutgoingPage>, Fault> {
        let troubles = self.log.troubles(now).await?;
        let mut pages = Vec::new();
        for Unclaimed { alarm, claims } in troubles.unclaimed {
            let (words, event) = if claims == 0 {
                (words::unclaimed(), alarm.get().to_string())
            } else {
                (words::lapsed(), format!("{} {claims}", alarm.get()))
            };
            let words = (words, Some(alarm.get()));
            pages.extend(self.pagers.page(PageKind::AlarmUnclaimed, event, words));
        }
        for alarm in troubles.unreached {
            let words = (words::unreached(), Some(alarm.get()));
            pages.extend(self.pagers.page(PageKind::AlarmUnreached, alarm.get(), words));
        }
        for text in troubles.failed {
            let words = words::text_failed(text.to.as_ref(), text.state.as_str(), text.code);
            pages.extend(
                self.pagers
                    .page(PageKind::TextFailed, text.id.get(), (words, None)),
            );
        }
        Ok(pages)
    }
}
