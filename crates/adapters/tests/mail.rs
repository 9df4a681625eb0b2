//! Mail leaves over SMTP, once, and every way a server can misbehave has its answer.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{sync::Arc, time::Duration};

use thunderbird_adapters::{mail::smtp::SmtpMailer, simulator::mailbox::SimulatorMailbox};
use thunderbird_domain::{
    email::Email,
    mail::mailer::{Handed, Letter, Mailer},
    random::Tag,
    secret::Secret,
};
use thunderbird_testkit::{
    clock::StoppedClock,
    contract::{self, MailerBench},
    fake_smtp::{FakeSmtp, SmtpFault},
};

fn mailer(url: &str) -> SmtpMailer {
    let url = Secret::new(url.to_owned());
    let from = "Thunderbird <thunderbird@example.org>";
    SmtpMailer::new(&url, from, Arc::new(StoppedClock::default())).unwrap()
}

fn letter(body: &str) -> Letter {
    Letter {
        tag: Tag::from_bytes([0xab; 16]),
        to: Email::parse("ada@example.net").unwrap(),
        subject: "Kia ora".to_owned(),
        body: Secret::new(body.to_owned()),
        stop: None,
    }
}

/// The real mailer in front of a server that can misbehave.
struct Smtp {
    server: FakeSmtp,
    mailer: SmtpMailer,
}

impl MailerBench for Smtp {
    fn mailer(&self) -> &dyn Mailer {
        &self.mailer
    }

    fn misbehave(&self, fault: SmtpFault) -> bool {
        self.server.misbehave(&[fault]);
        true
    }

    async fn arrived(&self) -> Vec<(String, String, String)> {
        let mails = self.server.mails().into_iter();
        let arrival = |mail: thunderbird_testkit::fake_smtp::TakenMail| {
            let subject = mail.header("Subject").unwrap_or_default();
            (mail.to.clone(), subject, mail.body().to_owned())
        };
        mails.map(arrival).collect()
    }
}

/// The mailer that sends nothing.
struct Mailbox(SimulatorMailbox);

impl MailerBench for Mailbox {
    fn mailer(&self) -> &dyn Mailer {
        &self.0
    }

    fn misbehave(&self, _: SmtpFault) -> bool {
        false
    }

    async fn arrived(&self) -> Vec<(String, String, String)> {
        let mails = self.0.mails_after(0, Duration::ZERO).await.into_iter();
        mails
            .map(|(_, mail)| (mail.to.as_str().to_owned(), mail.subject, mail.body))
            .collect()
    }
}

#[tokio::test]
async fn smtp_keeps_the_contract_of_a_mailer() {
    let fresh = async || {
        let server = FakeSmtp::start().await;
        let mailer = mailer(&server.url());
        Smtp { server, mailer }
    };
    contract::mailer(fresh).await;
}

#[tokio::test]
async fn the_simulator_keeps_the_contract_of_a_mailer() {
    contract::mailer(async || Mailbox(SimulatorMailbox::new(Arc::new(StoppedClock::default())))).await;
}

#[tokio::test]
async fn a_mail_arrives_whole_and_says_who_wrote_it() {
    let server = FakeSmtp::start().await;
    let body = "Hello Ada,\r\n\r\n.a line that begins with a dot\r\nhttps://example.org/#token";
    let handed = mailer(&server.url()).send(&letter(body)).await.unwrap();
    assert_eq!(handed, Handed::Accepted);
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.to, "ada@example.net");
    assert_eq!(mail.body(), body);
    for (name, value) in [
        ("From", "Thunderbird <thunderbird@example.org>"),
        ("To", "ada@example.net"),
        ("Subject", "Kia ora"),
        ("Message-ID", "<abababababababababababababababab@example.org>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Type", "text/plain; charset=utf-8"),
    ] {
        assert_eq!(mail.header(name).as_deref(), Some(value), "{name}");
    }
    assert!(mail.header("Date").unwrap().contains("2026"));
}

#[tokio::test]
async fn words_beyond_ascii_leave_as_ascii() {
    let server = FakeSmtp::start().await;
    let handed = mailer(&server.url())
        .send(&letter("K\u{101}piti \u{1f3d4}"))
        .await
        .unwrap();
    assert_eq!(handed, Handed::Accepted);
    assert!(server.mails()[0].content.is_ascii());
}

