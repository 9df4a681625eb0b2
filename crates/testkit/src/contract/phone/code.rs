//! Codes: what is sent, what is counted.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    limit::{Limit, LimitKey, Quota, Rule},
    phone::{Guess, MAX_GUESSES, NEIGHBOURS_PER_HOUR, SendCode, SendVerdict, Sent},
    privacy::PrivacyStore,
};

use super::{
    super::account::deleted, NOON, Phonebook, account, is_queued, later, mac, number, order, sent, tag,
};

pub(super) async fn promises<S: Phonebook + PrivacyStore>(empty: &impl AsyncFn() -> S) {
    a_code_is_stored_with_its_text(&empty().await).await;
    a_refused_code_leaves_nothing_behind(&empty().await).await;
    the_newest_code_is_the_one_that_counts(&empty().await).await;
    a_resend_keeps_the_guesses(&empty().await).await;
    a_code_that_is_too_late_cannot_be_guessed(&empty().await).await;
    one_number_gets_five_codes_a_day_whoever_asks(&empty().await).await;
    one_account_gets_five_codes_a_day_for_whatever_number(&empty().await).await;
    a_thousand_requests_for_neighbours_send_twenty_texts(Arc::new(empty().await)).await;
    the_service_sends_sixty_codes_an_hour(&empty().await).await;
    of_two_hundred_guesses_at_once_five_are_judged(Arc::new(empty().await)).await;
    a_code_counts_under_its_limits_besides(&empty().await).await;
    a_day_without_room_sends_no_code(&empty().await).await;
    an_account_that_is_gone_sends_no_code(&empty().await).await;
}

async fn an_account_that_is_gone_sends_no_code(store: &(impl Phonebook + PrivacyStore)) {
    let ada = account(store, "ada", 1).await;
    deleted(store, &store.by_id(ada).await.unwrap().unwrap()).await;
    let verdict = store.send_code(order(ada, &number(1), (7, NOON))).await.unwrap();
    assert_eq!(verdict, SendVerdict::Gone);
    assert!(!is_queued(store, 7).await);
    assert_eq!(store.count_guess(ada, later(1)).await.unwrap(), Guess::NoCode);
}

fn is_sent(verdict: SendVerdict) -> bool {
    matches!(verdict, SendVerdict::Sent(_))
}

async fn a_code_is_stored_with_its_text(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    let verdict = store.send_code(order(ada, &number(1), (7, NOON))).await.unwrap();
    let expected = Sent {
        guesses: 0,
        resend_after: later(60),
    };
    assert_eq!(verdict, SendVerdict::Sent(expected));
    assert!(is_queued(store, 7).await);
    let Guess::Judged(code) = store.count_guess(ada, later(1)).await.unwrap() else {
        panic!("a first guess is judged")
    };
    assert_eq!((code.tag, code.phone, code.mac), (tag(7), number(1), mac(7)));
}

async fn a_refused_code_leaves_nothing_behind(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    sent(store, order(ada, &number(1), (1, NOON))).await;
    let refused = store
        .send_code(order(ada, &number(1), (2, later(59))))
        .await
        .unwrap();
    let retry_after = Duration::from_secs(1);
    assert_eq!(refused, SendVerdict::Refused { retry_after });
    assert!(!is_queued(store, 2).await);
    let Guess::Judged(code) = store.count_guess(ada, later(59)).await.unwrap() else {
        panic!()
    };
    assert_eq!(code.tag, tag(1), "the earlier code still counts");
    let grace = account(store, "grace", 2).await;
    let other = store
        .send_code(order(grace, &number(1), (3, later(59))))
        .await
        .unwrap();
    assert!(is_sent(other), "another account is not delayed");
    assert!(is_sent(
        store
            .send_code(order(ada, &number(1), (4, later(60))))
            .await
            .unwrap()
    ));
}

async fn the_newest_code_is_the_one_that_counts(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    sent(store, order(ada, &number(1), (1, NOON))).await;
    sent(store, order(ada, &number(2), (2, later(1)))).await;
    let Guess::Judged(code) = store.count_guess(ada, later(2)).await.unwrap() else {
        panic!()
    };
    assert_eq!((code.tag, code.phone), (tag(2), number(2)));
    let grace = account(store, "grace", 2).await;
    assert_eq!(store.count_guess(grace, later(2)).await.unwrap(), Guess::NoCode);
}

async fn a_resend_keeps_the_guesses(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    sent(store, order(ada, &number(1), (1, NOON))).await;
    for _ in 0..3 {
        assert!(matches!(
            store.count_guess(ada, later(1)).await.unwrap(),
            Guess::Judged(_)
        ));
    }
    sent(store, order(ada, &number(1), (2, later(60)))).await;
    for _ in 0..2 {
        assert!(matches!(
            store.count_guess(ada, later(61)).await.unwrap(),
            Guess::Judged(_)
        ));
    }
    let until = later(660);
    assert_eq!(
        store.count_guess(ada, later(61)).await.unwrap(),
        Guess::Spent { until }
    );
    let refused = store
        .send_code(order(ada, &number(1), (3, later(300))))
        .await
        .unwrap();
    let retry_after = Duration::from_mins(6);
    assert_eq!(refused, SendVerdict::Refused { retry_after });
    sent(store, order(ada, &number(1), (4, until))).await;
    assert!(matches!(
        store.count_guess(ada, until).await.unwrap(),
        Guess::Judged(_)
    ));
}

