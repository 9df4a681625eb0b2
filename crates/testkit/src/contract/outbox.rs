//! The promises of [`Outbox`].

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    opt_out::{OptOutChange, OptOutSource, OptOuts},
    outgoing::{Class, OutgoingText, Words},
    phone_number::PhoneNumber,
    random::Tag,
    secret::Sealed,
    sms::{
        delivery::Delivery,
        gateway::{MessageSid, ProviderStatus},
        outbox::{
            Callback, Ended, Heard, LeaseOrder, Leased, LeasedText, Outbox, Outcome, Progress, Reading, Settlement,
            TextState,
        },
        price::{Currency, Price},
    },
    time::Timestamp,
};

/// Every promise of the outbox; `empty` opens a fresh store for each.
pub async fn outbox<S: Outbox + OptOuts + 'static>(empty: impl AsyncFn() -> S) {
    leases_in_order_one_at_a_time_per_recipient_and_class(&empty().await).await;
    gives_a_text_to_one_of_many_leases(Arc::new(empty().await)).await;
    leases_nothing_before_its_time(&empty().await).await;
    ends_what_is_too_old(&empty().await).await;
    withholds_from_who_opted_out(&empty().await).await;
    holds_back_at_the_daily_cap_but_never_safety(&empty().await).await;
    queues_a_tag_once(&empty().await).await;
    settles_only_what_the_lease_holds(&empty().await).await;
    never_sends_again_what_is_known_to_be_accepted(&empty().await).await;
    shows_what_was_left_leased(&empty().await).await;
    erases_sealed_words_at_the_end(&empty().await).await;
    hears_callbacks_once_and_never_goes_back(&empty().await).await;
    keeps_a_callback_that_came_early(&empty().await).await;
    records_an_opt_out_that_the_provider_tells(&empty().await).await;
    reads_back_when_due(&empty().await).await;
    gives_one_sid_to_one_text(&empty().await).await;
}

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn tag(number: u8) -> Tag {
    Tag::from_bytes([number; 16])
}

fn phone(number: u8) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+614915700{number:02}")).unwrap()
}

fn sid(number: u8) -> MessageSid {
    MessageSid::parse(&format!("SM{number:032x}")).unwrap()
}

fn aud(micros: i64) -> Price {
    Price { micros, currency: Currency::parse("AUD").unwrap() }
}

fn text(number: u8, to: u8, class: Class) -> OutgoingText {
    OutgoingText {
        tag: tag(number),
        to: phone(to),
        class,
        words: Words::Plain(format!("text {number}")),
        not_before: NOW,
        expires_at: after(3_600),
        user: None,
    }
}

async fn lease_at(store: &dyn Outbox, class: Class, name: u8, now: Timestamp) -> Leased {
    let order = LeaseOrder {
        class,
        limit: 100,
        lease: tag(name),
        now,
        until: now.plus(Duration::from_mins(1)),
        daily_room: None,
    };
    store.lease(order).await.unwrap()
}

fn tags(leased: &Leased) -> Vec<Tag> {
    leased.texts.iter().map(|text| text.tag).collect()
}

fn settled(text: &LeasedText, outcome: Outcome) -> Settlement {
    Settlement { id: text.id, lease: text.lease, at: after(1), outcome, opt_out: None }
}

fn accepted(number: u8) -> Outcome {
    Outcome::Accepted { sid: Some(sid(number)), segments: 1, price: aud(51_500) }
}

async fn settle(store: &dyn Outbox, text: &LeasedText, outcome: Outcome) {
    store.settle(vec![settled(text, outcome)]).await.unwrap();
}

async fn progress(store: &dyn Outbox, number: u8) -> Progress {
    store.progress(tag(number)).await.unwrap().expect("the text was queued")
}

async fn state(store: &dyn Outbox, number: u8) -> TextState {
    progress(store, number).await.state
}

