//! A mail that cannot be read stops no other mail.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_adapters::store::{Store, migrate};
use thunderbird_domain::{
    email::Email,
    mail::outbox::{MAIL_CLASS, MailPayload},
    outbox::{
        lease::LeaseOrder,
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{OutgoingMail, Words},
    random::Tag,
    time::Timestamp,
};

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

fn tag(number: u8) -> Tag {
    Tag::from_bytes([number; 16])
}

fn mail(number: u8) -> OutgoingMail {
    OutgoingMail {
        tag: tag(number),
        account: None,
        to: Email::parse("ada@example.org").unwrap(),
        subject: "A subject".to_owned(),
        words: Words::Plain("Some words.".to_owned()),
        class: MAIL_CLASS,
        is_page: false,
        not_before: None,
        expires_at: NOW.plus(Duration::from_hours(1)),
        cap: None,
    }
}

fn order() -> LeaseOrder {
    LeaseOrder {
        class: MAIL_CLASS,
        limit: 10,
        lease: tag(9),
        now: NOW,
        until: NOW.plus(Duration::from_mins(2)),
        daily_room: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_cannot_be_read_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mails.db");
    migrate::up(&path).unwrap();
    let store = Store::open(&path).unwrap();
    let outbox: &dyn Outbox<MailPayload> = &store;
    let spoil = |number: u8| {
        let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        let name = format!("{number:02x}").repeat(16);
        connection
            .batch_execute(&format!(
                "UPDATE mails SET recipient = 'ada' WHERE tag = x'{name}'"
            ))
            .unwrap();
    };
    outbox.queue(vec![mail(1), mail(2), mail(3)], NOW).await.unwrap();
    spoil(1);
    let leased = outbox.lease(order()).await.unwrap().messages;
    assert_eq!(
        leased.iter().map(|mail| mail.tag).collect::<Vec<_>>(),
        [tag(2), tag(3)]
    );
    let failed = outbox.progress(tag(1)).await.unwrap().unwrap();
    assert_eq!(
        (failed.state, failed.attempts),
        (SendState::Ended(Ended::Failed), 0)
    );

    spoil(2);
    let ended_by = order().until;
    let stranded = outbox.stranded(ended_by, 10).await.unwrap();
    assert_eq!(stranded.iter().map(|mail| mail.tag).collect::<Vec<_>>(), [tag(3)]);
    let again = SendOutcome::Again {
        at: ended_by,
        ambiguous: true,
        code: None,
    };
    let settlement = Settlement::of(stranded.first().unwrap(), again, ended_by);
    outbox.settle(vec![settlement]).await.unwrap();
    assert!(outbox.stranded(ended_by, 10).await.unwrap().is_empty());
    let waiting = outbox.progress(tag(3)).await.unwrap().unwrap();
    assert_eq!((waiting.state, waiting.ambiguous), (SendState::Queued, 1));
}