async fn a_code_that_is_too_late_cannot_be_guessed(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    sent(store, order(ada, &number(1), (1, NOON))).await;
    assert_eq!(store.count_guess(ada, later(600)).await.unwrap(), Guess::NoCode);
    assert!(matches!(
        store.count_guess(ada, later(599)).await.unwrap(),
        Guess::Judged(_)
    ));
}

async fn one_number_gets_five_codes_a_day_whoever_asks(store: &impl Phonebook) {
    for nth in 0..6 {
        let asking = account(store, &format!("hiker{nth}"), nth).await;
        let verdict = store
            .send_code(order(asking, &number(1), (nth.into(), NOON)))
            .await
            .unwrap();
        assert_eq!(is_sent(verdict), nth < 5, "{nth}");
    }
}

async fn one_account_gets_five_codes_a_day_for_whatever_number(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    for nth in 0..6 {
        let verdict = store
            .send_code(order(ada, &number(nth * 1_000), (nth, NOON)))
            .await
            .unwrap();
        assert_eq!(is_sent(verdict), nth < 5, "{nth}");
    }
    let day = Duration::from_hours(24);
    let tomorrow = order(ada, &number(7_000), (7, NOON.plus(day)));
    assert!(is_sent(store.send_code(tomorrow).await.unwrap()));
}

async fn a_thousand_requests_for_neighbours_send_twenty_texts<S: Phonebook>(store: Arc<S>) {
    let mut accounts = Vec::new();
    for nth in 0..100 {
        accounts.push(account(&*store, &format!("hiker{nth}"), nth).await);
    }
    let racing: Vec<_> = (0..1_000_u32)
        .map(|nth| {
            let store = Arc::clone(&store);
            let asking = accounts[nth as usize % accounts.len()];
            tokio::spawn(async move {
                // The writer refuses the 1,025th job that waits.
                store
                    .send_code(order(asking, &number(nth), (nth, NOON)))
                    .await
                    .is_ok_and(is_sent)
            })
        })
        .collect();
    let mut texts = 0;
    for one in racing {
        texts += u32::from(one.await.unwrap());
    }
    assert_eq!(texts, NEIGHBOURS_PER_HOUR);
    let asking = account(&*store, "late", 200).await;
    let next = order(asking, &number(1), (2_000, later(3_600)));
    assert!(is_sent(store.send_code(next).await.unwrap()), "an hour later");
}

async fn the_service_sends_sixty_codes_an_hour(store: &impl Phonebook) {
    for nth in 0..61_u8 {
        let asking = account(store, &format!("hiker{nth}"), nth).await;
        let nth = u32::from(nth);
        let verdict = store
            .send_code(order(asking, &number(nth * 1_000), (nth, NOON)))
            .await
            .unwrap();
        assert_eq!(is_sent(verdict), nth < 60, "{nth}");
    }
}

async fn a_code_counts_under_its_limits_besides(store: &impl Phonebook) {
    let limited = |account, nth: u32| {
        let per = Duration::from_hours(1);
        let counts = vec![Limit {
            key: LimitKey::new("test", [1]),
            rule: Rule::Quota(Quota { events: 1, per }),
        }];
        SendCode {
            counts,
            ..order(account, &number(nth), (nth, later(u64::from(nth))))
        }
    };
    let (ada, grace) = (account(store, "ada", 1).await, account(store, "grace", 2).await);
    assert!(is_sent(store.send_code(limited(ada, 1)).await.unwrap()));
    let retry_after = Duration::from_secs(3_599);
    let refused = store.send_code(limited(grace, 2)).await.unwrap();
    assert_eq!(refused, SendVerdict::Refused { retry_after });
    assert!(!is_queued(store, 2).await);
}

async fn a_day_without_room_sends_no_code(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    let full = SendCode {
        daily_room: 0,
        ..order(ada, &number(1), (1, NOON))
    };
    assert!(matches!(
        store.send_code(full).await.unwrap(),
        SendVerdict::Full { .. }
    ));
    assert!(!is_queued(store, 1).await);
}

async fn of_two_hundred_guesses_at_once_five_are_judged<S: Phonebook>(store: Arc<S>) {
    let ada = account(&*store, "ada", 1).await;
    sent(&*store, order(ada, &number(1), (1, NOON))).await;
    let racing: Vec<_> = (0..200)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.count_guess(ada, later(1)).await.unwrap() })
        })
        .collect();
    let mut judged = 0;
    for one in racing {
        match one.await.unwrap() {
            Guess::Judged(_) => judged += 1,
            Guess::Spent { until } => assert_eq!(until, later(600)),
            Guess::NoCode => panic!("the code is there"),
        }
    }
    assert_eq!(judged, MAX_GUESSES);
}
