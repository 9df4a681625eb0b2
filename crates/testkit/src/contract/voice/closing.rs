//! Calls about an alarm: when they are due, and what ends them.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{Claimed, How},
    outbox::{
        lease::LeaseOrder,
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{Class, OutgoingText},
    port::Commit,
    sms::{
        inbound::{Inbox, Received},
        outbox::{TextPayload, TextReceipt},
        price::Price,
    },
    user::{SaveUser, UserStore},
    voice::{CallStatus, Key},
};

use super::stage::{Exchange, accepted, claim, later, leased, mum, progress, ringing, settle, unknown};
use crate::contract::{
    deadline::story::{HIKER, MUM, START, change, known, newest, save, text},
    inbox,
    user::tag,
};

const WITHHELD: SendState = SendState::Ended(Ended::Withheld);

/// The provider takes the text of the alert over at this second.
async fn text_taken_over(store: &impl Exchange, seconds: u64) {
    let order = LeaseOrder {
        class: Class::Alarm,
        daily_room: None,
        limit: 10,
        lease: tag(150),
        now: later(seconds),
        until: later(seconds + 60),
    };
    let texts = Outbox::<TextPayload>::lease(store, order).await.unwrap().messages;
    let settlement = |text: &thunderbird_domain::sms::outbox::LeasedText| Settlement {
        id: text.id,
        lease: text.lease,
        at: later(seconds),
        outcome: SendOutcome::Accepted(TextReceipt {
            sid: None,
            segments: 1,
            price: Price::parse("AUD 0.05").unwrap(),
        }),
        opt_out: None,
    };
    let settlements = texts.iter().map(settlement).collect();
    Outbox::<TextPayload>::settle(store, settlements).await.unwrap();
}

pub(super) async fn a_call_follows_its_text_by_three_minutes(store: &impl Exchange) {
    let (_, _, call) = ringing(store).await;
    text_taken_over(store, 100).await;
    assert!(leased(store, 9, later(279)).await.is_empty());
    let taken = leased(store, 9, later(280)).await;
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].tag, &taken[0].payload.to), (call.tag, &mum()));
    let stored = store.call(call.tag).await.unwrap().unwrap();
    let watched = stored.watched.unwrap();
    assert_eq!(watched.stored, newest(store).await);
}

pub(super) async fn a_call_without_its_text_comes_all_the_same(store: &impl Exchange) {
    ringing(store).await;
    assert!(leased(store, 9, later(179)).await.is_empty());
    let taken = leased(store, 9, later(180)).await;
    assert_eq!(taken.len(), 1);
    settle(store, &taken[0], unknown(190)).await;
    text_taken_over(store, 185).await;
    let waiting = progress(store, taken[0].tag).await;
    assert_eq!(waiting.next_attempt_at, Some(later(190)), "it was tried already");
}

pub(super) async fn no_call_is_leased_after_the_closing_commit(store: &impl Exchange) {
    let (stored, _, call) = ringing(store).await;
    let taken = leased(store, 9, later(200)).await;
    let end = change(Some(&stored), stored.deadline.closed(How::Back, None, START));
    assert_eq!(save(store, end).await, Commit::Stored(()));
    assert_eq!(
        progress(store, call.tag).await.state,
        SendState::Sending,
        "it is being placed at this moment"
    );
    settle(store, &taken[0], unknown(210)).await;
    let claimed = claim(store, 8, later(220)).await;
    assert_eq!((claimed.messages.len(), claimed.withheld), (0, 1));
    assert_eq!(progress(store, call.tag).await.state, WITHHELD);
    let heard = super::stage::report(1, MUM, 1, CallStatus::Completed);
    let heard = thunderbird_domain::voice::CallReport {
        tag: call.tag,
        ..heard
    };
    store.report(heard).await.unwrap();
    assert_eq!(
        progress(store, call.tag).await.state,
        SendState::Delivered,
        "the attempt whose result was unknown had got through"
    );
}

