//! A page that goes by mail.

use super::event::Page;
use crate::{
    email::Email,
    messages,
    outgoing::{Class, OutgoingMail, Words},
};

impl Page {
    /// The same as a mail.
    pub fn as_mail(&self, to: &Email) -> OutgoingMail {
        OutgoingMail {
            tag: self.tag.derived("mail", 0),
            to: to.clone(),
            account: None,
            subject: self.title.clone(),
            words: Words::Plain(messages::page::mailed(&self.message, &self.link)),
            class: Class::Alarm,
            is_page: true,
            not_before: Some(self.not_before),
            expires_at: self.expires_at,
            cap: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{PageKind, Pagers},
        *,
    };
    use crate::time::Timestamp;

    const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

    #[test]
    fn a_page_by_mail_has_the_words_and_the_link() {
        let pagers = Pagers {
            has_url: true,
            mail: None,
            public_url: "https://hike.example.org".to_owned(),
        };
        let event = pagers.page(PageKind::AlarmOpened, 7, ("Words.".to_owned(), Some(7)));
        let page = event.unwrap().alone(NOW);
        let mail = page.as_mail(&Email::parse("ops@example.org").unwrap());
        assert_eq!(mail.class, Class::Alarm);
        let Words::Plain(words) = mail.words else {
            panic!("it carries no secret");
        };
        assert!(words.contains("Words."));
        assert!(words.contains("https://hike.example.org/admin/watch/7"));
    }
}
