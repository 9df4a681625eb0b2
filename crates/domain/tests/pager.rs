//! What an operator is paged about: a store that cannot be read in part keeps nothing else back.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    outbox::{lease::LeaseOrder, port::Outbox},
    outgoing::{Class, Words},
    page::{OutgoingPage, Pagers},
    pager::{OwnTroubles, PageFigure, PageLog, PagePayload, PageRounds, Seen, Troubles},
    port::{Fault, PortFuture},
    random::Tag,
    time::{Clock as _, Timestamp},
};
use thunderbird_testkit::{clock::StoppedClock, memory::MemoryStore};

/// A store whose troubles cannot be read.
struct Unreadable(MemoryStore);

impl PageLog for Unreadable {
    fn troubles(&self, _: Timestamp) -> PortFuture<'_, Troubles> {
        Box::pin(async { Err(Fault::lasting("pages", "a row")) })
    }

    fn note(&self, pages: Vec<OutgoingPage>, at: Timestamp) -> PortFuture<'_, ()> {
        self.0.note(pages, at)
    }

    fn forget(&self, events: Vec<String>) -> PortFuture<'_, ()> {
        self.0.forget(events)
    }

    fn figures(&self, now: Timestamp) -> PortFuture<'_, Vec<PageFigure>> {
        self.0.figures(now)
    }
}

const HELD: Seen = Seen {
    last_look: Some(Duration::from_secs(2)),
    late: Some(Duration::from_mins(7)),
    stands_for: Duration::ZERO,
    deaf_for: None,
    clock_is_held: Some(true),
};

/// The words of the pages that were not leased before.
async fn due(store: &MemoryStore, now: Timestamp) -> Vec<String> {
    let order = LeaseOrder {
        class: Class::Alarm,
        daily_room: None,
        limit: 100,
        lease: Tag::from_bytes([1; 16]),
        now,
        until: now.plus(Duration::from_mins(1)),
    };
    let leased = Outbox::<PagePayload>::lease(store, order).await.unwrap();
    let words = leased.messages.into_iter().map(|page| match page.words {
        Some(Words::Plain(words)) => words,
        _ => String::new(),
    });
    words.collect()
}

fn rounds(log: Arc<dyn PageLog>, clock: &StoppedClock) -> PageRounds {
    PageRounds {
        log,
        pagers: Pagers {
            has_url: true,
            ..Pagers::default()
        },
        clock: Arc::new(clock.clone()),
    }
}

#[tokio::test]
async fn what_the_service_knows_of_itself_is_told_although_nothing_can_be_read() {
    let (store, clock) = (MemoryStore::default(), StoppedClock::default());
    let rounds = rounds(Arc::new(Unreadable(store.clone())), &clock);
    let mut own = OwnTroubles::default();
    for _ in 0..2 {
        assert!(
            rounds.round(&mut own, &HELD).await.is_err(),
            "the fault is not hidden"
        );
    }
    let told = due(&store, clock.now()).await;
    assert_eq!(told.len(), 2);
    assert!(told[0].contains("7 minutes late"), "{told:?}");
    assert!(told[1].contains("Set the clock right"), "{told:?}");
}

#[tokio::test]
async fn a_trouble_that_ended_is_told_again_within_the_hour_and_one_that_lasts_is_not() {
    let (store, clock) = (MemoryStore::default(), StoppedClock::default());
    let rounds = rounds(Arc::new(store.clone()), &clock);
    let mut own = OwnTroubles::default();
    let clock_is_right = Seen {
        clock_is_held: Some(false),
        ..HELD
    };
    for seen in [HELD, HELD, HELD, clock_is_right, HELD, HELD] {
        rounds.round(&mut own, &seen).await.unwrap();
        clock.advance(Duration::from_mins(1));
    }
    // Another process sees the same, and it is no news.
    let mut other = OwnTroubles::default();
    for _ in 0..3 {
        rounds.round(&mut other, &HELD).await.unwrap();
    }
    let told = due(&store, clock.now()).await;
    let of_clock = told.iter().filter(|words| words.contains("clock")).count();
    assert_eq!((told.len(), of_clock), (3, 2), "{told:?}");
}
