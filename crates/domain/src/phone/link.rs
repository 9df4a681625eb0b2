//! The link between a number and an account: a period that begins with a proof, and what beginning and ending one does.

use std::time::Duration;

use super::live_link::{LinkAccount, LinkEndReason, LiveLink};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::{AccountId, LinkId, UserId},
    messages::phone as messages,
    outgoing::{Class, Outgoing, OutgoingMail, Words, notice_cap},
    phone_number::PhoneNumber,
    random::{Entropy, Tag},
    secret::Macs,
    time::Timestamp,
};

/// How long a mail about a link is worth sending.
const MAIL_LIFE: Duration = Duration::from_hours(3 * 24);

/// The hiker of a number, as a link sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkedUser {
    /// Id of the hiker.
    pub id: UserId,
    /// The account that the number is, or last was, linked to during this hiker's tenancy.
    pub belongs_to: Option<AccountId>,
}

/// Everything that a decision about one number and one account needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// Account of the decision.
    pub account: LinkAccount,
    /// Whether it is disabled; nothing can be linked to it then.
    pub disabled: bool,
    /// Number of the decision.
    pub phone: PhoneNumber,
    /// The number's live link, to this account or another.
    pub holder: Option<LiveLink>,
    /// The account's live link, to this number or another.
    pub own: Option<LiveLink>,
    /// The number's hiker.
    pub user: Option<LinkedUser>,
}

/// A link that ends. The number's hiker, if it belongs to the link's account, is detached with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkEnd {
    /// Link that ends.
    pub link: LinkId,
    /// Why the link ends.
    pub reason: LinkEndReason,
}

/// What a new link does to the number's hiker: a `users` row is one tenancy, which is one person's period
/// on one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserEffect {
    /// The hiker joins the account.
    Join(UserId),
    /// The number has another owner now, so the hiker's tenancy ends.
    End(UserId),
}

/// What proves that the account's owner has the phone. It is used up by the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The code with this tag came back on the web.
    Code(Tag),
    /// The words with this tag came by text, and the word we answered with came back.
    Words(Tag),
}

/// What a decision was made on; the plan is stale when any of it has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Id of the account.
    pub account: AccountId,
    /// The number's live link.
    pub holder: Option<LinkId>,
    /// The account's live link.
    pub own: Option<LinkId>,
    /// The number's hiker.
    pub user: Option<UserId>,
}

/// What happens to links and hikers, all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPlan {
    /// What it was decided on.
    pub seen: Seen,
    /// What is used up by it; everything else in flight for the number ends too, so that one of many wins.
    pub proof: Option<Proof>,
    /// Links that end, before one begins.
    pub ends: Vec<LinkEnd>,
    /// Whether the number is then linked to the account.
    pub begins: bool,
    /// What becomes of the number's hiker.
    pub user: Option<UserEffect>,
}

/// A plan, whom to tell, and what to write down.
#[derive(Debug)]
pub struct Decided {
    /// What happens to links and hikers.
    pub plan: LinkPlan,
    /// The mails to each account that lost a number.
    pub outgoing: Vec<Outgoing>,
    /// What is written down.
    pub audit: Vec<AuditEvent>,
}

/// Who decides, when, with which randomness.
pub struct Deciding<'a> {
    /// Who decides, for the audit log.
    pub actor: Actor,
    /// When the decision is made (UTC).
    pub at: Timestamp,
    /// Draws the tags of mails.
    pub entropy: &'a dyn Entropy,
    /// Makes the digests that mails are counted under.
    pub macs: &'a dyn Macs,
}

impl LinkView {
    fn seen(&self) -> Seen {
        Seen {
            account: self.account.id,
            holder: self.holder.as_ref().map(|link| link.id),
            own: self.own.as_ref().map(|link| link.id),
            user: self.user.map(|user| user.id),
        }
    }

    /// Links the number to the account; `None` when it is disabled. Proving again what is linked already uses up the
    /// proof and changes nothing else.
    pub(super) fn link(&self, proof: Proof, by: &Deciding<'_>) -> Option<Decided> {
        if self.disabled {
            return None;
        }
        let mut decided = Decided {
            plan: LinkPlan {
                seen: self.seen(),
                proof: Some(proof),
                ends: Vec::new(),
                begins: false,
                user: None,
            },
            outgoing: Vec::new(),
            audit: Vec::new(),
        };
        if self
            .holder
            .as_ref()
            .is_some_and(|link| link.account.id == self.account.id)
        {
            return Some(decided);
        }
        if let Some(former) = &self.holder {
            decided.end(former, LinkEndReason::Transferred, by);
        }
        if let Some(other) = &self.own {
            decided.end(other, LinkEndReason::Replaced, by);
        }
        decided.plan.begins = true;
        decided.plan.user = self.user.map(|user| self.effect_on(user));
        let via = match proof {
            Proof::Code(_) => "web",
            Proof::Words(_) => "text",
        };
        let linked = AuditEvent::new(by.at, by.actor, "phone.linked", Subject::Account(self.account.id));
        decided.audit.push(linked.with("via", via));
        decided.audit.extend(decided.plan.user.map(|effect| {
            match effect {
                UserEffect::Join(user) => {
                    AuditEvent::new(by.at, by.actor, "user.joined", Subject::User(user))
                        .with("account", self.account.id.get())
                }
                UserEffect::End(user) => AuditEvent::new(by.at, by.actor, "user.ended", Subject::User(user))
                    .with("reason", "number_transferred"),
            }
        }));
        Some(decided)
    }

    fn effect_on(&self, user: LinkedUser) -> UserEffect {
        match user.belongs_to {
            Some(other) if other != self.account.id => UserEffect::End(user.id),
            _ => UserEffect::Join(user.id),
        }
    }

    /// Ends the account's link, whichever number it is to; `None` when there is none.
    pub fn release(&self, reason: LinkEndReason, by: &Deciding<'_>) -> Option<Decided> {
        let own = self.own.as_ref()?;
        let mut decided = Decided {
            plan: LinkPlan {
                seen: self.seen(),
                proof: None,
                ends: Vec::new(),
                begins: false,
                user: None,
            },
            outgoing: Vec::new(),
            audit: Vec::new(),
        };
        decided.end(own, reason, by);
        Some(decided)
    }
}

impl Decided {
    /// A link ends: written down, and told to its account by mail.
    fn end(&mut self, link: &LiveLink, reason: LinkEndReason, by: &Deciding<'_>) {
        self.plan.ends.push(LinkEnd {
            link: link.id,
            reason,
        });
        let ended = AuditEvent::new(
            by.at,
            by.actor,
            "phone.unlinked",
            Subject::Account(link.account.id),
        );
        self.audit.push(ended.with("reason", reason.as_str()));
        let words = messages::link_ended(link, reason);
        let LinkAccount { id, email } = &link.account;
        self.outgoing.push(Outgoing::Mail(OutgoingMail {
            tag: Tag::draw(by.entropy),
            to: email.clone(),
            account: Some(*id),
            subject: words.subject.to_owned(),
            words: Words::Plain(words.text),
            class: Class::Notice,
            is_page: false,
            not_before: None,
            expires_at: by.at.plus(MAIL_LIFE),
            cap: Some(notice_cap(email, by.macs)),
        }));
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
