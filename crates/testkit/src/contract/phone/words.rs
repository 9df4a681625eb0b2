//! Words that accounts show, and questions that numbers are asked.

use thunderbird_domain::{
    account::{AccountId, EndReason, EndSessions, WhichSessions},
    audit::{Actor, AuditEvent, Subject},
    limit::Counter,
    phone::{
        Guess, NewWords, Pending, PendingAction, PendingChange, PhoneChange, PhoneCommit, PhoneStore,
        SavePhone, TextLinkState, WordsVerdict, WrongWords,
    },
    privacy::PrivacyStore,
    time::Timestamp,
};

use super::{super::account::deleted, NOON, Phonebook, account, later, mac, number, order, sent, tag};

pub(super) async fn promises<S: Phonebook + PrivacyStore>(empty: &impl AsyncFn() -> S) {
    words_are_found_until_they_are_too_late(&empty().await).await;
    an_account_has_one_open_set_the_newest(&empty().await).await;
    no_two_open_sets_are_the_same(&empty().await).await;
    a_number_has_one_open_question_the_newest(&empty().await).await;
    a_question_ends_with_the_words_it_was_asked_about(&empty().await).await;
    wrong_words_are_counted_on_what_was_seen(&empty().await).await;
    what_is_under_way_ends_with_a_session(&empty().await).await;
    an_account_that_is_gone_shows_no_words(&empty().await).await;
}

async fn what_is_under_way_ends_with_a_session<S: Phonebook>(store: &S) {
    let ada = account(store, "ada", 1).await;
    let grace = account(store, "grace", 2).await;
    assert_eq!(
        store.offer_words(words(ada, 1, NOON)).await.unwrap(),
        WordsVerdict::Stored
    );
    assert_eq!(
        store.offer_words(words(grace, 2, NOON)).await.unwrap(),
        WordsVerdict::Stored
    );
    sent(store, order(ada, &number(1), (1, NOON))).await;
    let end = EndSessions {
        account: ada,
        which: WhichSessions::All,
        at: later(1),
        reason: EndReason::EndedByOperator,
        audit: AuditEvent::new(
            later(1),
            Actor::Account(ada),
            "session.ended",
            Subject::Account(ada),
        ),
    };
    store.end(end).await.unwrap();
    assert_eq!(store.words(vec![mac(1)], later(2)).await.unwrap(), None);
    assert_eq!(store.count_guess(ada, later(2)).await.unwrap(), Guess::NoCode);
    assert!(
        store.words(vec![mac(2)], later(2)).await.unwrap().is_some(),
        "others keep theirs"
    );
}

async fn an_account_that_is_gone_shows_no_words(store: &(impl Phonebook + PrivacyStore)) {
    let ada = account(store, "ada", 1).await;
    deleted(store, &store.by_id(ada).await.unwrap().unwrap()).await;
    let offered = store.offer_words(words(ada, 1, NOON)).await.unwrap();
    assert_eq!(offered, WordsVerdict::Gone);
    assert_eq!(store.words(vec![mac(1)], later(1)).await.unwrap(), None);
}

pub(super) fn words(account: AccountId, nth: u8, at: Timestamp) -> NewWords {
    NewWords {
        tag: tag(u32::from(nth) + 500),
        account,
        mac: mac(nth),
        at,
        expires_at: at.plus(thunderbird_domain::phone::WORDS_LIFE),
        audit: Vec::new(),
    }
}

pub(super) fn question(action: PendingAction, nth: u8, at: Timestamp) -> Pending {
    Pending {
        tag: tag(u32::from(nth) + 700),
        action,
        mac: mac(nth),
        at,
        expires_at: at.plus(thunderbird_domain::phone::PENDING_LIFE),
    }
}

pub(super) async fn offered(store: &impl Phonebook, words: NewWords) {
    assert_eq!(store.offer_words(words).await.unwrap(), WordsVerdict::Stored);
}

pub(super) async fn ask(
    store: &impl Phonebook,
    asked: Option<Pending>,
    on: &TextLinkState,
    at: Timestamp,
) -> PhoneCommit {
    let change = PhoneChange {
        phone: number(1),
        at,
        pending: Some(PendingChange {
            replaces: on.pending.as_ref().map(|open| open.tag),
            state: asked,
        }),
        wrong: None,
        link: None,
    };
    let save = SavePhone {
        change,
        outgoing: Vec::new(),
        audit: Vec::new(),
    };
    PhoneStore::commit(store, save).await.unwrap()
}

async fn words_are_found_until_they_are_too_late(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    assert_eq!(
        store.offer_words(words(ada, 9, NOON)).await.unwrap(),
        WordsVerdict::Stored
    );
    let found = store
        .words(vec![mac(8), mac(9)], later(86_399))
        .await
        .unwrap()
        .unwrap();
    let email = store.by_id(ada).await.unwrap().unwrap().email;
    assert_eq!((found.tag, found.account, found.email), (tag(509), ada, email));
    assert_eq!(store.words(vec![mac(9)], later(86_400)).await.unwrap(), None);
    assert_eq!(store.words(vec![mac(8)], later(1)).await.unwrap(), None);
    assert_eq!(store.words(Vec::new(), later(1)).await.unwrap(), None);
}