/// Queues one text, leases it and settles it as accepted under the sid of the same number.
async fn sent(store: &dyn Outbox, number: u8) -> LeasedText {
    store.queue(vec![text(number, number, Class::Notice)], NOW).await.unwrap();
    let leased = lease_at(store, Class::Notice, number, NOW).await;
    let text = leased.texts.first().expect("it is due").clone();
    settle(store, &text, accepted(number)).await;
    text
}

fn callback(number: u8, status: ProviderStatus, code: Option<u32>) -> Callback {
    Callback { sid: sid(number), status, code, at: after(2) }
}

async fn leases_in_order_one_at_a_time_per_recipient_and_class(store: &dyn Outbox) {
    let texts = vec![
        text(1, 1, Class::Notice),
        text(2, 2, Class::Notice),
        text(3, 1, Class::Notice),
        text(4, 1, Class::Safety),
    ];
    store.queue(texts, NOW).await.unwrap();
    let first = lease_at(store, Class::Notice, 100, NOW).await;
    assert_eq!(tags(&first), [tag(1), tag(2)], "the third waits for the first, to the same recipient");
    assert_eq!(first.texts[0].words, Some(Words::Plain("text 1".to_owned())));
    assert_eq!((first.texts[0].attempts, first.claimed_today), (1, 2));
    assert_eq!(tags(&lease_at(store, Class::Safety, 101, NOW).await), [tag(4)], "Safety waits for no other class");
    assert_eq!(tags(&lease_at(store, Class::Notice, 102, NOW).await), []);
    let again = Outcome::Again { at: after(5), ambiguous: false, code: Some(20_429) };
    settle(store, &first.texts[0], again).await;
    assert_eq!(tags(&lease_at(store, Class::Notice, 103, after(4)).await), [], "nor does the third overtake the first");
    let second = lease_at(store, Class::Notice, 104, after(5)).await;
    assert_eq!((tags(&second), second.texts[0].attempts), (vec![tag(1)], 2));
    assert_eq!(second.claimed_today, 3, "a text counts once, at its first attempt");
    settle(store, &second.texts[0], accepted(1)).await;
    assert_eq!(tags(&lease_at(store, Class::Notice, 105, after(5)).await), [tag(3)]);
}

async fn gives_a_text_to_one_of_many_leases<S: Outbox + 'static>(store: Arc<S>) {
    store.queue((1..=20).map(|n| text(n, n, Class::Notice)).collect(), NOW).await.unwrap();
    let mut leases = Vec::new();
    for name in 100..116 {
        let store = Arc::clone(&store);
        leases.push(tokio::spawn(async move { tags(&lease_at(&*store, Class::Notice, name, NOW).await) }));
    }
    let mut claimed = Vec::new();
    for lease in leases {
        claimed.extend(lease.await.unwrap());
    }
    claimed.sort_unstable();
    assert_eq!(claimed, (1..=20).map(tag).collect::<Vec<_>>());
}

async fn leases_nothing_before_its_time(store: &dyn Outbox) {
    let later = OutgoingText { not_before: after(5), ..text(1, 1, Class::Notice) };
    store.queue(vec![later, text(2, 2, Class::Safety)], NOW).await.unwrap();
    assert_eq!(tags(&lease_at(store, Class::Notice, 100, after(4)).await), [], "nor anything of another class");
    assert_eq!(progress(store, 1).await.next_attempt_at, Some(after(5)));
    assert_eq!(tags(&lease_at(store, Class::Notice, 101, after(5)).await), [tag(1)]);
}

async fn ends_what_is_too_old(store: &dyn Outbox) {
    let old = OutgoingText { expires_at: after(10), ..text(1, 1, Class::Notice) };
    store.queue(vec![old, text(2, 1, Class::Notice)], NOW).await.unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW.plus(Duration::from_millis(9_001))).await;
    assert_eq!((leased.expired, tags(&leased)), (1, vec![tag(2)]), "the next of the recipient goes at once");
    assert_eq!(state(store, 1).await, TextState::Ended(Ended::Expired));
}

