//! What mails to contacts about an alarm promise: who gets one, what ends it, and how its owner stops it.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{
        AlarmLetter, AlarmMail, DeadlineChange, Hold, How, MORE_MAILS_PER_PAIR, MailedEnd, StoredDeadline,
    },
    email::Email,
    mail::outbox::{LeasedMail, MailPayload},
    outbox::{
        lease::{LeaseOrder, Leased},
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::Class,
    port::Commit,
    random::Tag,
    time::Timestamp,
    user::{SaveUser, StoredUser, UserStore},
};

use super::{
    accounted::{Channels, random_alarms_are_accounted_for},
    deadline::story::{HIKER, MUM, START, change, known, newest, promise, save, text},
    user::{contact, number, registration, tag},
};

const WITHHELD: SendState = SendState::Ended(Ended::Withheld);

/// Everything that a store of mails to contacts touches.
trait Post: Channels {}

impl<S> Post for S where S: Channels {}

/// Runs the suite of mails to contacts and of [`StoppedMails`](thunderbird_domain::mail::stop::StoppedMails).
#[expect(private_bounds, reason = "it names what a store of mails to contacts touches")]
pub async fn stopped_mails<S: Post>(empty: impl AsyncFn() -> S) {
    an_alert_is_mailed_once(&empty().await).await;
    a_store_knows_the_address(&empty().await).await;
    an_address_that_stopped_gets_no_mail_until_it_asks_again(&empty().await).await;
    another_address_ends_the_mail_to_the_first(&empty().await).await;
    who_is_no_contact_any_more_gets_no_mail(&empty().await).await;
    the_closing_commit_withholds_what_waits(&empty().await).await;
    what_ends_an_alarm_follows_the_alert(&empty().await).await;
    what_ends_an_alarm_waits_for_an_alert_that_is_under_way(&empty().await).await;
    an_alert_that_may_have_left_is_ended(&empty().await).await;
    alerts_without_a_number_are_bounded(&empty().await).await;
    random_alarms_are_accounted_for(&empty().await).await;
}

fn later(seconds: u64) -> Timestamp {
    START.plus(Duration::from_secs(seconds))
}

fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@example.org")).unwrap()
}

fn letter(words: &str) -> AlarmLetter {
    AlarmLetter::new((words.to_owned(), format!("{words}.")), START)
}

fn alert(name: u8, user: thunderbird_domain::user::UserId, is_numbered: bool) -> AlarmMail {
    AlarmMail {
        tag: tag(name),
        contact: number(MUM),
        to: email("mum"),
        user,
        is_numbered,
        letter: letter("Alert"),
    }
}

/// An alarm of a hiker with Mum as the contact, with an alert to her by mail.
async fn alarmed(store: &impl Post) -> StoredDeadline {
    let mut new = registration(&number(HIKER), 6);
    new.state.contacts = vec![contact(MUM, "Mum")];
    new.state.contacts[0].email = Some(email("mum"));
    let hiker = commit(store, new).await;
    assert_eq!(
        save(store, change(None, promise(hiker.id, HIKER, 5))).await,
        Commit::Stored(())
    );
    let stored = newest(store).await;
    let mut state = stored.deadline.clone();
    let late = state.due_at.plus(Duration::from_hours(2));
    while let Some(step) = state.step(late, Hold::Nothing) {
        state = step.deadline;
        state.alert([(number(MUM), "Mum".to_owned())], START);
        if state.alarm.is_some() {
            break;
        }
        for row in &mut state.stages {
            row.due_at = row.due_at.map(|due| due.min(late));
        }
    }
    let mut alarm = change(Some(&stored), state);
    alarm.texts = vec![text(101, MUM, "alert")];
    alarm.mails = vec![alert(1, hiker.id, true), alert(1, hiker.id, true)];
    assert_eq!(save(store, alarm).await, Commit::Stored(()));
    assert_eq!(store.survey(later(2)).await.unwrap().unaccounted, 0);
    newest(store).await
}

async fn commit(store: &impl UserStore, change: thunderbird_domain::user::UserChange) -> StoredUser {
    let save = SaveUser {
        change,
        outgoing: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
        counts: Vec::new(),
    };
    match UserStore::commit(store, save).await.unwrap() {
        Commit::Stored(saved) => *saved.user,
        Commit::Stale => panic!("nobody else writes"),
    }
}

