//! What became of the texts to a contact stays with the contact.

use thunderbird_domain::{
    outbox::{settle::SendOutcome, state::Ended},
    outgoing::{Class, Outgoing, OutgoingText, Words},
    port::Commit,
    random::Tag,
    sms::gateway::ProviderStatus,
    user::{
        CheckIn, CheckInId, CheckInSource, Correction, Reach, SaveUser, StoredUser, TakeBack, Trouble,
        UserStore,
    },
};

use super::{
    super::user::{changed, contact, number, registration, stored},
    stage::{NOW, Outbox, accepted, after, callback, lease_at, settle, tag, text},
};

/// The trouble that stands with the only contact.
async fn trouble(store: &impl UserStore) -> Option<Trouble> {
    let hiker = store.by_phone(&number(6)).await.unwrap().unwrap();
    hiker.trouble(&number(10))
}

/// A hiker with one contact.
async fn hiker_with_contact(store: &impl UserStore) -> StoredUser {
    let hiker = stored(store, registration(&number(6), 40)).await.user;
    let added = changed(&hiker, |user| user.contacts = vec![contact(10, "Mum")]);
    *stored(store, added).await.user
}

/// Queues a text to the contact and leases it.
async fn leased(
    store: &dyn Outbox,
    hiker: &StoredUser,
    nth: u8,
) -> thunderbird_domain::sms::outbox::LeasedText {
    let text = OutgoingText {
        user: Some(hiker.id),
        ..text(nth, 10, Class::Safety)
    };
    store.queue(vec![text], NOW).await.unwrap();
    lease_at(store, Class::Safety, nth, NOW).await.messages[0].clone()
}

async fn says(store: &dyn Outbox, nth: u8, status: ProviderStatus, code: Option<u32>) {
    store.hear(callback(nth, status, code)).await.unwrap();
}

/// How many texts wait for the hiker.
async fn waiting_for_the_hiker(store: &dyn Outbox, name: u8) -> usize {
    let mut count = 0;
    loop {
        let leased = lease_at(store, Class::Notice, name, after(10)).await;
        let Some(text) = leased.messages.first() else {
            return count;
        };
        assert_eq!(text.payload.to, number(6));
        count += 1;
        settle(store, text, SendOutcome::ended(Ended::Failed)).await;
    }
}

pub(super) async fn keeps_what_became_of_the_newest_text<S: Outbox + UserStore>(store: &S) {
    let hiker = hiker_with_contact(store).await;
    let first = leased(store, &hiker, 51).await;
    let refused = SendOutcome::Ended {
        state: Ended::Failed,
        code: Some(21_614),
        ambiguous: false,
    };
    settle(store, &first, refused).await;
    assert_eq!(trouble(store).await, Some(Trouble::TakesNoTexts));
    assert_eq!(waiting_for_the_hiker(store, 91).await, 1);
    for nth in [52, 53, 54, 55] {
        settle(store, &leased(store, &hiker, nth).await, accepted(nth)).await;
    }
    says(store, 53, ProviderStatus::Delivered, None).await;
    assert_eq!(trouble(store).await, None, "a delivery clears it");
    says(store, 52, ProviderStatus::Undelivered, Some(30_005)).await;
    assert_eq!(trouble(store).await, None, "an older text is no news");
    says(store, 54, ProviderStatus::Undelivered, Some(30_003)).await;
    assert_eq!(trouble(store).await, Some(Trouble::Unreachable));
    says(store, 55, ProviderStatus::Undelivered, Some(30_006)).await;
    assert_eq!(trouble(store).await, Some(Trouble::TakesNoTexts));
    says(store, 54, ProviderStatus::Delivered, None).await;
    assert_eq!(trouble(store).await, Some(Trouble::TakesNoTexts), "older again");
    assert_eq!(
        waiting_for_the_hiker(store, 92).await,
        1,
        "once until it is cleared"
    );
    says(store, 55, ProviderStatus::Delivered, None).await;
    assert_eq!(trouble(store).await, None, "the same text arrived after all");
}

