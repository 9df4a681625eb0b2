//! Mails to contacts, and how the owner of an address stops them: every mail has a link that is signed and names that mail.

use std::sync::Arc;

use crate::{
    email::Email,
    port::{Fault, PortFuture},
    random::Tag,
    secret::{MacPurpose, Macs, same_bytes},
    time::{Clock, Timestamp},
};

/// How much of a digest stands in a link: 128 bits.
const SIGNED: usize = 16;

/// Who received a mail about an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// The address that it was sent to.
    pub email: Email,
    /// Whether that address gets no more mails.
    pub has_stopped: bool,
}

/// Keeps which addresses have stopped our mails to contacts. Contract: `thunderbird_testkit::contract::stopped_mails`.
///
/// A mail to a contact that waits is withheld in the claiming commit if its address has stopped. Mails to accounts are not
/// affected.
pub trait StoppedMails: Send + Sync {
    /// Who received the mail with this tag; `None` unless it is a mail to a contact that is still kept.
    fn addressee(&self, mail: Tag) -> PortFuture<'_, Option<Addressee>>;

    /// Notes that the address of this mail gets no more mails, or gets them again. False, and nothing stored, if there is
    /// no mail to a contact with this tag. Noting it twice changes nothing.
    fn stop(&self, mail: Tag, stops: bool, at: Timestamp) -> PortFuture<'_, bool>;
}

/// Makes the links that stop mails, and reads them.
#[derive(Clone)]
pub struct StopLinks {
    /// What a link begins with; the token follows.
    pub base: String,
    /// Signs the links.
    pub macs: Arc<dyn Macs>,
}

impl StopLinks {
    /// The link that stops mails to the recipient of this one.
    pub fn link(&self, mail: Tag) -> String {
        let mac = self.macs.mac(MacPurpose::StopMails, &[mail.as_bytes()]);
        format!("{}{mail}{}", self.base, signed(&mac.bytes))
    }

    /// The mail that a link is about; `None` unless we have signed it.
    pub fn read(&self, token: &str) -> Option<Tag> {
        let (mail, given) = token.split_at_checked(SIGNED * 2)?;
        let mail = Tag::parse(mail)?;
        let given = Tag::parse(given)?;
        let mut known = self
            .macs
            .macs(MacPurpose::StopMails, &[mail.as_bytes()])
            .into_iter();
        known
            .any(|mac| same_bytes(signed(&mac.bytes).as_bytes(), given.as_bytes()))
            .then_some(mail)
    }
}

/// The part of a digest that stands in a link.
fn signed(digest: &[u8; 32]) -> Tag {
    let mut part = [0; SIGNED];
    part.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    Tag::from_bytes(part)
}

/// Stops mails to contacts by their links.
pub struct MailStops {
    /// Which addresses have stopped.
    pub store: Arc<dyn StoppedMails>,
    /// Reads the links.
    pub links: StopLinks,
    /// The present instant.
    pub clock: Arc<dyn Clock>,
}

impl MailStops {
    /// Whose mails this token is about; `None` if we have not made it, or the mail is forgotten.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn addressee(&self, token: &str) -> Result<Option<Addressee>, Fault> {
        match self.links.read(token) {
            Some(mail) => self.store.addressee(mail).await,
            None => Ok(None),
        }
    }

    /// Stops mails to that address, or lets them go on. Returns who is meant, as it is now.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn stop(&self, token: &str, stops: bool) -> Result<Option<Addressee>, Fault> {
        let Some(mail) = self.links.read(token) else {
            return Ok(None);
        };
        if !self.store.stop(mail, stops, self.clock.now()).await? {
            return Ok(None);
        }
        self.store.addressee(mail).await
    }
}