/// Changes the hiker's contacts.
async fn with_contacts(store: &impl UserStore, changed: impl FnOnce(&mut StoredUser)) {
    let mut sam = known(store, HIKER).await;
    let replaces = sam.revision;
    changed(&mut sam);
    let mut next = registration(&number(HIKER), 6);
    (next.replaces, next.state) = (replaces, sam.user);
    commit(store, next).await;
}

async fn claim(store: &impl Post, name: u8, now: Timestamp) -> Leased<MailPayload> {
    let order = LeaseOrder {
        class: Class::Alarm,
        daily_room: None,
        limit: 10,
        lease: tag(name),
        now,
        until: now.plus(Duration::from_mins(2)),
    };
    Outbox::<MailPayload>::lease(store, order).await.unwrap()
}

async fn state(store: &impl Post, name: Tag) -> Option<SendState> {
    let found = Outbox::<MailPayload>::progress(store, name).await.unwrap();
    found.map(|progress| progress.state)
}

async fn settle(store: &impl Post, mail: &LeasedMail, outcome: SendOutcome<()>) {
    let settlement = Settlement {
        id: mail.id,
        lease: mail.lease,
        at: later(1),
        outcome,
        opt_out: None,
    };
    Outbox::<MailPayload>::settle(store, vec![settlement])
        .await
        .unwrap();
}

fn ending() -> MailedEnd {
    MailedEnd {
        tag: tag(50),
        letter: letter("Stand down"),
    }
}

fn closing(stored: &StoredDeadline) -> DeadlineChange {
    let mut end = change(Some(stored), stored.deadline.closed(How::Back, None, later(3)));
    end.mailed_end = Some(ending());
    end
}

async fn close(store: &impl Post, stored: &StoredDeadline) {
    assert_eq!(save(store, closing(stored)).await, Commit::Stored(()));
    assert_eq!(store.survey(later(4)).await.unwrap().unaccounted, 0);
}

fn end_tag() -> Tag {
    ending().tag_to("mum@example.org")
}

async fn an_alert_is_mailed_once(store: &impl Post) {
    alarmed(store).await;
    let taken = claim(store, 9, later(1)).await.messages;
    assert_eq!(taken.len(), 1);
    let mail = &taken[0];
    assert_eq!((mail.tag, &mail.payload.to), (tag(1), &email("mum")));
    assert!(mail.payload.is_to_contact);
    assert_eq!(mail.payload.subject, "Alert");
    assert!(claim(store, 8, later(2)).await.messages.is_empty());
}

async fn a_store_knows_the_address(store: &impl Post) {
    let stored = alarmed(store).await;
    close(store, &stored).await;
    let next = promise(stored.deadline.user, HIKER, 7);
    assert_eq!(save(store, change(None, next)).await, Commit::Stored(()));
    let watched = async || {
        let due = store.due(later(3_600 * 48), 5).await.unwrap();
        due.watched[0].hiker.contacts[0].email.clone()
    };
    let sam = known(store, HIKER).await;
    assert_eq!(sam.user.contacts[0].email, Some(email("mum")));
    assert_eq!(watched().await, Some(email("mum")));
    assert!(store.stop(tag(1), true, later(1)).await.unwrap());
    assert_eq!(known(store, HIKER).await.stopped_mails, [number(MUM)]);
    assert_eq!(watched().await, None, "its owner wants no mails");
    with_contacts(store, |sam| sam.user.contacts[0].email = None).await;
    assert_eq!(known(store, HIKER).await.user.contacts[0].email, None);
}

async fn an_address_that_stopped_gets_no_mail_until_it_asks_again(store: &impl Post) {
    let stored = alarmed(store).await;
    assert!(store.addressee(tag(77)).await.unwrap().is_none());
    assert!(!store.stop(tag(77), true, START).await.unwrap());
    let addressee = store.addressee(tag(1)).await.unwrap().unwrap();
    assert_eq!((addressee.email, addressee.has_stopped), (email("mum"), false));
    for _ in 0..2 {
        assert!(store.stop(tag(1), true, later(1)).await.unwrap());
        assert!(store.addressee(tag(1)).await.unwrap().unwrap().has_stopped);
    }
    let claimed = claim(store, 9, later(2)).await;
    assert_eq!((claimed.messages.len(), claimed.withheld), (0, 1));
    for _ in 0..2 {
        assert!(store.stop(tag(1), false, later(3)).await.unwrap());
        assert!(!store.addressee(tag(1)).await.unwrap().unwrap().has_stopped);
    }
    let mut next = change(Some(&stored), stored.deadline.clone());
    next.mails = vec![alert(2, stored.deadline.user, true)];
    assert_eq!(save(store, next).await, Commit::Stored(()));
    assert_eq!(claim(store, 9, later(4)).await.messages.len(), 1);
}

