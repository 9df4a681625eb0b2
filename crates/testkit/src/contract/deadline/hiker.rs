//! What the watch knows of a hiker, and what the end of the hiker's time on the number does.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{DeadlineStore, Hiker, LastCheckIn, Stopped, Watcher},
    opt_out::{OptOutChange, OptOutSource, StopWord},
    outbox::{
        port::Outbox,
        settle::{SendOutcome, Settlement},
    },
    outgoing::Words,
    phone::PhoneCommit,
    port::Commit,
    route::RouteId,
    sms::{
        inbound::{Inbox, Received},
        outbox::{TextPayload, TextReceipt},
        price::Price,
    },
    time::Timestamp,
    user::{CheckIn, CheckInId, CheckInSource, StoredUser, TakeBack, UserStore},
};

use super::story::{DAD, HIKER, MUM, START, alarmed, change, closing, lease, promise, promised, save, text};
use crate::contract::{
    account::registered,
    inbox,
    phone::{Phonebook, link},
    user::{changed, contact, number, registration, stored, tag},
};

fn later(minutes: u64) -> Timestamp {
    START.plus(Duration::from_mins(minutes))
}

/// The number opts out, as a provider tells us who refuses a text.
pub(super) async fn opted_out(store: &impl Outbox<TextPayload>, last: u32, at: Timestamp) {
    let name = u8::try_from(last).unwrap();
    store
        .queue(vec![text(name, last, "refused")], START)
        .await
        .unwrap();
    let refused = lease(store, 1).await.pop().unwrap();
    let outcome = SendOutcome::Ended {
        state: thunderbird_domain::outbox::state::Ended::Failed,
        code: Some(21_610),
        ambiguous: false,
    };
    let settlement = Settlement {
        opt_out: Some(OptOutChange::Record {
            phone: number(last),
            source: OptOutSource::Carrier,
            at,
        }),
        ..Settlement::of(&refused, outcome, at)
    };
    store.settle(vec![settlement]).await.unwrap();
}

async fn checked_in(
    store: &impl UserStore,
    hiker: &StoredUser,
    (byte, camp): (u8, &str),
) -> (Box<StoredUser>, CheckInId) {
    let mut made = changed(hiker, |_| {});
    made.check_in = Some(CheckIn {
        tag: tag(byte),
        route: RouteId::from_stored("overland_track"),
        camp_code: camp.to_uppercase(),
        camp_name: camp.to_owned(),
        source: CheckInSource::Sms,
        at: later(byte.into()),
        contacts_told: 1,
        before: None,
        taken_back_at: None,
    });
    let saved = stored(store, made).await;
    (saved.user, saved.check_in.unwrap())
}

pub(super) async fn the_watch_knows_the_whole_hiker(
    store: &(impl DeadlineStore + UserStore + Outbox<TextPayload>),
) {
    let mut new = registration(&number(HIKER), 6);
    new.state.contacts = vec![contact(MUM, "Mum"), contact(DAD, "")];
    let hiker = stored(store, new).await.user;
    let (hiker, _) = checked_in(store, &hiker, (21, "Ronny Creek")).await;
    let (hiker, wrong) = checked_in(store, &hiker, (22, "Pelion")).await;
    let mut back = changed(&hiker, |_| {});
    back.taken_back = Some(TakeBack {
        check_ins: vec![wrong],
        corrections: Vec::new(),
        instead: Some("Never mind".to_owned()),
    });
    stored(store, back).await;
    for last in [DAD, HIKER] {
        opted_out(store, last, later(last.into())).await;
    }
    let promised = promise(hiker.id, HIKER, 5);
    let due_at = promised.due_at;
    assert_eq!(save(store, change(None, promised)).await, Commit::Stored(()));
    let due = store.due(due_at, 10).await.unwrap().watched;
    let ids: Vec<_> = hiker.user.contacts.iter().map(|contact| contact.id).collect();
    let watcher = |nth: usize, last, name: &str, opted_out| Watcher {
        id: ids[nth],
        phone: number(last),
        name: name.to_owned(),
        opted_out,
        is_ready: false,
        email: None,
    };
    let known: Vec<Hiker> = due.into_iter().map(|watched| watched.hiker).collect();
    assert_eq!(
        known,
        [Hiker {
            trail_name: "Sam".to_owned(),
            contacts: vec![watcher(0, MUM, "Mum", false), watcher(1, DAD, "", true)],
            last_check_in: Some(LastCheckIn {
                camp: "Ronny Creek".to_owned(),
                route: RouteId::from_stored("overland_track"),
                at: later(21),
            }),
            last_heard: None,
            stopped: Some(Stopped {
                at: later(HIKER.into()),
                word: None,
            }),
            has_ended: false,
        }]
    );
}