#[tokio::test]
async fn every_misbehaviour_has_its_answer() {
    let server = FakeSmtp::start().await;
    let mailer = mailer(&server.url());
    for (fault, answer, kept) in [
        (SmtpFault::Busy, Handed::Temporary { code: Some(421) }, 0),
        (SmtpFault::HangUpEarly, Handed::Temporary { code: None }, 0),
        (
            SmtpFault::Recipient(550),
            Handed::Permanent { code: Some(550) },
            0,
        ),
        (
            SmtpFault::Recipient(451),
            Handed::Temporary { code: Some(451) },
            0,
        ),
        (
            SmtpFault::Recipient(530),
            Handed::Temporary { code: Some(530) },
            0,
        ),
        (SmtpFault::Content(554), Handed::Permanent { code: Some(554) }, 0),
        (SmtpFault::Content(452), Handed::Temporary { code: Some(452) }, 0),
        (SmtpFault::LostAnswer, Handed::Ambiguous, 1),
        (SmtpFault::Nonsense, Handed::Ambiguous, 2),
        (SmtpFault::OddGreeting, Handed::Temporary { code: None }, 2),
        (SmtpFault::ResetEarly, Handed::Temporary { code: None }, 2),
        (SmtpFault::Sender(550), Handed::Permanent { code: Some(550) }, 2),
        (SmtpFault::Sender(451), Handed::Temporary { code: Some(451) }, 2),
        (SmtpFault::Data(554), Handed::Permanent { code: Some(554) }, 2),
        (SmtpFault::Data(451), Handed::Temporary { code: Some(451) }, 2),
        (SmtpFault::ResetInContent, Handed::Ambiguous, 2),
        (SmtpFault::ResetAnswer, Handed::Ambiguous, 3),
        (SmtpFault::HalfAnswer, Handed::Ambiguous, 4),
    ] {
        server.misbehave(&[fault]);
        assert_eq!(mailer.send(&letter("Hello")).await.unwrap(), answer, "{fault:?}");
        assert_eq!(server.mails().len(), kept, "{fault:?}");
    }
    let url = server.url();
    drop(server);
    let gone = self::mailer(&url).send(&letter("Hello")).await.unwrap();
    assert_eq!(gone, Handed::Temporary { code: None });
}

#[test]
fn settings_that_cannot_work_are_refused_without_repeating_them() {
    let clock = || Arc::new(StoppedClock::default());
    let secret = |url: &str| Secret::new(url.to_owned());
    for url in ["", "mail.example.org", "http://mail.example.org", "smtp:canary"] {
        let refused = SmtpMailer::new(&secret(url), "a@example.org", clock());
        assert!(
            refused.is_err_and(|error| !error.to_string().contains("canary")),
            "{url}"
        );
    }
    assert!(SmtpMailer::new(&secret("smtps://mail.example.org"), "nobody", clock()).is_err());
    for url in [
        "smtps://u:p%40ss&w+rd@mail.example.org",
        "smtp://mail.example.org:2525",
        "smtp://[::1]",
    ] {
        assert!(
            SmtpMailer::new(&secret(url), "a@example.org", clock()).is_ok(),
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_line_without_an_end_is_read_a_little_way_wherever_it_stands() {
    // What the sockets of both sides hold at most, and far less than a minute of loopback.
    const ON_THE_WAY: usize = 16 * 1024 * 1024;
    let server = FakeSmtp::start().await;
    let mailer = mailer(&server.url());
    for (fault, answer, kept) in [
        (SmtpFault::EndlessGreeting, Handed::Temporary { code: None }, 0),
        (SmtpFault::EndlessHello, Handed::Temporary { code: None }, 0),
        (SmtpFault::EndlessSender, Handed::Temporary { code: None }, 0),
        (SmtpFault::EndlessWord, Handed::Ambiguous, 1),
    ] {
        let before = server.endless();
        server.misbehave(&[fault]);
        assert_eq!(mailer.send(&letter("Hello")).await.unwrap(), answer, "{fault:?}");
        assert_eq!(server.mails().len(), kept, "{fault:?}");
        let said = server.endless() - before;
        assert!(said < ON_THE_WAY, "{fault:?}: {said} bytes");
    }
    server.misbehave(&[SmtpFault::EndlessGreeting]);
    assert!(mailer.try_out().await.is_err());
    assert_eq!(mailer.send(&letter("Hello")).await.unwrap(), Handed::Accepted);
}
