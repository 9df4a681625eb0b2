//! The promises of [`Mailer`].

use thunderbird_domain::{
    email::Email,
    mail::mailer::{Handed, Letter, Mailer},
    random::Tag,
    secret::Secret,
};

use crate::fake_smtp::SmtpFault;

/// A mailer whose other end can be looked at and told to misbehave.
pub trait MailerBench {
    /// The mailer under test.
    fn mailer(&self) -> &dyn Mailer;
    /// Lets the next mail meet this fault; false if no server is behind the mailer, so that nothing can go wrong.
    fn misbehave(&self, fault: SmtpFault) -> bool;
    /// Recipient, subject and body of everything that reached the other end, in order.
    fn arrived(&self) -> impl Future<Output = Vec<(String, String, String)>>;
}

/// Every promise of the mailer; `fresh` sets up one for each.
pub async fn mailer<B: MailerBench>(fresh: impl AsyncFn() -> B) {
    hands_a_mail_over_once_as_it_is(&fresh().await).await;
    reports_every_misbehaviour_and_never_tries_again(&fresh().await).await;
}

fn letter(subject: &str, body: &str) -> Letter {
    Letter {
        tag: Tag::from_bytes([7; 16]),
        to: Email::parse("ada@example.net").unwrap(),
        subject: subject.to_owned(),
        body: Secret::new(body.to_owned()),
        stop: None,
    }
}

fn arrival(subject: &str, body: &str) -> (String, String, String) {
    ("ada@example.net".to_owned(), subject.to_owned(), body.to_owned())
}

async fn hands_a_mail_over_once_as_it_is(bench: &impl MailerBench) {
    let body = "Hello Ada,\r\n\r\n.a line that begins with a dot\r\nhttps://example.org/#token";
    let sent = bench.mailer().send(&letter("Hello", body)).await.unwrap();
    assert_eq!(sent, Handed::Accepted);
    assert_eq!(bench.arrived().await, [arrival("Hello", body)]);
    let again = bench.mailer().send(&letter("Hello", body)).await.unwrap();
    assert_eq!(again, Handed::Accepted);
    assert_eq!(bench.arrived().await.len(), 2, "each call hands over one mail");
}

async fn reports_every_misbehaviour_and_never_tries_again(bench: &impl MailerBench) {
    let mut kept = 0;
    for (fault, answer, keeps) in [
        (SmtpFault::Busy, Handed::Temporary { code: Some(421) }, false),
        (SmtpFault::HangUpEarly, Handed::Temporary { code: None }, false),
        (
            SmtpFault::Recipient(550),
            Handed::Permanent { code: Some(550) },
            false,
        ),
        (
            SmtpFault::Content(452),
            Handed::Temporary { code: Some(452) },
            false,
        ),
        (SmtpFault::LostAnswer, Handed::Ambiguous, true),
    ] {
        if !bench.misbehave(fault) {
            return;
        }
        let handed = bench.mailer().send(&letter("Hello", "Hello")).await.unwrap();
        kept += usize::from(keeps);
        assert_eq!(handed, answer, "{fault:?}");
        assert_eq!(bench.arrived().await.len(), kept, "{fault:?}");
    }
}
