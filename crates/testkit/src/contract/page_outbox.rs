//! What the outbox for pages promises.

use std::time::Duration;

use thunderbird_domain::{
    outbox::{
        lease::{LeaseOrder, Leased},
        message::{LeasedMessage, Progress},
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{Class, Words},
    page::{Page, PageKind},
    pager::PagePayload,
    random::Tag,
    time::Timestamp,
};

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);
const LEASE: Duration = Duration::from_mins(1);

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn tag(name: u8) -> Tag {
    Tag::from_bytes([name; 16])
}

fn page(name: u8) -> Page {
    Page {
        tag: tag(name),
        kind: PageKind::Distress,
        title: "A title".to_owned(),
        message: "Some words.".to_owned(),
        link: "https://hike.example.org/admin".to_owned(),
        not_before: NOW,
        expires_at: later(3_600),
    }
}

async fn lease(outbox: &impl Outbox<PagePayload>, name: u8, now: Timestamp) -> Leased<PagePayload> {
    let order = LeaseOrder {
        class: Class::Alarm,
        daily_room: None,
        limit: 15,
        lease: tag(name),
        now,
        until: now.plus(LEASE),
    };
    outbox.lease(order).await.unwrap()
}

async fn settle(
    outbox: &impl Outbox<PagePayload>,
    page: &LeasedMessage<PagePayload>,
    outcome: SendOutcome<()>,
) {
    let settlement = Settlement {
        id: page.id,
        lease: page.lease,
        at: later(1),
        outcome,
        opt_out: None,
    };
    outbox.settle(vec![settlement]).await.unwrap();
}

async fn progress(outbox: &impl Outbox<PagePayload>, name: u8) -> Progress<PagePayload> {
    outbox.progress(tag(name)).await.unwrap().unwrap()
}

/// Runs the suite.
pub async fn page_outbox<S: Outbox<PagePayload>>(empty: impl AsyncFn() -> S) {
    a_page_waits_is_leased_once_and_ends_sent(&empty().await).await;
    a_page_that_was_not_taken_waits_again(&empty().await).await;
    a_lost_lease_is_found_and_changes_nothing_later(&empty().await).await;
    what_is_too_old_expires(&empty().await).await;
    two_workers_share_no_page(&empty().await).await;
}

async fn a_page_waits_is_leased_once_and_ends_sent(outbox: &impl Outbox<PagePayload>) {
    assert!(outbox.progress(tag(1)).await.unwrap().is_none());
    let soon = Page {
        not_before: later(9),
        ..page(2)
    };
    outbox.queue(vec![page(1), soon, page(1)], NOW).await.unwrap();
    let taken = lease(outbox, 9, NOW).await.messages;
    assert_eq!(taken.iter().map(|page| page.tag).collect::<Vec<_>>(), [tag(1)]);
    let first = &taken[0];
    assert_eq!(first.words, Some(Words::Plain("Some words.".to_owned())));
    let PagePayload { kind, title, link } = &first.payload;
    assert_eq!(
        (*kind, title.as_str(), link.as_str()),
        (PageKind::Distress, "A title", "https://hike.example.org/admin")
    );
    assert!(lease(outbox, 8, later(5)).await.messages.is_empty());
    assert_eq!(progress(outbox, 1).await.state, SendState::Sending);
    settle(outbox, first, SendOutcome::Accepted(())).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sent);
    assert_eq!(lease(outbox, 7, later(9)).await.messages[0].tag, tag(2));
}

async fn a_page_that_was_not_taken_waits_again(outbox: &impl Outbox<PagePayload>) {
    outbox.queue(vec![page(1)], NOW).await.unwrap();
    let first = lease(outbox, 9, NOW).await.messages;
    let again = SendOutcome::Again {
        at: later(30),
        ambiguous: false,
        code: Some(503),
    };
    settle(outbox, &first[0], again).await;
    let waiting = progress(outbox, 1).await;
    assert_eq!((waiting.state, waiting.code), (SendState::Queued, Some(503)));
    assert!(lease(outbox, 8, later(29)).await.messages.is_empty());
    assert_eq!(lease(outbox, 8, later(30)).await.messages[0].attempts, 2);
}

async fn a_lost_lease_is_found_and_changes_nothing_later(outbox: &impl Outbox<PagePayload>) {
    outbox.queue(vec![page(1)], NOW).await.unwrap();
    let lost = lease(outbox, 9, NOW).await.messages;
    assert!(outbox.stranded(later(59), 10).await.unwrap().is_empty());
    assert_eq!(outbox.stranded(later(60), 10).await.unwrap(), lost);
    let again = SendOutcome::Again {
        at: later(60),
        ambiguous: true,
        code: None,
    };
    settle(outbox, &lost[0], again.clone()).await;
    let held = lease(outbox, 8, later(60)).await.messages;
    assert_eq!((held[0].attempts, held[0].ambiguous), (2, 1));
    settle(outbox, &lost[0], again).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sending);
    settle(outbox, &lost[0], SendOutcome::Accepted(())).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sent);
}

async fn what_is_too_old_expires(outbox: &impl Outbox<PagePayload>) {
    outbox.queue(vec![page(1), page(2)], NOW).await.unwrap();
    assert_eq!(outbox.sweep(later(3_599)).await.unwrap(), 0);
    let nearly = later(3_600);
    assert_eq!(lease(outbox, 9, nearly).await.expired, 2);
    outbox.queue(vec![page(3)], NOW).await.unwrap();
    assert_eq!(
        outbox.sweep(nearly).await.unwrap(),
        1,
        "also while no address is configured"
    );
    for name in 1..=3 {
        assert_eq!(
            progress(outbox, name).await.state,
            SendState::Ended(Ended::Expired)
        );
    }
}

async fn two_workers_share_no_page(outbox: &impl Outbox<PagePayload>) {
    outbox.queue((0..20).map(page).collect(), NOW).await.unwrap();
    let (first, second) = tokio::join!(lease(outbox, 101, NOW), lease(outbox, 102, NOW));
    let mut taken: Vec<_> = [first.messages, second.messages].concat();
    assert_eq!(taken.len(), 20);
    taken.sort_by_key(|page| page.id);
    taken.dedup_by_key(|page| page.id);
    assert_eq!(taken.len(), 20);
}