pub(super) async fn begins_again_with_a_contact_that_is_added_again<S: Outbox + UserStore>(store: &S) {
    let hiker = hiker_with_contact(store).await;
    for nth in [61, 62] {
        settle(store, &leased(store, &hiker, nth).await, accepted(nth)).await;
    }
    says(store, 61, ProviderStatus::Failed, None).await;
    assert_eq!(trouble(store).await, Some(Trouble::Undelivered));
    let hiker = store.by_phone(&number(6)).await.unwrap().unwrap();
    let again = changed(&hiker, |user| user.contacts[0].created_at = after(5));
    let hiker = *stored(store, again).await.user;
    assert_eq!(trouble(store).await, None);
    says(store, 62, ProviderStatus::Undelivered, Some(30_003)).await;
    assert_eq!(trouble(store).await, None, "that text is older than the contact");
    let late = OutgoingText {
        user: Some(hiker.id),
        not_before: after(6),
        ..text(63, 10, Class::Safety)
    };
    store.queue(vec![late], after(6)).await.unwrap();
    let leased = lease_at(store, Class::Safety, 63, after(3_600)).await;
    assert_eq!((leased.messages.len(), leased.expired), (0, 1));
    assert_eq!(trouble(store).await, Some(Trouble::Late));
    let gone = changed(&hiker, |user| user.contacts.clear());
    let hiker = *stored(store, gone).await.user;
    assert_eq!(hiker.troubles, []);
    let anew = changed(&hiker, |user| user.contacts = vec![contact(10, "Mum")]);
    stored(store, anew).await;
    assert_eq!(trouble(store).await, None, "it goes with the contact");
}

/// A check-in of the hiker, with three contacts to tell.
fn at_ronny(hiker: &StoredUser) -> CheckIn {
    CheckIn {
        tag: tag(70),
        route: hiker.user.route.clone(),
        camp_code: "RONNY".into(),
        camp_name: "Ronny Creek".into(),
        source: CheckInSource::Sms,
        at: NOW,
        contacts_told: 3,
        before: None,
        taken_back_at: None,
    }
}

/// The newest check-in is taken back once more.
fn again(undone: &StoredUser, made: CheckInId) -> SaveUser {
    let mut twice = changed(undone, |_| {});
    twice.taken_back = Some(TakeBack {
        check_ins: vec![made],
        corrections: Vec::new(),
        instead: None,
    });
    SaveUser {
        change: twice,
        outgoing: Vec::new(),
        counts: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
    }
}

/// What became of the texts of the newest check-in.
async fn reached(store: &impl UserStore, hiker: &StoredUser) -> Vec<Reach> {
    let made = store.check_ins(hiker.id, None, 5).await.unwrap();
    made[0].notices.iter().map(|notice| notice.reach).collect()
}