async fn an_account_has_one_open_set_the_newest(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    offered(store, words(ada, 1, NOON)).await;
    offered(store, words(ada, 2, later(1))).await;
    assert_eq!(store.words(vec![mac(1)], later(2)).await.unwrap(), None);
    assert!(store.words(vec![mac(2)], later(2)).await.unwrap().is_some());
}

async fn no_two_open_sets_are_the_same(store: &impl Phonebook) {
    let (ada, grace) = (account(store, "ada", 1).await, account(store, "grace", 2).await);
    offered(store, words(ada, 1, NOON)).await;
    offered(store, words(grace, 2, NOON)).await;
    let twin = NewWords {
        tag: tag(900),
        ..words(grace, 1, later(1))
    };
    assert_eq!(
        store.offer_words(twin.clone()).await.unwrap(),
        WordsVerdict::Taken
    );
    let kept = store.words(vec![mac(2)], later(2)).await.unwrap();
    assert!(kept.is_some(), "a refusal leaves the account's own set open");
    let tomorrow = NewWords {
        at: later(86_400),
        expires_at: later(2 * 86_400),
        ..twin
    };
    assert_eq!(store.offer_words(tomorrow).await.unwrap(), WordsVerdict::Stored);
}

async fn a_number_has_one_open_question_the_newest(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    let asked = |nth, at| question(PendingAction::Unlink { account: ada }, nth, at);
    let nothing = store.text_link_state(&number(1), NOON).await.unwrap();
    assert_eq!(nothing, TextLinkState::default());
    assert_eq!(
        ask(store, Some(asked(1, NOON)), &nothing, NOON).await,
        PhoneCommit::Stored
    );
    let first = store.text_link_state(&number(1), later(1)).await.unwrap();
    assert_eq!(first.pending, Some(asked(1, NOON)));
    assert_eq!(
        ask(store, Some(asked(2, later(1))), &nothing, later(1)).await,
        PhoneCommit::Stale,
        "decided before the first was asked"
    );
    assert_eq!(store.text_link_state(&number(1), later(1)).await.unwrap(), first);
    assert_eq!(
        ask(store, Some(asked(3, later(2))), &first, later(2)).await,
        PhoneCommit::Stored
    );
    let second = store.text_link_state(&number(1), later(601)).await.unwrap();
    assert_eq!(second.pending, Some(asked(3, later(2))));
    assert_eq!(
        store
            .text_link_state(&number(1), later(602))
            .await
            .unwrap()
            .pending,
        None
    );
    assert_eq!(
        store.text_link_state(&number(2), later(3)).await.unwrap().pending,
        None
    );
    assert_eq!(
        ask(store, Some(asked(4, later(700))), &nothing, later(700)).await,
        PhoneCommit::Stored
    );
    let third = store.text_link_state(&number(1), later(701)).await.unwrap();
    assert_eq!(ask(store, None, &third, later(702)).await, PhoneCommit::Stored);
    assert_eq!(
        store
            .text_link_state(&number(1), later(703))
            .await
            .unwrap()
            .pending,
        None
    );
}

async fn a_question_ends_with_the_words_it_was_asked_about(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    offered(store, words(ada, 1, NOON)).await;
    let link = PendingAction::Link {
        account: ada,
        words: tag(501),
    };
    let nothing = TextLinkState::default();
    assert_eq!(
        ask(store, Some(question(link, 1, NOON)), &nothing, NOON).await,
        PhoneCommit::Stored
    );
    assert!(
        store
            .text_link_state(&number(1), later(1))
            .await
            .unwrap()
            .pending
            .is_some()
    );
    offered(store, words(ada, 2, later(2))).await;
    assert_eq!(
        store.text_link_state(&number(1), later(3)).await.unwrap().pending,
        None
    );
    let again = ask(store, Some(question(link, 2, later(3))), &nothing, later(3)).await;
    assert_eq!(again, PhoneCommit::Stale, "the words are void");
}

async fn wrong_words_are_counted_on_what_was_seen(store: &impl Phonebook) {
    let count = |events, at| {
        WrongWords(Some(Counter {
            events,
            since: NOON,
            last: at,
        }))
    };
    let save = |before, after| SavePhone {
        change: PhoneChange {
            phone: number(1),
            at: NOON,
            pending: None,
            wrong: Some((before, after)),
            link: None,
        },
        outgoing: Vec::new(),
        audit: Vec::new(),
    };
    let none = WrongWords::default();
    for (before, after, commit) in [
        (none, count(1, NOON), PhoneCommit::Stored),
        (none, count(1, later(1)), PhoneCommit::Stale),
        (count(1, NOON), count(2, later(1)), PhoneCommit::Stored),
    ] {
        assert_eq!(
            PhoneStore::commit(store, save(before, after)).await.unwrap(),
            commit
        );
    }
    assert_eq!(
        store.text_link_state(&number(1), NOON).await.unwrap().wrong,
        count(2, later(1))
    );
    assert_eq!(store.text_link_state(&number(2), NOON).await.unwrap().wrong, none);
    let reset = PhoneStore::commit(store, save(count(2, later(1)), none))
        .await
        .unwrap();
    assert_eq!(reset, PhoneCommit::Stored);
    assert_eq!(store.text_link_state(&number(1), NOON).await.unwrap().wrong, none);
}