async fn withholds_from_who_opted_out<S: Outbox + OptOuts>(store: &S) {
    let mut texts: Vec<_> = (1..=100).map(|n| text(n, 1, Class::Notice)).collect();
    texts.push(text(101, 2, Class::Notice));
    store.queue(texts, NOW).await.unwrap();
    let first = lease_at(store, Class::Notice, 200, NOW).await;
    assert_eq!(tags(&first), [tag(1), tag(101)]);
    let opt_out = OptOutChange::Record { phone: phone(1), source: OptOutSource::Carrier, at: after(1) };
    let outcome = Outcome::Ended { state: Ended::Failed, code: Some(21_610), ambiguous: false };
    let refused = Settlement { opt_out: Some(opt_out), ..settled(&first.texts[0], outcome) };
    store.settle(vec![refused, settled(&first.texts[1], accepted(101))]).await.unwrap();
    assert!(store.is_opted_out(&phone(1)).await.unwrap());
    assert!(!store.is_opted_out(&phone(2)).await.unwrap());
    let second = lease_at(store, Class::Notice, 201, after(1)).await;
    assert_eq!((tags(&second), second.withheld), (vec![], 99));
    for number in 2..=100 {
        assert_eq!(state(store, number).await, TextState::Ended(Ended::Withheld));
    }
}

async fn holds_back_at_the_daily_cap_but_never_safety(store: &dyn Outbox) {
    let notices = (1..=4).map(|n| text(n, n, Class::Notice));
    store.queue(notices.chain([text(5, 5, Class::Safety), text(6, 6, Class::Safety)]).collect(), NOW).await.unwrap();
    let capped = |name, class, room, now: Timestamp| LeaseOrder {
        class,
        limit: 100,
        lease: tag(name),
        now,
        until: now.plus(Duration::from_mins(1)),
        daily_room: room,
    };
    let first = store.lease(capped(100, Class::Notice, Some(2), NOW)).await.unwrap();
    assert_eq!((tags(&first), first.capped), (vec![tag(1), tag(2)], true));
    let safety = store.lease(capped(101, Class::Safety, None, NOW)).await.unwrap();
    assert_eq!((safety.texts.len(), safety.capped, safety.claimed_today), (2, false, 4));
    assert_eq!(state(store, 3).await, TextState::Queued);
    let again = Outcome::Again { at: after(2), ambiguous: false, code: None };
    settle(store, &first.texts[0], again).await;
    let retried = store.lease(capped(102, Class::Notice, Some(2), after(2))).await.unwrap();
    assert_eq!(tags(&retried), [tag(1)], "another attempt is no other text");
    let mut tomorrow = Vec::new();
    for number in [7, 8] {
        tomorrow.push(OutgoingText { expires_at: after(200_000), ..text(number, number, Class::Notice) });
    }
    store.queue(tomorrow, NOW).await.unwrap();
    let next_day = store.lease(capped(103, Class::Notice, Some(2), after(86_400))).await.unwrap();
    assert_eq!((tags(&next_day), next_day.expired), (vec![tag(7), tag(8)], 2));
}

async fn queues_a_tag_once(store: &dyn Outbox) {
    store.queue(vec![text(1, 1, Class::Notice)], NOW).await.unwrap();
    store.queue(vec![text(1, 2, Class::Notice), text(2, 3, Class::Notice)], NOW).await.unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW).await;
    assert_eq!((tags(&leased), &leased.texts[0].to), (vec![tag(1), tag(2)], &phone(1)));
    assert_eq!(store.progress(tag(9)).await.unwrap(), None);
}

