//! Watches the promises: sends what is due.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;

use super::{
    counts::{self, Event},
    firing::{Firing, fire},
    machine::Hold,
    stage::Stage,
    store::{DeadlineChange, DeadlineStore, Watched},
    survey::Survey,
};
use crate::{
    budget::{Budget, Budgets},
    id::DeadlineId,
    messages,
    outgoing::Outgoing,
    page::{PageKind, Pagers},
    phone_number::{Region, TextableRegions},
    port::{Commit, Fault},
    route::RouteCatalogue,
    time::{Clock, Timestamp},
};

/// Promises that are looked at in one round.
const AT_ONCE: u32 = 200;

/// Promises that are stored at the same time: they share a flush of the disk, or the way to the server.
const TOGETHER: usize = 16;

/// A stage that fired, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchReport {
    /// Whose stage it is.
    pub deadline: DeadlineId,
    /// Which stage it is.
    pub stage: Stage,
    /// How long after its due instant it fired.
    pub late: Duration,
    /// How many texts were queued with it.
    pub texts: usize,
}

/// What one round did.
#[derive(Debug, Default)]
pub struct Round {
    /// The stages that fired.
    pub fired: Vec<WatchReport>,
    /// The newest fault of the store; the promise it is about is looked at again in the next round.
    pub fault: Option<Fault>,
    /// The promises that cannot be read, so they are not watched, each with the reason.
    pub unreadable: Vec<(DeadlineId, String)>,
    /// Whether more may be due than one round looks at.
    pub is_full: bool,
}

/// Watches the promises of all hikers.
#[derive(Clone)]
pub struct Watch {
    /// Where promises are kept.
    pub store: Arc<dyn DeadlineStore>,
    /// The routes that can be walked.
    pub routes: Arc<dyn RouteCatalogue>,
    /// Which numbers may be texted.
    pub textable: TextableRegions,
    /// Whose emergency number is named if a route is gone.
    pub region: Region,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What hikers may make us text to others.
    pub budgets: Budgets,
    /// Who is paged when an alarm is opened.
    pub pagers: Pagers,
    /// Whether contacts are called who do not answer an alert.
    pub calls: bool,
}

impl Watch {
    /// Fires what is due, each promise in a commit of its own, alarms before questions, the oldest first.
    /// Another writer that was first, for example the text BACK, wins: the promise is looked at again in the next round.
    /// A promise that cannot be stored keeps no other one from being watched. `judged_at` is the present instant if the clock
    /// is known to show another one.
    ///
    /// # Errors
    ///
    /// The store's fault, if the promises cannot be read.
    pub async fn tick(&self, hold: Hold, judged_at: Option<Timestamp>) -> Result<Round, Fault> {
        let shown = self.clock.now();
        let at = judged_at.unwrap_or(shown);
        let due = self.store.due(at, AT_ONCE).await?;
        let mut round = Round {
            is_full: u32::try_from(due.watched.len()).is_ok_and(|count| count >= AT_ONCE),
            unreadable: due.unreadable,
            ..Round::default()
        };
        let firing = Firing {
            routes: &*self.routes,
            textable: &self.textable,
            region: self.region,
            at,
            shown,
            hold,
            calls: self.calls,
        };
        for some in due.watched.chunks(TOGETHER) {
            let firings = some.iter().map(|watched| self.fire(watched, &firing));
            for fired in join_all(firings).await {
                match fired {
                    Ok(fired) => round.fired.extend(fired),
                    Err(fault) => round.fault = Some(fault),
                }
            }
        }
        Ok(round)
    }

    /// By how much the oldest stage is late that should have fired. `judged_at` is as for [`Self::tick`].
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn lateness(&self, judged_at: Option<Timestamp>) -> Result<Duration, Fault> {
        let now = judged_at.unwrap_or_else(|| self.clock.now());
        let due = self.store.next_due().await?;
        Ok(due.map_or(Duration::ZERO, |due| now.since(due)))
    }

    /// The open promises in whose alarm no contact was reached.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn unreached(&self) -> Result<Vec<DeadlineId>, Fault> {
        self.store.unreached(self.clock.now()).await
    }

    /// What is to be known about all open promises at once.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn survey(&self) -> Result<Survey, Fault> {
        self.store.survey(self.clock.now()).await
    }

    /// Fires what is due of one promise; returns nothing if another writer was first.
    async fn fire(&self, watched: &Watched, firing: &Firing<'_>) -> Result<Vec<WatchReport>, Fault> {
        let budget = self.budget(watched).await;
        let Some((mut save, fired)) = fire(watched, firing, budget) else {
            return Ok(Vec::new());
        };
        save.outgoing.extend(self.opened(watched, &save.change));
        let mut events = counts::events(std::slice::from_ref(&save.change), firing.at);
        let texts = save.change.texts.len();
        let state = save.change.state.clone();
        if self.store.save(save).await? == Commit::Stale {
            return Ok(Vec::new());
        }
        let late = |stage| {
            state
                .row(stage)
                .and_then(|row| row.ending)
                .map(|ending| ending.late)
        };
        events.extend(fired.iter().filter_map(|stage| late(*stage)).map(Event::Fired));
        counts::count(events);
        let report = |stage| WatchReport {
            deadline: watched.stored.id,
            stage,
            late: late(stage).unwrap_or_default(),
            texts,
        };
        Ok(fired.into_iter().map(report).collect())
    }

    /// The page about an alarm that this change opens.
    fn opened(&self, watched: &Watched, change: &DeadlineChange) -> Option<Outgoing> {
        let alarm = change.state.alarm.as_ref();
        let alarm = alarm.filter(|_| watched.stored.deadline.alarm.is_none())?;
        let words = messages::page::alarm_opened(false, alarm.contacts.len());
        let id = watched.stored.id.get();
        let page = self.pagers.page(PageKind::AlarmOpened, id, (words, Some(id)));
        page.map(Outgoing::Page)
    }

    /// What the hiker may still make us text. It is read only if the contacts are to hear of the time. If it cannot be
    /// read, it counts as unspent, because nothing may keep an alert from being sent; the commit judges it all the same.
    async fn budget(&self, watched: &Watched) -> Budget {
        let deadline = &watched.stored.deadline;
        let hiker = (&deadline.phone, None);
        let contacts = || watched.hiker.contacts.iter().map(|contact| &contact.phone);
        let is_to_tell = deadline
            .row(Stage::Notice)
            .is_some_and(|row| row.ending.is_none());
        let read = if is_to_tell {
            self.budgets.of(hiker, contacts()).await.ok()
        } else {
            None
        };
        read.unwrap_or_else(|| self.budgets.unspent(hiker, contacts()))
    }
}
