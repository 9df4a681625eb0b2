//! Pages to the operator, in memory.

use std::{collections::BTreeMap, time::Duration};

use thunderbird_domain::{
    limit::Verdict,
    outbox::{
        lease::{Claim, Due, LeaseOrder, Leased},
        message::{LeasedMessage, Progress},
        port::Outbox,
        retry::SHORTEST_LIFE,
        settle::Settlement,
        state::{Ended, SendState},
    },
    outgoing::{Class, Outgoing},
    page::{OutgoingPage, Page},
    pager::{FailedText, PageFigure, PageLog, PagePayload, Troubles},
    port::PortFuture,
    random::Tag,
    time::Timestamp,
};

use super::{MemoryStore, pages::id_of};

const DAY: Duration = Duration::from_hours(24);

impl super::State {
    /// Stores an event, if it is news, and queues what tells of it.
    pub(crate) fn note_page(&mut self, event: &OutgoingPage, at: Timestamp) {
        let told = self.pages.events.get(&event.event).map(|(_, told_at)| *told_at);
        if !event.is_news(told, at) {
            return;
        }
        let cap = std::slice::from_ref(&event.cap);
        let is_alone = !event.is_minor && self.limits.judge(cap, at) == Verdict::Allowed;
        let shared = self.untried_minutes(event, at);
        let page = if is_alone {
            self.limits.count(cap, at);
            event.alone(at)
        } else {
            event.together(1, shared)
        };
        self.pages.events.insert(event.event.clone(), (page.tag, at));
        let events = self.pages.events.values();
        let count = events.filter(|(tag, _)| *tag == page.tag).count();
        let page = if is_alone {
            page
        } else {
            event.together(u64::try_from(count).expect("few events"), shared)
        };
        if event.has_url {
            self.pages.insert(&page, at);
            self.pages.renew(&page);
        }
        if let Some(to) = &event.mail {
            let mail = page.as_mail(to);
            self.pages.mails.entry(mail.tag).or_insert(at);
            self.queue(&[Outgoing::Mail(mail.clone())]);
            self.renew_mail(mail.tag, &mail.words);
        }
    }

    /// An instant of the minutes whose shared page is to tell of the event.
    fn untried_minutes(&mut self, event: &OutgoingPage, at: Timestamp) -> Timestamp {
        let page = event.together(1, at);
        let mut rows = self.pages.rows.iter();
        let is_rung =
            rows.any(|row| row.page.tag == page.tag && (row.state != SendState::Queued || row.attempts > 0));
        let mail = event.mail.as_ref().map(|to| page.as_mail(to).tag);
        let is_mailed = mail.is_some_and(|tag| self.is_mail_tried(tag));
        if is_rung || is_mailed {
            OutgoingPage::next_minutes(at)
        } else {
            at
        }
    }

    fn failed_texts(&mut self, now: Timestamp) -> Vec<FailedText> {
        let told: Vec<String> = self.pages.events.keys().cloned().collect();
        let ended = self.users.ended.iter().map(|(stored, _)| stored);
        let hikers = self.users.users.iter().chain(ended);
        let hikers: Vec<_> = hikers
            .map(|stored| (stored.id, stored.user.phone.clone()))
            .collect();
        let rows = self.outbox().rows.iter();
        let failed = rows.filter(|(id, row)| {
            let is_hikers = hikers
                .iter()
                .any(|(user, phone)| row.text.user == Some(*user) && row.text.to == *phone);
            row.state.is_given_up()
                && matches!(row.text.class, Class::Alarm | Class::Safety)
                && row.text.not_before.plus(DAY) >= now
                && !is_hikers
                && !told.contains(&format!("text_failed {}", id.get()))
        });
        failed
            .map(|(id, row)| FailedText {
                id: *id,
                to: Some(row.text.to.clone()),
                state: row.state,
                code: row.code,
            })
            .collect()
    }
}

