//! The promises of [`PageLog`].

use std::time::Duration;

use thunderbird_domain::{
    email::Email,
    mail::outbox::MailPayload,
    outbox::{
        lease::{LeaseOrder, Leased},
        message::Payload,
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{Class, OutgoingText, Words},
    page::{OutgoingPage, PageKind, Pagers},
    pager::{PageFigure, PageLog, PagePayload},
    phone_number::PhoneNumber,
    random::Tag,
    sms::outbox::TextPayload,
    time::Timestamp,
};

/// At the beginning of ten minutes that are reported together.
const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn tag(name: u8) -> Tag {
    Tag::from_bytes([name; 16])
}

/// Every port that the promises look through.
pub trait Pages: PageLog + Outbox<PagePayload> + Outbox<MailPayload> + Outbox<TextPayload> {}
impl<S: PageLog + Outbox<PagePayload> + Outbox<MailPayload> + Outbox<TextPayload>> Pages for S {}

fn pagers() -> Pagers {
    Pagers {
        has_url: true,
        mail: Some(Email::parse("ops@example.org").unwrap()),
        public_url: "https://hike.example.org".to_owned(),
    }
}

fn event(kind: PageKind, number: u64) -> OutgoingPage {
    let words = (format!("Event {number}."), None);
    pagers().page(kind, number, words).unwrap()
}

async fn lease<P: Payload>(outbox: &impl Outbox<P>, name: u8, now: Timestamp) -> Leased<P> {
    let order = LeaseOrder {
        class: Class::Alarm,
        daily_room: None,
        limit: 100,
        lease: tag(name),
        now,
        until: now.plus(Duration::from_mins(1)),
    };
    outbox.lease(order).await.unwrap()
}

/// The words of the pages that are due and were not leased before.
async fn due(store: &impl Pages, name: u8, now: Timestamp) -> Vec<String> {
    let words = |words: Option<Words>| match words {
        Some(Words::Plain(words)) => words,
        other => panic!("{other:?}"),
    };
    let rung = lease::<PagePayload>(store, name, now).await.messages;
    let mailed = lease::<MailPayload>(store, name, now).await.messages;
    assert_eq!(rung.len(), mailed.len());
    let rung: Vec<String> = rung.into_iter().map(|page| words(page.words)).collect();
    for (mail, page) in mailed.into_iter().zip(&rung) {
        let mail = words(mail.words);
        assert!(mail.contains(page.as_str()), "{mail} and {page}");
    }
    rung
}

/// Runs the suite.
pub async fn page_log<S: Pages>(empty: impl AsyncFn() -> S) {
    an_event_is_told_once(&empty().await).await;
    what_goes_on_is_told_again_after_a_pause(&empty().await).await;
    a_flood_is_told_in_a_few_pages(&empty().await).await;
    minor_events_leave_room_for_others(&empty().await).await;
    a_page_that_waits_for_its_time_is_not_shown_as_unsent(&empty().await).await;
    an_event_that_comes_after_its_page_is_in_the_next(&empty().await).await;
    what_is_over_is_news_when_it_begins_again(&empty().await).await;
    who_is_not_configured_gets_nothing(&empty().await).await;
    a_text_that_did_not_arrive_is_told_once(&empty().await).await;
}

async fn an_event_is_told_once(store: &impl Pages) {
    let opened = event(PageKind::AlarmOpened, 1);
    store
        .note(vec![opened.clone(), opened.clone()], NOW)
        .await
        .unwrap();
    store.note(vec![opened], later(7_200)).await.unwrap();
    assert_eq!(due(store, 9, later(7_200)).await, ["Event 1."]);
    let figures = store.figures(later(7_200)).await.unwrap();
    let figure = |by_mail| PageFigure {
        by_mail,
        state: SendState::Sending,
        count: 1,
    };
    assert_eq!(figures, [figure(false), figure(true)]);
    assert!(store.figures(later(90_000)).await.unwrap().is_empty(), "of a day");
}

async fn what_goes_on_is_told_again_after_a_pause(store: &impl Pages) {
    let unreached = || vec![event(PageKind::AlarmUnreached, 1)];
    for seconds in [0, 2, 899, 900, 901] {
        store.note(unreached(), later(seconds)).await.unwrap();
    }
    assert_eq!(due(store, 9, later(901)).await.len(), 2);
}

async fn a_flood_is_told_in_a_few_pages(store: &impl Pages) {
    for number in 1..=40 {
        store
            .note(vec![event(PageKind::Distress, number)], later(number))
            .await
            .unwrap();
    }
    let alone = due(store, 9, later(40)).await;
    assert_eq!((alone.len(), alone[9].as_str()), (10, "Event 10."));
    let other = event(PageKind::TextFailed, 1);
    store.note(vec![other], later(41)).await.unwrap();
    assert_eq!(
        due(store, 8, later(41)).await,
        ["Event 1."],
        "each kind has its own hour"
    );
    assert!(due(store, 7, later(600)).await.is_empty());
    let together = due(store, 6, later(700)).await;
    assert_eq!(together.len(), 1);
    assert!(together[0].starts_with("30 more events since"), "{together:?}");
    let next = event(PageKind::Distress, 41);
    store.note(vec![next], later(3_700)).await.unwrap();
    assert_eq!(
        due(store, 5, later(3_700)).await,
        ["Event 41."],
        "the hour is over"
    );
}

async fn minor_events_leave_room_for_others(store: &impl Pages) {
    for number in 1..=30 {
        store.note(vec![minor(number)], NOW).await.unwrap();
    }
    store
        .note(vec![event(PageKind::Distress, 31)], NOW)
        .await
        .unwrap();
    assert_eq!(due(store, 9, NOW).await, ["Event 31."]);
    assert!(due(store, 8, later(700)).await[0].starts_with("30 more"));
}

fn minor(number: u64) -> OutgoingPage {
    OutgoingPage {
        is_minor: true,
        ..event(PageKind::Distress, number)
    }
}

async fn a_page_that_waits_for_its_time_is_not_shown_as_unsent(store: &impl Pages) {
    store.note(vec![minor(1)], NOW).await.unwrap();
    assert_eq!(store.figures(later(599)).await.unwrap(), []);
    let figure = |by_mail, state| PageFigure {
        by_mail,
        state,
        count: 1,
    };
    let queued = [false, true].map(|by_mail| figure(by_mail, SendState::Queued));
    assert_eq!(
        store.figures(later(700)).await.unwrap(),
        queued,
        "its time has come"
    );
    let leased = lease::<PagePayload>(store, 9, later(700)).await.messages;
    let again = SendOutcome::Again {
        at: later(760),
        ambiguous: false,
        code: Some(500),
    };
    let settlement = Settlement::of(&leased[0], again, later(701));
    Outbox::<PagePayload>::settle(store, vec![settlement])
        .await
        .unwrap();
    assert_eq!(store.figures(later(702)).await.unwrap(), queued, "it was tried");
}

async fn an_event_that_comes_after_its_page_is_in_the_next(store: &impl Pages) {
    for number in 1..=2 {
        store.note(vec![minor(number)], NOW).await.unwrap();
    }
    assert!(due(store, 9, later(700)).await[0].starts_with("2 more"));
    // Its commit took long, so its page has left meanwhile.
    for number in 3..=5 {
        store.note(vec![minor(number)], later(599)).await.unwrap();
    }
    let next = due(store, 8, later(1_300)).await;
    assert_eq!(next.len(), 1);
    assert!(next[0].starts_with("3 more"), "{next:?}");
}

async fn what_is_over_is_news_when_it_begins_again(store: &impl Pages) {
    let held = || vec![event(PageKind::ClockHeld, 1), event(PageKind::ClockHeld, 2)];
    store.note(held(), NOW).await.unwrap();
    store.note(held(), later(60)).await.unwrap();
    assert_eq!(due(store, 9, later(60)).await.len(), 2);
    let over = vec![PageKind::ClockHeld.event(2), PageKind::StageLate.event("now")];
    store.forget(over).await.unwrap();
    store.note(held(), later(120)).await.unwrap();
    assert_eq!(due(store, 8, later(120)).await, ["Event 2."]);
}

async fn who_is_not_configured_gets_nothing(store: &impl Pages) {
    let by_mail = OutgoingPage {
        has_url: false,
        ..event(PageKind::AlarmOpened, 1)
    };
    let by_url = OutgoingPage {
        mail: None,
        ..event(PageKind::AlarmOpened, 2)
    };
    store.note(vec![by_mail, by_url], NOW).await.unwrap();
    let rung = lease::<PagePayload>(store, 9, NOW).await.messages;
    let mailed = lease::<MailPayload>(store, 9, NOW).await.messages;
    assert_eq!((rung.len(), mailed.len()), (1, 1));
    assert_eq!(rung[0].words, Some(Words::Plain("Event 2.".to_owned())));
}

fn text(name: u8, class: Class) -> OutgoingText {
    OutgoingText {
        tag: tag(name),
        to: PhoneNumber::from_e164(&format!("+614915700{name:02}")).unwrap(),
        class,
        words: Words::Plain("Some words.".to_owned()),
        not_before: NOW,
        expires_at: later(3_600),
        user: None,
    }
}

async fn a_text_that_did_not_arrive_is_told_once(store: &impl Pages) {
    let texts = vec![
        text(1, Class::Safety),
        text(2, Class::Safety),
        text(3, Class::Notice),
        text(4, Class::Alarm),
    ];
    Outbox::<TextPayload>::queue(store, texts, NOW).await.unwrap();
    let mut refused = Vec::new();
    for class in [Class::Alarm, Class::Safety, Class::Notice] {
        let order = LeaseOrder {
            class,
            daily_room: None,
            limit: 1,
            lease: tag(90),
            now: NOW,
            until: later(60),
        };
        refused.extend(Outbox::<TextPayload>::lease(store, order).await.unwrap().messages);
    }
    let outcome = |code| SendOutcome::Ended {
        state: Ended::Failed,
        code,
        ambiguous: false,
    };
    let settlements = refused
        .iter()
        .map(|text| Settlement::of(text, outcome(Some(21_211)), NOW));
    Outbox::<TextPayload>::settle(store, settlements.collect())
        .await
        .unwrap();
    let mut failed = store.troubles(later(5)).await.unwrap().failed;
    failed.sort_by_key(|text| text.id);
    let known: Vec<_> = failed
        .iter()
        .map(|text| (text.to.as_ref().unwrap().as_str(), text.code))
        .collect();
    assert_eq!(
        known,
        [("+61491570001", Some(21_211)), ("+61491570004", Some(21_211))],
        "neither the one that waits nor the notice"
    );
    let told = pagers().page(PageKind::TextFailed, failed[0].id.get(), (String::new(), None));
    store.note(vec![told.unwrap()], later(5)).await.unwrap();
    assert_eq!(store.troubles(later(6)).await.unwrap().failed, failed[1..]);
    assert_eq!(
        store.troubles(later(90_000)).await.unwrap().failed,
        [],
        "of a day"
    );
}
