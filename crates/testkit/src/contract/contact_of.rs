//! What every store of inbound texts promises about the hikers that chose a number as a contact.

use std::time::Duration;

use thunderbird_domain::{
    opt_out::{OptOutChange, OptOutSource},
    outgoing::{Class, Outgoing, OutgoingText, Words},
    sms::inbound::{Inbox, Received, SenderState},
    time::Timestamp,
    user::{LastNotice, UserId},
};

use super::{
    inbox::{known, text},
    user::{changed, contact, number, registration, tag},
};

/// The promises of [`Inbox`] about the hikers that chose a sender as a contact.
pub async fn contact_of<S: Inbox>(empty: impl AsyncFn() -> S) {
    a_contact_s_hikers_are_known_with_what_the_contact_was_sent(&empty().await).await;
    ready_is_noted_for_every_hiker_of_the_number(&empty().await).await;
    a_hiker_loses_the_sender_as_a_contact_or_nothing_is_stored(&empty().await).await;
}

const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// A text about the hiker to the contact with this last part of a number.
fn notice(user: UserId, to: u32, byte: u8, class: Class) -> Outgoing {
    Outgoing::Text(OutgoingText {
        tag: tag(byte),
        to: number(to),
        class,
        words: Words::Plain(format!("text {byte}")),
        not_before: START,
        expires_at: START.plus(Duration::from_hours(6)),
        user: Some(user),
    })
}

/// Two hikers who have chosen the same two numbers.
async fn two_hikers(store: &impl Inbox) {
    for (sid, hiker) in [(1, 6), (2, 7)] {
        let mut registered = text(&number(hiker), sid, &SenderState::default());
        let mut change = registration(&number(hiker), u8::try_from(50 + sid).unwrap());
        change.state.contacts = vec![contact(10, "Mum"), contact(11, "Dad")];
        registered.effects.user = Some(change);
        assert!(matches!(
            store.commit(registered).await.unwrap(),
            Received::Stored(_)
        ));
    }
}

async fn a_contact_s_hikers_are_known_with_what_the_contact_was_sent(store: &impl Inbox) {
    let mum = number(10);
    assert_eq!(known(store, &mum, START).await.contact_of, Vec::new());
    two_hikers(store).await;
    let view = known(store, &number(6), START).await;
    let hiker = view.user.as_ref().unwrap().clone();
    let mut texted = text(&number(6), 3, &view);
    texted.effects.outgoing = vec![
        notice(hiker.id, 10, 60, Class::Safety),
        notice(hiker.id, 10, 61, Class::Safety),
        notice(hiker.id, 11, 62, Class::Safety),
        notice(hiker.id, 10, 63, Class::Notice),
    ];
    assert!(matches!(store.commit(texted).await.unwrap(), Received::Stored(_)));
    let contact_of = known(store, &mum, START).await.contact_of;
    let [first, second] = contact_of.as_slice() else {
        panic!("two hikers chose this contact: {contact_of:?}");
    };
    assert_eq!(first.hiker, hiker, "the hiker as a decision about it sees it");
    let newest = LastNotice {
        at: START,
        words: Some("text 61".into()),
    };
    assert_eq!(first.last_notice, Some(newest), "the newest one to this number");
    assert_eq!(
        (second.hiker.user.phone.clone(), second.last_notice.clone()),
        (number(7), None)
    );
    let mut opted_out = text(&number(11), 4, &SenderState::default());
    opted_out.effects.opt_out = Some(OptOutChange::Record {
        phone: number(11),
        source: OptOutSource::Text,
        at: START,
    });
    assert!(matches!(
        store.commit(opted_out).await.unwrap(),
        Received::Stored(_)
    ));
    let view = known(store, &mum, START).await;
    assert_eq!(view.contact_of[0].hiker.opted_out_contacts, [number(11)]);
}

async fn ready_is_noted_for_every_hiker_of_the_number(store: &impl Inbox) {
    two_hikers(store).await;
    let view = known(store, &number(10), START).await;
    assert_eq!(view.contact_of[0].hiker.ready_contacts, Vec::new());
    let mut ready = text(&number(10), 3, &view);
    ready.effects.is_ready = true;
    assert!(matches!(store.commit(ready).await.unwrap(), Received::Stored(_)));
    for hiker in [6, 7] {
        let stored = known(store, &number(hiker), START).await.user.unwrap();
        assert_eq!(stored.ready_contacts, [number(10)], "{hiker}");
    }
    let view = known(store, &number(6), START).await;
    let mut again = text(&number(6), 4, &view);
    let stored = view.user.as_ref().unwrap();
    again.effects.user = Some(changed(stored, |user| {
        user.contacts.retain(|kept| kept.phone != number(10));
    }));
    assert!(matches!(store.commit(again).await.unwrap(), Received::Stored(_)));
    let view = known(store, &number(6), START).await;
    let mut again = text(&number(6), 5, &view);
    let stored = view.user.as_ref().unwrap();
    again.effects.user = Some(changed(stored, |user| user.contacts.push(contact(10, "Mum"))));
    assert!(matches!(store.commit(again).await.unwrap(), Received::Stored(_)));
    let stored = known(store, &number(6), START).await.user.unwrap();
    assert_eq!(
        stored.ready_contacts,
        Vec::new(),
        "who is chosen again has not agreed"
    );
    let other = known(store, &number(7), START).await.user.unwrap();
    assert_eq!(other.ready_contacts, [number(10)]);
}

async fn a_hiker_loses_the_sender_as_a_contact_or_nothing_is_stored(store: &impl Inbox) {
    two_hikers(store).await;
    let view = known(store, &number(10), START).await;
    let stored = view.contact_of[0].hiker.clone();
    let without = changed(&stored, |user| {
        user.contacts.retain(|kept| kept.phone != number(10));
    });
    let mut declined = text(&number(10), 3, &view);
    declined.effects.hikers = vec![without.clone()];
    assert!(matches!(
        store.commit(declined).await.unwrap(),
        Received::Stored(_)
    ));
    let hikers = known(store, &number(10), START).await.contact_of;
    let left: Vec<_> = hikers
        .iter()
        .map(|known| known.hiker.user.phone.clone())
        .collect();
    assert_eq!(left, [number(7)]);
    let view = known(store, &number(10), START).await;
    let mut stale = text(&number(10), 4, &view);
    stale.effects.hikers = vec![without];
    assert_eq!(
        store.commit(stale).await.unwrap(),
        Received::Stale,
        "the hiker has changed since"
    );
}