impl PageLog for MemoryStore {
    fn troubles(&self, now: Timestamp) -> PortFuture<'_, Troubles> {
        let mut state = self.lock();
        let survey = state.survey(now);
        let troubles = Troubles {
            unclaimed: survey.unclaimed,
            unreached: survey.unreached,
            failed: state.failed_texts(now),
        };
        Box::pin(async move { Ok(troubles) })
    }

    fn note(&self, pages: Vec<OutgoingPage>, at: Timestamp) -> PortFuture<'_, ()> {
        let pages: Vec<_> = pages.into_iter().map(Outgoing::Page).collect();
        self.lock().queue_at(&pages, at);
        Box::pin(async { Ok(()) })
    }

    fn forget(&self, events: Vec<String>) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        state.pages.events.retain(|event, _| !events.contains(event));
        Box::pin(async { Ok(()) })
    }

    fn figures(&self, now: Timestamp) -> PortFuture<'_, Vec<PageFigure>> {
        let mut state = self.lock();
        let since = now.minus(DAY);
        let mut counts: BTreeMap<(bool, &str), u64> = BTreeMap::new();
        for row in state.pages.rows.iter().filter(|row| row.created_at >= since) {
            if row.state == SendState::Queued && row.attempts == 0 && row.next_attempt_at > Some(now) {
                continue;
            }
            *counts.entry((false, row.state.as_str())).or_default() += 1;
        }
        let mails: Vec<Tag> = state
            .pages
            .mails
            .iter()
            .filter(|(_, at)| **at >= since)
            .map(|(tag, _)| *tag)
            .collect();
        for tag in mails {
            if let Some(word) = state.shown_mail_state(tag, now).map(SendState::as_str) {
                *counts.entry((true, word)).or_default() += 1;
            }
        }
        let figure = |((by_mail, word), count): ((bool, &str), u64)| PageFigure {
            by_mail,
            state: SendState::parse(word).expect("a state"),
            count,
        };
        let figures = counts.into_iter().map(figure).collect();
        Box::pin(async move { Ok(figures) })
    }
}

impl Outbox<PagePayload> for MemoryStore {
    fn queue(&self, pages: Vec<Page>, at: Timestamp) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        for page in &pages {
            state.pages.insert(page, at);
        }
        Box::pin(async { Ok(()) })
    }

    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<PagePayload>>> {
        let state = self.lock();
        let mut rows = state.pages.rows.iter().enumerate();
        let found = rows.find(|(_, row)| row.page.tag == tag);
        let progress = found.map(|(place, row)| Progress {
            id: id_of(place),
            state: row.state,
            receipt: (row.state == SendState::Sent).then_some(()),
            code: row.code,
            attempts: row.attempts,
            ambiguous: row.ambiguous,
            next_attempt_at: row.next_attempt_at,
            has_words: true,
        });
        Box::pin(async move { Ok(progress) })
    }

    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<PagePayload>> {
        let mut state = self.lock();
        let mut leased = Leased::default();
        for (place, row) in state.pages.rows.iter_mut().enumerate() {
            let is_due = order.class == Class::Alarm
                && row.state == SendState::Queued
                && row.next_attempt_at.is_some_and(|at| at <= order.now);
            if !is_due || leased.messages.len() == order.limit {
                continue;
            }
            let due = Due {
                expires_at: row.page.expires_at,
                unwanted: false,
                attempts: row.attempts,
            };
            row.next_attempt_at = None;
            if due.claim(&order, 0) == Claim::Expire {
                row.state = SendState::Ended(Ended::Expired);
                leased.expired += 1;
                continue;
            }
            row.state = SendState::Sending;
            row.attempts += 1;
            row.lease = Some((order.lease, order.until));
            leased.messages.push(row.leased(place));
        }
        Box::pin(async move { Ok(leased) })
    }

    fn settle(&self, settlements: Vec<Settlement<PagePayload>>) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        for settlement in settlements {
            let place = usize::try_from(settlement.id.get() - 1).expect("a place");
            state.pages.rows[place].settle(&settlement);
        }
        Box::pin(async { Ok(()) })
    }

    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMessage<PagePayload>>> {
        let state = self.lock();
        let rows = state.pages.rows.iter().enumerate();
        let stranded = rows.filter(|(_, row)| row.lease.is_some_and(|(_, until)| until <= now));
        let stranded = stranded
            .take(limit)
            .map(|(place, row)| row.leased(place))
            .collect();
        Box::pin(async move { Ok(stranded) })
    }

    fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize> {
        let mut state = self.lock();
        let mut changed = 0;
        for row in &mut state.pages.rows {
            if row.state == SendState::Queued && row.page.expires_at < now.plus(SHORTEST_LIFE) {
                row.state = SendState::Ended(Ended::Expired);
                row.next_attempt_at = None;
                changed += 1;
            }
        }
        Box::pin(async move { Ok(changed) })
    }
}
