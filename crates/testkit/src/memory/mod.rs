//! Every storage port behind one lock: the executable specification, vouched for by the contract suites.

mod account;
mod calls;
mod contact_mail;
mod deadline;
mod fates;
mod forecast;
mod forecasts;
mod health;
mod idempotency;
mod inbound;
mod key_memory;
mod limit;
mod mail;
mod message_log;
mod opt_out;
mod outbox;
mod pager;
mod pages;
mod phone;
mod privacy;
mod queued;
mod reach;
mod reception;
mod stopped_mails;
mod survey;
mod user;
mod voice;

use std::sync::{Arc, Mutex, MutexGuard};

use thunderbird_domain::{
    audit::{AuditEvent, Subject},
    limit::Verdict,
    outgoing::{Outgoing, OutgoingMail},
    sms::reception::Reception,
    time::Timestamp,
};

/// Keeps everything in memory. Clones share one memory.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<State>>);

/// What the store holds; one field a context, each context's file knows its own.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) audit: Vec<AuditEvent>,
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) accounts: account::State,
    pub(crate) limits: limit::State,
    pub(crate) keys: key_memory::State,
    pub(crate) mails: mail::State,
    pub(crate) idempotency: idempotency::State,
    pub(crate) opt_outs: opt_out::State,
    pub(crate) phones: phone::State,
    pub(crate) outbox: outbox::State,
    pub(crate) pages: pages::State,
    pub(crate) inbox: inbound::State,
    pub(crate) reach: fates::State,
    pub(crate) reception: Option<Reception>,
    pub(crate) users: user::State,
    pub(crate) deadlines: deadline::State,
    pub(crate) forecasts: forecasts::State,
    pub(crate) calls: calls::State,
    pub(crate) contact_mails: contact_mail::State,
}

impl MemoryStore {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panics while it holds the store")
    }

    /// Everything audited so far, oldest first.
    pub fn audited(&self) -> Vec<AuditEvent> {
        self.lock().audit.clone()
    }

    /// Everything queued so far, oldest first.
    pub fn queued(&self) -> Vec<Outgoing> {
        self.lock().outgoing.clone()
    }

    /// Records or clears an opt-out, as a decision of another test would.
    pub fn change_opt_out(&self, change: &thunderbird_domain::opt_out::OptOutChange) -> bool {
        self.lock().opt_outs.apply(change)
    }
}

impl State {
    /// Appends to the audit; `stored` is whom [`Subject::Stored`] stands for.
    pub(crate) fn audit(&mut self, events: Vec<AuditEvent>, stored: Subject) {
        self.audit.extend(events.into_iter().map(|mut event| {
            if event.subject == Subject::Stored {
                event.subject = stored;
            }
            event
        }));
    }

    /// Queues what a commit sends at this instant, without the mails of which their counters have had enough.
    pub(crate) fn queue_at(&mut self, outgoing: &[Outgoing], at: Timestamp) {
        for item in outgoing {
            if let Outgoing::Page(page) = item {
                self.note_page(page, at);
                continue;
            }
            let known = self.outgoing.iter().any(|queued| tag_of(queued) == tag_of(item));
            if let Outgoing::Mail(OutgoingMail { cap: Some(cap), .. }) = item
                && !known
            {
                let cap = std::slice::from_ref(cap);
                if self.limits.judge(cap, at) != Verdict::Allowed {
                    continue;
                }
                self.limits.count(cap, at);
            }
            self.queue(std::slice::from_ref(item));
        }
    }

    /// Queues what a commit sends; a tag that is queued already stays as it is.
    pub(crate) fn queue(&mut self, outgoing: &[Outgoing]) {
        let mut renewed = Vec::new();
        for item in outgoing {
            let known = self
                .outgoing
                .iter_mut()
                .find(|queued| tag_of(queued) == tag_of(item));
            match (known, item) {
                (Some(older), Outgoing::Newest(text)) => {
                    older.clone_from(item);
                    renewed.push(text.tag);
                }
                (Some(_), _) => {}
                (None, _) => self.outgoing.push(item.clone()),
            }
        }
        for tag in renewed {
            self.wait_again(tag);
        }
    }
}

fn tag_of(outgoing: &Outgoing) -> thunderbird_domain::random::Tag {
    match outgoing {
        Outgoing::Text(text) | Outgoing::Newest(text) => text.tag,
        Outgoing::Mail(mail) => mail.tag,
        Outgoing::Page(page) => page.alone(Timestamp::EPOCH).tag,
    }
}