/// A check-in whose texts to the contacts have these states, and its taking back.
pub(super) async fn corrects_what_may_have_been_read<S: Outbox + UserStore>(store: &S) {
    let hiker = hiker_with_contact(store).await;
    let mut change = changed(&hiker, |_| {});
    change.check_in = Some(at_ronny(&hiker));
    let notices: Vec<Tag> = change.check_in.iter().flat_map(CheckIn::notice_tags).collect();
    let saved = stored(store, change).await;
    let text_to = |place: usize, to: u8| OutgoingText {
        tag: notices[place],
        user: Some(hiker.id),
        ..text(70, to, Class::Safety)
    };
    store
        .queue(vec![text_to(0, 10), text_to(1, 11)], NOW)
        .await
        .unwrap();
    let sent = lease_at(store, Class::Safety, 71, NOW).await;
    settle(store, &sent.messages[0], accepted(71)).await;
    let unsent = SendOutcome::Again {
        at: after(3_000),
        ambiguous: false,
        code: None,
    };
    settle(store, &sent.messages[1], unsent).await;
    assert_eq!(reached(store, &hiker).await, [Reach::OnItsWay, Reach::OnItsWay]);
    let correction = |place: usize, to: u8| Correction {
        notice: notices[place],
        text: OutgoingText {
            tag: tag(80 + to),
            user: Some(hiker.id),
            ..text(80, to, Class::Safety)
        },
    };
    let mut undone = changed(&saved.user, |_| {});
    undone.taken_back = Some(TakeBack {
        check_ins: vec![saved.check_in.unwrap()],
        corrections: vec![correction(0, 10), correction(1, 11)],
        instead: Some("stands".into()),
    });
    let undone = stored(store, undone).await.user;
    assert_eq!(reached(store, &hiker).await, [Reach::OnItsWay, Reach::Withheld]);
    let made = store.check_ins(hiker.id, None, 5).await.unwrap();
    assert!(made[0].check_in.taken_back_at.is_some());
    let due = lease_at(store, Class::Safety, 72, after(3_001)).await;
    let to: Vec<_> = due.messages.iter().map(|text| text.payload.to.clone()).collect();
    assert_eq!(to, [number(10)], "what was never sent needs no correction");
    let twice = again(&undone, made[0].id);
    assert_eq!(store.commit(twice).await.unwrap(), Commit::Stale);
}

/// A check-in is taken back; what waits says this instead.
fn instead(words: Option<&str>) -> TakeBack {
    TakeBack {
        check_ins: Vec::new(),
        corrections: Vec::new(),
        instead: words.map(str::to_owned),
    }
}

/// Commits what `outgoing` queues, and what is taken back.
async fn committed<S: UserStore>(store: &S, outgoing: Vec<Outgoing>, taken_back: Option<TakeBack>) {
    let hiker = store.by_phone(&number(6)).await.unwrap().unwrap();
    let mut change = changed(&hiker, |_| {});
    change.taken_back = taken_back;
    let save = SaveUser {
        change,
        outgoing,
        counts: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
    };
    assert!(matches!(store.commit(save).await.unwrap(), Commit::Stored(_)));
}

pub(super) async fn what_waits_is_about_the_check_in_that_stands<S: Outbox + UserStore>(store: &S) {
    let hiker = hiker_with_contact(store).await;
    let merged = |words: &str| {
        Outgoing::Newest(OutgoingText {
            user: Some(hiker.id),
            words: Words::Plain(words.to_owned()),
            not_before: after(3_000),
            expires_at: after(9_000),
            ..text(95, 10, Class::Safety)
        })
    };
    let words_of = async |name, at| {
        let leased = lease_at(store, Class::Safety, name, at).await;
        let first = leased.messages.first().cloned();
        if let Some(message) = &first {
            settle(store, message, SendOutcome::ended(Ended::Withheld)).await;
        }
        first.and_then(|message| message.words)
    };
    committed(store, vec![merged("wrong")], None).await;
    committed(store, Vec::new(), Some(instead(None))).await;
    assert_eq!(words_of(96, after(3_001)).await, None, "no check-in stands");
    committed(store, vec![merged("another")], None).await;
    committed(store, Vec::new(), Some(instead(Some("the one that stands")))).await;
    assert_eq!(
        words_of(97, after(3_002)).await,
        Some(Words::Plain("the one that stands".into())),
        "a text that was withheld waits again for the next check-in"
    );
}

pub(super) async fn a_refusal_for_an_opt_out_is_told_once_a_day<S: Outbox + UserStore>(store: &S) {
    let hiker = hiker_with_contact(store).await;
    let refused = || SendOutcome::Ended {
        state: Ended::Failed,
        code: Some(21_610),
        ambiguous: false,
    };
    let first = leased(store, &hiker, 101).await;
    settle(store, &first, refused()).await;
    let second = leased(store, &hiker, 102).await;
    settle(store, &second, refused()).await;
    assert_eq!(trouble(store).await, None, "the number takes texts");
    assert_eq!(waiting_for_the_hiker(store, 103).await, 1);
}