async fn another_address_ends_the_mail_to_the_first(store: &impl Post) {
    alarmed(store).await;
    with_contacts(store, |sam| {
        sam.user.contacts[0].email = Some(email("mum.at.work"));
    })
    .await;
    let claimed = claim(store, 9, later(1)).await;
    assert_eq!((claimed.messages.len(), claimed.withheld), (0, 1));
    assert_eq!(state(store, tag(1)).await, Some(WITHHELD));
}

async fn who_is_no_contact_any_more_gets_no_mail(store: &impl Post) {
    alarmed(store).await;
    with_contacts(store, |sam| sam.user.contacts.clear()).await;
    let claimed = claim(store, 9, later(1)).await;
    assert_eq!((claimed.messages.len(), claimed.withheld), (0, 1));
    with_contacts(store, |sam| sam.user.contacts.push(contact(MUM, "Mum"))).await;
    let sam = known(store, HIKER).await;
    assert_eq!(
        sam.user.contacts[0].email, None,
        "the address went with the contact"
    );
}

async fn the_closing_commit_withholds_what_waits(store: &impl Post) {
    let stored = alarmed(store).await;
    close(store, &stored).await;
    assert_eq!(state(store, tag(1)).await, Some(WITHHELD));
    assert_eq!(
        state(store, end_tag()).await,
        None,
        "nobody has heard of the alarm by mail"
    );
    assert!(claim(store, 9, later(5)).await.messages.is_empty());
}

async fn what_ends_an_alarm_follows_the_alert(store: &impl Post) {
    let stored = alarmed(store).await;
    let taken = claim(store, 9, later(1)).await.messages;
    settle(store, &taken[0], SendOutcome::Accepted(())).await;
    // Whom the hiker does not call a contact any more has the alert all the same.
    with_contacts(store, |sam| sam.user.contacts.clear()).await;
    close(store, &stored).await;
    let next = claim(store, 8, later(5)).await.messages;
    assert_eq!(next.len(), 1);
    assert_eq!((next[0].tag, next[0].payload.is_to_contact), (end_tag(), true));
    assert_eq!(next[0].payload.to, email("mum"));
}

async fn what_ends_an_alarm_waits_for_an_alert_that_is_under_way(store: &impl Post) {
    let stored = alarmed(store).await;
    let taken = claim(store, 9, later(1)).await.messages;
    close(store, &stored).await;
    assert!(
        claim(store, 8, later(5)).await.messages.is_empty(),
        "the alert is on its way"
    );
    let again = SendOutcome::Again {
        at: later(60),
        ambiguous: false,
        code: Some(451),
    };
    settle(store, &taken[0], again).await;
    assert_eq!(state(store, tag(1)).await, Some(WITHHELD), "its alarm is over");
    let next = claim(store, 7, later(6)).await.messages;
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].tag, end_tag());
}

async fn an_alert_that_may_have_left_is_ended(store: &impl Post) {
    let stored = alarmed(store).await;
    let taken = claim(store, 9, later(1)).await.messages;
    let again = SendOutcome::Again {
        at: later(60),
        ambiguous: true,
        code: None,
    };
    settle(store, &taken[0], again).await;
    close(store, &stored).await;
    assert_eq!(state(store, tag(1)).await, Some(WITHHELD));
    assert_eq!(state(store, end_tag()).await, Some(SendState::Queued));
}

async fn alerts_without_a_number_are_bounded(store: &impl Post) {
    let stored = alarmed(store).await;
    let user = stored.deadline.user;
    let mut more = change(Some(&stored), stored.deadline.clone());
    let room = u8::try_from(MORE_MAILS_PER_PAIR).unwrap();
    more.mails = (0..=room).map(|nth| alert(10 + nth, user, false)).collect();
    more.mails.push(alert(30, user, true));
    assert_eq!(save(store, more).await, Commit::Stored(()));
    for nth in 0..room {
        assert!(state(store, tag(10 + nth)).await.is_some(), "{nth}");
    }
    assert_eq!(state(store, tag(10 + room)).await, None);
    assert!(
        state(store, tag(30)).await.is_some(),
        "a numbered alert is never left out"
    );
}