async fn settles_only_what_the_lease_holds(store: &dyn Outbox) {
    store.queue(vec![text(1, 1, Class::Notice)], NOW).await.unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW).await;
    let mut stranger = leased.texts[0].clone();
    stranger.lease = tag(99);
    let dead = Outcome::Ended { state: Ended::Dead, code: None, ambiguous: true };
    settle(store, &stranger, dead.clone()).await;
    assert_eq!(state(store, 1).await, TextState::Sending);
    settle(store, &leased.texts[0], Outcome::Again { at: after(9), ambiguous: true, code: Some(7) }).await;
    let waiting = progress(store, 1).await;
    assert_eq!((waiting.state, waiting.code, waiting.attempts), (TextState::Queued, Some(7), 1));
    settle(store, &leased.texts[0], dead).await;
    assert_eq!(state(store, 1).await, TextState::Queued, "a lease settles once");
    let second = lease_at(store, Class::Notice, 101, after(9)).await;
    assert_eq!((second.texts[0].attempts, second.texts[0].ambiguous), (2, 1));
}

async fn never_sends_again_what_is_known_to_be_accepted(store: &dyn Outbox) {
    store.queue(vec![text(1, 1, Class::Notice)], NOW).await.unwrap();
    let late = lease_at(store, Class::Notice, 100, NOW).await.texts[0].clone();
    settle(store, &late, Outcome::Again { at: after(9), ambiguous: true, code: None }).await;
    settle(store, &late, accepted(1)).await;
    let known = progress(store, 1).await;
    assert_eq!((known.state, known.sid, known.price), (TextState::Accepted, Some(sid(1)), Some(aud(51_500))));
    assert_eq!(tags(&lease_at(store, Class::Notice, 101, after(9)).await), []);
}

async fn shows_what_was_left_leased(store: &dyn Outbox) {
    store.queue(vec![text(1, 1, Class::Notice), text(2, 2, Class::Notice)], NOW).await.unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW).await;
    settle(store, &leased.texts[1], accepted(2)).await;
    assert_eq!(store.stranded(after(59), 10).await.unwrap(), []);
    let stranded = store.stranded(after(60), 10).await.unwrap();
    assert_eq!(stranded, [leased.texts[0].clone()]);
    assert_eq!(store.stranded(after(60), 10).await.unwrap(), stranded, "they stay leased until settled");
    settle(store, &stranded[0], Outcome::Again { at: after(61), ambiguous: true, code: None }).await;
    assert_eq!(store.stranded(after(999), 10).await.unwrap(), []);
}

async fn erases_sealed_words_at_the_end(store: &dyn Outbox) {
    let sealed = |until| Words::Sealed {
        sealed: Sealed { key_id: "k1".to_owned(), bytes: vec![1, 2, 3] },
        until,
    };
    let secret = |number, until| OutgoingText { words: sealed(until), ..text(number, number, Class::Code) };
    store.queue(vec![secret(1, after(600)), secret(2, after(600)), secret(3, after(30))], NOW).await.unwrap();
    let leased = lease_at(store, Class::Code, 100, NOW).await;
    assert_eq!(leased.texts[0].words, Some(sealed(after(600))));
    settle(store, &leased.texts[0], accepted(1)).await;
    settle(store, &leased.texts[1], Outcome::Again { at: after(2), ambiguous: false, code: None }).await;
    assert!(!progress(store, 1).await.has_words);
    assert!(progress(store, 2).await.has_words);
    assert_eq!(store.erase(after(29)).await.unwrap(), 0);
    assert_eq!(store.erase(after(30)).await.unwrap(), 1);
    assert!(!progress(store, 3).await.has_words);
    assert!(progress(store, 2).await.has_words);
}

async fn hears_callbacks_once_and_never_goes_back(store: &dyn Outbox) {
    sent(store, 1).await;
    let say = async |status, code| store.hear(callback(1, status, code)).await.unwrap();
    assert_eq!(say(ProviderStatus::Sent, None).await, Heard::Applied);
    assert_eq!(state(store, 1).await, TextState::Sent);
    assert_eq!(say(ProviderStatus::Delivered, None).await, Heard::Applied);
    assert_eq!(say(ProviderStatus::Sent, None).await, Heard::Repeated);
    assert_eq!(say(ProviderStatus::Undelivered, Some(30_003)).await, Heard::Applied);
    let known = progress(store, 1).await;
    assert_eq!((known.state, known.code), (TextState::Delivered, None), "a handset that has it keeps it");
    sent(store, 2).await;
    let failed = callback(2, ProviderStatus::Undelivered, Some(30_005));
    store.hear(failed).await.unwrap();
    store.hear(callback(2, ProviderStatus::Accepted, None)).await.unwrap();
    let known = progress(store, 2).await;
    assert_eq!((known.state, known.code), (TextState::Undelivered, Some(30_005)));
}

