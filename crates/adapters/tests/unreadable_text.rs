//! A text that did not arrive and cannot be read in full keeps no page back.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_adapters::store::{Store, migrate};
use thunderbird_domain::{
    outbox::{
        lease::LeaseOrder,
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::Ended,
    },
    outgoing::{Class, OutgoingText, Words},
    pager::PageLog as _,
    phone_number::PhoneNumber,
    random::Tag,
    sms::outbox::TextPayload,
    time::Timestamp,
};

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

fn text(number: u8) -> OutgoingText {
    OutgoingText {
        tag: Tag::from_bytes([number; 16]),
        to: PhoneNumber::from_e164(&format!("+614915700{number:02}")).unwrap(),
        class: Class::Alarm,
        words: Words::Plain("Some words.".to_owned()),
        not_before: NOW,
        expires_at: NOW.plus(Duration::from_hours(1)),
        user: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_cannot_be_read_hides_no_text_that_did_not_arrive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("texts.db");
    migrate::up(&path).unwrap();
    let store = Store::open(&path).unwrap();
    let outbox: &dyn Outbox<TextPayload> = &store;
    outbox.queue(vec![text(1), text(2)], NOW).await.unwrap();
    let order = LeaseOrder {
        class: Class::Alarm,
        daily_room: None,
        limit: 10,
        lease: Tag::from_bytes([9; 16]),
        now: NOW,
        until: NOW.plus(Duration::from_mins(1)),
    };
    let leased = outbox.lease(order).await.unwrap().messages;
    let refused = SendOutcome::Ended {
        state: Ended::Failed,
        code: Some(21_211),
        ambiguous: false,
    };
    let settlements = leased
        .iter()
        .map(|text| Settlement::of(text, refused.clone(), NOW));
    outbox.settle(settlements.collect()).await.unwrap();
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection
        .batch_execute("UPDATE messages SET phone = 'mum' WHERE id = (SELECT min(id) FROM messages)")
        .unwrap();
    let failed = store.troubles(NOW).await.unwrap().failed;
    let numbers: Vec<_> = failed
        .iter()
        .map(|text| text.to.as_ref().map(PhoneNumber::as_str))
        .collect();
    assert_eq!(numbers, [None, Some("+61491570002")]);
}
