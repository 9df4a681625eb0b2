//! The mail channel: hands queued mails to a mail server.

use std::{sync::Arc, time::Duration};

use super::{
    mailer::{Handed, Letter, Mailer},
    outbox::{MAIL_CLASSES, MailPayload},
    stop::StopLinks,
};
use crate::{
    messages,
    outbox::{
        dispatch::{Channel, Dispatcher, Handover},
        retry::Attempt,
    },
    outgoing::Class,
    port::Fault,
    secret::Secret,
};

/// How long a lease holds: longer than a mailer may take.
pub const LEASE: Duration = Duration::from_mins(2);

/// Sends queued mails.
pub type Mailings = Dispatcher<MailChannel>;

/// What the outbox needs for mails.
pub struct MailChannel {
    /// Hands mails to a server; `None` while mail is off.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Makes the links that stop mails to contacts.
    pub stops: StopLinks,
}

impl MailChannel {
    /// The words as they leave: a mail to a contact says below why it is sent, and how to stop it.
    fn dressed(&self, mail: &Handover<'_, MailPayload>) -> (Secret<String>, Option<Secret<String>>) {
        if !mail.payload.is_to_contact {
            return (mail.body.clone(), None);
        }
        let link = self.stops.link(mail.tag);
        let words = format!("{}{}", mail.body.expose(), messages::mail::footer(&link));
        (Secret::new(words), Some(Secret::new(link)))
    }
}

impl Channel for MailChannel {
    type Payload = MailPayload;

    const LEASE: Duration = LEASE;
    const CLASSES: &'static [Class] = MAIL_CLASSES;

    fn is_on(&self) -> bool {
        self.mailer.is_some()
    }

    async fn hand_over(&self, mail: Handover<'_, MailPayload>) -> Result<Attempt<()>, Fault> {
        let (body, stop) = self.dressed(&mail);
        let letter = Letter {
            tag: mail.tag,
            to: mail.payload.to.clone(),
            subject: mail.payload.subject.clone(),
            body,
            stop,
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