pub(super) async fn the_watch_knows_when_the_phone_last_texted(
    store: &(impl DeadlineStore + UserStore + Inbox),
) {
    let due_at = promised(store).await.deadline.due_at;
    let phone = number(HIKER);
    let started_at = store.by_phone(&phone).await.unwrap().unwrap().user.started_at;
    let heard = async || store.due(due_at, 10).await.unwrap().watched[0].hiker.last_heard;
    assert_eq!(heard().await, None, "no text has come");
    let minutes = |minutes| started_at.plus(Duration::from_mins(minutes));
    for (name, came, texted, expected) in [(1, 30, None, 30), (2, 50, Some(20), 30), (3, 70, Some(60), 60)] {
        let sender = inbox::known(store, &phone, minutes(came)).await;
        let mut text = inbox::text(&phone, name, &sender);
        text.at = minutes(came);
        text.texted_at = texted.map(minutes);
        let stored = Inbox::commit(store, text).await.unwrap();
        assert!(matches!(stored, Received::Stored(_)));
        assert_eq!(heard().await, Some(minutes(expected)), "text {name}");
    }
}

pub(super) async fn a_word_that_stopped_our_texts_is_quoted(
    store: &(impl DeadlineStore + UserStore + Inbox),
) {
    let due_at = promised(store).await.deadline.due_at;
    let phone = number(HIKER);
    let sender = inbox::known(store, &phone, START).await;
    let mut stops = inbox::text(&phone, 1, &sender);
    "End.".clone_into(&mut stops.message.body);
    stops.body = Words::Plain("End.".to_owned());
    stops.effects.opt_out = Some(OptOutChange::Record {
        phone,
        source: OptOutSource::Text,
        at: stops.at,
    });
    let stored = Inbox::commit(store, stops).await.unwrap();
    assert!(matches!(stored, Received::Stored(_)));
    let due = store.due(due_at, 10).await.unwrap().watched;
    let stopped = due[0].hiker.stopped.unwrap();
    assert_eq!(stopped.word, StopWord::parse("END"));
}

/// Ends the hiker's time on the number: it is linked to another account.
async fn leaves(store: &impl Phonebook) {
    for (nth, name) in [(31, "ada"), (32, "grace")] {
        let account = registered(store, name, nth).await.id;
        let linked = link(store, account, &number(HIKER), (nth.into(), START)).await;
        assert_eq!(linked, PhoneCommit::Stored);
    }
    assert_eq!(store.by_phone(&number(HIKER)).await.unwrap(), None);
}

pub(super) async fn a_hiker_who_has_left_is_due_at_any_time(store: &(impl DeadlineStore + Phonebook)) {
    let mut new = registration(&number(HIKER), 6);
    new.state.contacts = vec![contact(MUM, "Mum")];
    let hiker = stored(store, new).await.user;
    let promised = promise(hiker.id, HIKER, 5);
    assert_eq!(
        save(store, change(None, promised.clone())).await,
        Commit::Stored(())
    );
    assert!(store.due(START, 10).await.unwrap().watched.is_empty());
    leaves(store).await;
    let due = store.due(START, 10).await.unwrap().watched;
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].stored.deadline, promised);
    assert!(due[0].hiker.has_ended);
    assert_eq!(
        due[0].hiker.contacts.len(),
        1,
        "the contacts are still known who have to hear of it"
    );
    let mut end = closing(&due[0].stored);
    end.stand_downs.clear();
    end.closings.clear();
    assert_eq!(save(store, end).await, Commit::Stored(()));
    assert!(store.due(START, 10).await.unwrap().watched.is_empty());
}

pub(super) async fn a_stand_down_leaves_although_the_hiker_has_left(
    store: &(impl DeadlineStore + Phonebook),
) {
    let alarmed = alarmed(store).await;
    let alerts = lease(store, 10).await;
    assert_eq!(alerts.len(), 2);
    let accepted = alerts.iter().map(|alert| {
        let receipt = TextReceipt {
            sid: None,
            segments: 1,
            price: Price::parse("AUD 0.0515").unwrap(),
        };
        Settlement::of(alert, SendOutcome::Accepted(receipt), START)
    });
    store.settle(accepted.collect()).await.unwrap();
    let mut end = closing(&alarmed);
    for text in &mut end.stand_downs {
        text.user = Some(alarmed.deadline.user);
    }
    assert_eq!(save(store, end).await, Commit::Stored(()));
    leaves(store).await;
    let mut handed_out: Vec<_> = lease(store, 10)
        .await
        .into_iter()
        .map(|message| message.tag)
        .collect();
    handed_out.sort();
    assert_eq!(handed_out, [tag(111), tag(112)]);
}

pub(super) async fn an_alert_ends_with_the_hiker_s_time(store: &(impl DeadlineStore + Phonebook)) {
    let promised = promised(store).await;
    let mut alert = change(Some(&promised), promised.deadline.clone());
    let mut waiting = text(101, MUM, "alert");
    waiting.user = Some(promised.deadline.user);
    alert.texts = vec![waiting];
    assert_eq!(save(store, alert).await, Commit::Stored(()));
    leaves(store).await;
    assert!(lease(store, 10).await.is_empty());
}