pub(super) async fn a_claim_ends_the_calls_that_wait(store: &impl Exchange) {
    let (stored, _, call) = ringing(store).await;
    let Claimed::Acting(state) = stored.deadline.claim(&mum(), later(10)) else {
        panic!("Mum was alerted");
    };
    assert_eq!(
        save(store, change(Some(&stored), state)).await,
        Commit::Stored(())
    );
    assert_eq!(progress(store, call.tag).await.state, WITHHELD);
    assert!(leased(store, 9, later(500)).await.is_empty());
}

pub(super) async fn who_was_called_and_not_texted_is_stood_down(store: &impl Exchange) {
    let (stored, _, _) = ringing(store).await;
    let taken = leased(store, 9, later(200)).await;
    settle(store, &taken[0], accepted(1)).await;
    let mut end = change(Some(&stored), stored.deadline.closed(How::Back, None, START));
    end.stand_downs = vec![text(111, MUM, "stand down")];
    end.closings = vec![text(113, MUM, "it is over")];
    assert_eq!(save(store, end).await, Commit::Stored(()));
    let queued = async |name: u8| {
        let found = Outbox::<TextPayload>::progress(store, tag(name)).await.unwrap();
        found.is_some()
    };
    assert!(queued(111).await, "the phone has rung");
    assert!(!queued(113).await);
}

pub(super) async fn a_number_that_wants_no_calls_has_none_until_it_is_ready(store: &impl Exchange) {
    let (stored, alert, first) = ringing(store).await;
    let taken = leased(store, 9, later(200)).await;
    settle(store, &taken[0], accepted(1)).await;
    assert!(!store.wants_no_calls(&mum()).await.unwrap());
    for _ in 0..2 {
        store.press(first.tag, Key::NoCalls, later(210)).await.unwrap();
        assert!(store.wants_no_calls(&mum()).await.unwrap());
    }
    let next = async |name: u8, stored: &thunderbird_domain::deadline::StoredDeadline| {
        let text = OutgoingText {
            tag: tag(name),
            ..alert.clone()
        };
        let mut change = change(Some(stored), stored.deadline.clone());
        change.calls = vec![thunderbird_domain::outgoing::OutgoingCall::after(
            &text,
            String::new(),
            Duration::from_hours(1),
        )];
        assert_eq!(save(store, change).await, Commit::Stored(()));
    };
    next(121, &stored).await;
    let claimed = claim(store, 8, later(1_000)).await;
    assert_eq!((claimed.messages.len(), claimed.withheld), (0, 1));
    let sender = inbox::known(store, &mum(), START).await;
    let mut ready = inbox::text(&mum(), 1, &sender);
    ready.effects.is_ready = true;
    let received = Inbox::commit(store, ready).await.unwrap();
    assert!(matches!(received, Received::Stored(_)));
    assert!(!store.wants_no_calls(&mum()).await.unwrap());
    next(122, &newest(store).await).await;
    assert_eq!(leased(store, 7, later(1_000)).await.len(), 1);
}

pub(super) async fn who_is_no_contact_any_more_is_not_called(store: &impl Exchange) {
    ringing(store).await;
    let sam = known(store, HIKER).await;
    let mut change = thunderbird_domain::user::UserChange {
        replaces: sam.revision,
        ..crate::contract::user::registration(&sam.user.phone, 6)
    };
    change.state = sam.user.clone();
    change.state.contacts.clear();
    let removed = SaveUser {
        change,
        outgoing: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
        counts: Vec::new(),
    };
    assert!(matches!(
        UserStore::commit(store, removed).await.unwrap(),
        Commit::Stored(_)
    ));
    let claimed = claim(store, 9, later(200)).await;
    assert_eq!((claimed.messages.len(), claimed.withheld), (0, 1));
}

/// A text from before the call was queued is no answer to the alert.
pub(super) async fn who_has_texted_since_is_not_called(store: &impl Exchange, seconds: u64, is_called: bool) {
    let (_, _, call) = ringing(store).await;
    let sender = inbox::known(store, &mum(), START).await;
    let mut answer = inbox::text(&mum(), 1, &sender);
    answer.at = later(seconds);
    let received = Inbox::commit(store, answer).await.unwrap();
    assert!(matches!(received, Received::Stored(_)));
    assert_eq!(leased(store, 9, later(200)).await.len(), usize::from(is_called));
    let state = progress(store, call.tag).await.state;
    assert_eq!(state == WITHHELD, !is_called);
}
