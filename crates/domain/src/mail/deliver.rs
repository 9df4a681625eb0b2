//! The mail channel: hands queued mails to a mail server.

use std::{sync::Arc, time::Duration};

use super::{
    mailer::{Handed, Letter, Mailer},
    outbox::{MAIL_CLASSES, MailPayload},
};
use crate::{
    outbox::{
        dispatch::{Channel, Dispatcher, Handover},
        retry::Attempt,
    },
    outgoing::Class,
    port::Fault,
};

/// How long a lease holds: longer than a mailer may take.
pub const LEASE: Duration = Duration::from_mins(2);

/// Sends queued mails.
pub type Mailings = Dispatcher<MailChannel>;

/// What the outbox needs for mails.
pub struct MailChannel {
    /// Hands mails to a server; `None` while mail is off.
    pub mailer: Option<Arc<dyn Mailer>>,
}

impl Channel for MailChannel {
    type Payload = MailPayload;

    const LEASE: Duration = LEASE;
    const CLASSES: &'static [Class] = MAIL_CLASSES;

    fn is_on(&self) -> bool {
        self.mailer.is_some()
    }

    async fn hand_over(&self, mail: Handover<'_, MailPayload>) -> Result<Attempt<()>, Fault> {
        let letter = Letter {
            tag: mail.tag,
            to: mail.payload.to.clone(),
            subject: mail.payload.subject.clone(),
            body: mail.body,
        };
        let handed = match &self.mailer {
            Some(mailer) => mailer.send(&letter).await?,
            None => Handed::Temporary { code: None },
        };
        Ok(match handed {
            Handed::Accepted => Attempt::Accepted(()),
            Handed::Permanent { code } => Attempt::Permanent {
                code: code.map(u32::from),
            },
            Handed::Temporary { code } => Attempt::Temporary {
                code: code.map(u32::from),
                retry_after: None,
            },
            Handed::Ambiguous => Attempt::Ambiguous,
        })
    }
}
