//! What accounts are told by mail.

use std::time::Duration;

use super::{Account, Accounts, MailLinks, MailPurpose, MailToken, MailTokenIssue, OpaqueToken};
use crate::{
    audit::AuditEvent,
    email::Email,
    id::AccountId,
    messages::account::{self as messages, MailWords},
    outgoing::{Class, Outgoing, OutgoingMail, Words, notice_cap},
    random::Tag,
    time::Timestamp,
};

/// How long a notice may wait for a mail server.
const NOTICE_LIFE: Duration = Duration::from_hours(24);

impl Accounts {
    /// A mail without a secret, under the cap of its recipient; none when there is no mailer.
    pub(super) fn notice(&self, account: &Account, words: MailWords, now: Timestamp) -> Vec<Outgoing> {
        if self.rules.mail.is_none() {
            return Vec::new();
        }
        vec![Outgoing::Mail(OutgoingMail {
            tag: Tag::draw(&*self.entropy),
            to: account.email.clone(),
            account: Some(account.id),
            subject: words.subject.to_owned(),
            words: Words::Plain(words.text),
            class: Class::Notice,
            is_page: false,
            not_before: None,
            expires_at: now.plus(NOTICE_LIFE),
            cap: Some(notice_cap(&account.email, &*self.macs)),
        })]
    }

    /// A fresh token for `purpose`, in a mail to the address on record.
    pub(super) fn mail_token(
        &self,
        (links, purpose): (&MailLinks, MailPurpose),
        (account, email): (AccountId, &Email),
        audit: Vec<AuditEvent>,
        now: Timestamp,
    ) -> MailTokenIssue {
        let (token, tag) = (OpaqueToken::draw(&*self.entropy), Tag::draw(&*self.entropy));
        let expires_at = now.plus(purpose.life());
        let link = links.to(purpose, &token);
        let words = match purpose {
            MailPurpose::ResetPassword => messages::reset_password(&link),
            MailPurpose::VerifyEmail => messages::verify_email(&link),
        };
        let mail = OutgoingMail {
            tag,
            to: email.clone(),
            account: Some(account),
            subject: words.subject.to_owned(),
            words: Words::Sealed {
                sealed: self.bodies.seal(tag, &words.text),
                until: expires_at,
            },
            class: Class::Notice,
            is_page: false,
            not_before: None,
            expires_at,
            cap: None,
        };
        let token = MailToken {
            purpose,
            account,
            email: email.clone(),
            digest: token.digest(),
            created_at: now,
            expires_at,
        };
        MailTokenIssue {
            token,
            outgoing: vec![Outgoing::Mail(mail)],
            audit,
        }
    }
}