async fn keeps_a_callback_that_came_early(store: &dyn Outbox) {
    let early = callback(1, ProviderStatus::Delivered, None);
    assert_eq!(store.hear(early.clone()).await.unwrap(), Heard::Kept);
    assert_eq!(store.hear(early).await.unwrap(), Heard::Repeated);
    sent(store, 1).await;
    assert_eq!(state(store, 1).await, TextState::Delivered);
    assert_eq!(store.hear(callback(2, ProviderStatus::Sent, None)).await.unwrap(), Heard::Kept);
    assert_eq!(store.erase(after(86_401)).await.unwrap(), 0);
    assert_eq!(store.erase(after(86_402)).await.unwrap(), 1, "nobody claimed it for a day");
    sent(store, 2).await;
    assert_eq!(state(store, 2).await, TextState::Accepted);
}

async fn records_an_opt_out_that_the_provider_tells<S: Outbox + OptOuts>(store: &S) {
    let refused = |number| callback(number, ProviderStatus::Undelivered, Some(21_610));
    sent(store, 1).await;
    store.hear(callback(1, ProviderStatus::Undelivered, Some(30_003))).await.unwrap();
    assert!(!store.is_opted_out(&phone(1)).await.unwrap());
    store.hear(refused(1)).await.unwrap();
    assert!(store.is_opted_out(&phone(1)).await.unwrap());
    store.hear(refused(2)).await.unwrap();
    assert!(!store.is_opted_out(&phone(2)).await.unwrap(), "whose sid it is, nobody knows yet");
    sent(store, 2).await;
    assert!(store.is_opted_out(&phone(2)).await.unwrap());
}

async fn reads_back_when_due(store: &dyn Outbox) {
    let text = sent(store, 1).await;
    assert_eq!(store.unread(after(601), 10).await.unwrap(), [], "an open delivery is read after an hour");
    store.hear(callback(1, ProviderStatus::Sent, None)).await.unwrap();
    store.hear(callback(1, ProviderStatus::Delivered, None)).await.unwrap();
    assert_eq!(store.unread(after(601), 10).await.unwrap(), []);
    let due = store.unread(after(602), 10).await.unwrap();
    assert_eq!((due[0].id, &due[0].sid, due[0].readings), (text.id, &sid(1), 0));
    let reading = |price, segments, again_at| Reading {
        id: text.id,
        at: after(602),
        delivery: Some(Delivery::ACCEPTED),
        price,
        segments,
        again_at,
    };
    store.record(vec![reading(None, None, Some(after(3_602)))]).await.unwrap();
    let known = progress(store, 1).await;
    assert_eq!((known.state, known.price, known.segments), (TextState::Delivered, Some(aud(51_500)), 1));
    let due = store.unread(after(3_602), 10).await.unwrap();
    assert_eq!(due[0].readings, 1);
    store.record(vec![reading(Some(aud(7_500)), Some(2), None)]).await.unwrap();
    let known = progress(store, 1).await;
    assert_eq!((known.price, known.segments), (Some(aud(7_500)), 2));
    assert_eq!(store.unread(after(999_999), 10).await.unwrap(), []);
}

async fn gives_one_sid_to_one_text(store: &dyn Outbox) {
    sent(store, 1).await;
    store.queue(vec![text(2, 2, Class::Notice)], NOW).await.unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW).await;
    settle(store, &leased.texts[0], accepted(1)).await;
    let second = progress(store, 2).await;
    assert_eq!((second.state, second.sid), (TextState::Accepted, None), "settled all the same");
    assert_eq!(progress(store, 1).await.sid, Some(sid(1)));
}
