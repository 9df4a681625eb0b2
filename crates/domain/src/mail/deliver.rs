//! Sends what was queued: lease, send, settle. Nothing is sent without a lease, and no lease ends without a settlement.

use std::{sync::Arc, time::Duration};

use super::{
    mailer::{Handed, Letter, Mailer},
    outbox::{LeaseOrder, LeasedMail, MailOutbox, SendOutcome, Settlement},
    retry::{self, SHORTEST_LIFE},
};
use crate::{
    outbox::state::Ended,
    outgoing::Words,
    port::Fault,
    random::{Entropy, Tag},
    secret::{BodySealer, Secret},
    time::Clock,
};

/// How long a lease holds: longer than a mailer may take.
pub const LEASE: Duration = Duration::from_mins(2);

/// Mails whose lease outlived its holder that [`Mailings::recover`] looks at in one go.
const RECOVERED_AT_ONCE: usize = 200;

/// The ports that sending mail needs.
pub struct Mailings {
    /// What waits.
    pub outbox: Arc<dyn MailOutbox>,
    /// Who sends; `None` while mail is off.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Opens sealed words.
    pub sealer: Arc<dyn BodySealer>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Jitter and lease names.
    pub entropy: Arc<dyn Entropy>,
}

impl Mailings {
    /// Whether mail can be sent at all.
    pub fn is_on(&self) -> bool {
        self.mailer.is_some()
    }

    /// Claims at most `limit` due mails; none while mail is off.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn lease(&self, limit: usize) -> Result<Vec<LeasedMail>, Fault> {
        if !self.is_on() {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let lease = Tag::draw(&*self.entropy);
        let until = now.plus(LEASE);
        self.outbox
            .lease(LeaseOrder {
                limit,
                lease,
                now,
                until,
            })
            .await
    }

    /// Sends one leased mail, once, and says what became of it.
    pub async fn deliver(&self, mail: &LeasedMail) -> Settlement {
        let outcome = match (self.letter(mail), &self.mailer) {
            (Err(state), _) => SendOutcome::Ended { state, code: None },
            (Ok(_), None) => retry::after(
                mail,
                Handed::Temporary { code: None },
                self.clock.now(),
                &*self.entropy,
            ),
            (Ok(letter), Some(mailer)) => {
                let handed = mailer.send(&letter).await;
                let handed = handed.unwrap_or(Handed::Temporary { code: None });
                retry::after(mail, handed, self.clock.now(), &*self.entropy)
            }
        };
        self.settlement(mail, outcome)
    }

    /// Ends leases.
    ///
    /// # Errors
    ///
    /// The store's fault; nothing is settled then.
    pub async fn settle(&self, settlements: Vec<Settlement>) -> Result<(), Fault> {
        self.outbox.settle(settlements).await
    }

    /// Takes back the mails of holders that did not come back in time: each counts as an attempt whose end nobody
    /// knows. Says how many there were.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn recover(&self) -> Result<usize, Fault> {
        self.take_back(Duration::ZERO).await
    }

    /// Takes back every leased mail, at a start: whoever held one is gone, since one process holds the database.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn recover_from_crash(&self) -> Result<usize, Fault> {
        self.take_back(LEASE).await
    }

    async fn take_back(&self, early: Duration) -> Result<usize, Fault> {
        let now = self.clock.now();
        let stranded = self.outbox.stranded(now.plus(early), RECOVERED_AT_ONCE).await?;
        let settlements: Vec<_> = stranded
            .iter()
            .map(|mail| self.settlement(mail, retry::after(mail, Handed::Ambiguous, now, &*self.entropy)))
            .collect();
        if !settlements.is_empty() {
            self.outbox.settle(settlements).await?;
        }
        Ok(stranded.len())
    }

    /// Ends what is too old to be sent and erases what must not be kept. Says how many rows changed.
    ///
    /// # Errors
    ///
    /// The store's fault.
    pub async fn expire(&self) -> Result<usize, Fault> {
        self.outbox.expire(self.clock.now()).await
    }

    fn letter(&self, mail: &LeasedMail) -> Result<Letter, Ended> {
        if self.clock.now().plus(SHORTEST_LIFE) > mail.expires_at {
            return Err(Ended::Expired);
        }
        let body = match &mail.words {
            Some(Words::Plain(text)) => Secret::new(text.clone()),
            Some(Words::Sealed { sealed, .. }) => self.sealer.open(mail.tag, sealed).ok_or(Ended::Failed)?,
            None => return Err(Ended::Failed),
        };
        Ok(Letter {
            tag: mail.tag,
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            body,
        })
    }

    fn settlement(&self, mail: &LeasedMail, outcome: SendOutcome) -> Settlement {
        Settlement {
            id: mail.id,
            lease: mail.lease,
            at: self.clock.now(),
            outcome,
        }
    }
}
