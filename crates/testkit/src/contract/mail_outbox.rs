//! What every [`MailOutbox`] promises.

use std::time::Duration;

use thunderbird_domain::{
    email::Email,
    mail::outbox::{LeaseOrder, LeasedMail, MailOutbox, Progress, SendOutcome, Settlement},
    outbox::state::{Ended, SendState},
    outgoing::{OutgoingMail, Words},
    random::Tag,
    secret::Sealed,
    time::Timestamp,
};

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);
const HOUR: Duration = Duration::from_hours(1);
const LEASE: Duration = Duration::from_mins(2);

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn tag(name: u8) -> Tag {
    Tag::from_bytes([name; 16])
}

fn mail(name: u8) -> OutgoingMail {
    OutgoingMail {
        tag: tag(name),
        to: Email::parse("ada@example.org").unwrap(),
        account: None,
        subject: "A subject".to_owned(),
        words: Words::Plain("Some words.".to_owned()),
        expires_at: NOW.plus(HOUR),
    }
}

fn sealed_mail(name: u8) -> OutgoingMail {
    let sealed = Sealed {
        key_id: "k4.lid.body".to_owned(),
        bytes: vec![1, 2, 3],
    };
    let until = NOW.plus(HOUR);
    OutgoingMail {
        words: Words::Sealed { sealed, until },
        ..mail(name)
    }
}

async fn leased(outbox: &impl MailOutbox, name: u8, now: Timestamp) -> Vec<LeasedMail> {
    let order = LeaseOrder {
        limit: 10,
        lease: tag(name),
        now,
        until: now.plus(LEASE),
    };
    outbox.lease(order).await.unwrap()
}

async fn settle(outbox: &impl MailOutbox, mail: &LeasedMail, outcome: SendOutcome) {
    let settlement = Settlement {
        id: mail.id,
        lease: mail.lease,
        at: later(1),
        outcome,
    };
    outbox.settle(vec![settlement]).await.unwrap();
}

async fn progress(outbox: &impl MailOutbox, name: u8) -> Progress {
    outbox.progress(tag(name)).await.unwrap().unwrap()
}

/// Runs the suite.
pub async fn mail_outbox<S: MailOutbox>(empty: impl AsyncFn() -> S) {
    a_mail_waits_is_leased_once_and_ends_sent(&empty().await).await;
    a_tag_is_queued_once(&empty().await).await;
    an_attempt_may_be_repeated_later(&empty().await).await;
    a_lost_lease_changes_nothing_but_never_sends_again(&empty().await).await;
    a_lease_that_outlives_its_holder_is_found(&empty().await).await;
    nothing_sealed_outlives_its_mail(&empty().await).await;
    what_is_too_old_expires_and_is_never_leased(&empty().await).await;
    two_workers_share_no_mail(&empty().await).await;
}

async fn a_mail_waits_is_leased_once_and_ends_sent(outbox: &impl MailOutbox) {
    assert!(outbox.progress(tag(1)).await.unwrap().is_none());
    outbox.queue(vec![mail(1), sealed_mail(2)], NOW).await.unwrap();
    let waiting = progress(outbox, 1).await;
    assert_eq!((waiting.state, waiting.attempts), (SendState::Queued, 0));
    let taken = leased(outbox, 9, NOW).await;
    assert_eq!(
        taken.iter().map(|mail| mail.tag).collect::<Vec<_>>(),
        [tag(1), tag(2)]
    );
    let first = &taken[0];
    assert_eq!((first.lease, first.attempts, first.ambiguous), (tag(9), 1, 0));
    assert_eq!(first.words, Some(Words::Plain("Some words.".to_owned())));
    assert_eq!(first.subject, "A subject");
    assert_eq!(taken[1].words, Some(sealed_mail(2).words));
    assert!(leased(outbox, 8, later(5)).await.is_empty());
    settle(outbox, first, SendOutcome::Sent).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sent);
    assert_eq!(progress(outbox, 2).await.state, SendState::Sending);
}

async fn a_tag_is_queued_once(outbox: &impl MailOutbox) {
    outbox.queue(vec![mail(1)], NOW).await.unwrap();
    let again = OutgoingMail {
        subject: "Other".to_owned(),
        ..mail(1)
    };
    outbox.queue(vec![again], NOW).await.unwrap();
    let taken = leased(outbox, 9, NOW).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].subject, "A subject");
}

async fn an_attempt_may_be_repeated_later(outbox: &impl MailOutbox) {
    outbox.queue(vec![mail(1)], NOW).await.unwrap();
    let first = leased(outbox, 9, NOW).await;
    let again = SendOutcome::Again {
        at: later(30),
        ambiguous: true,
        code: Some(451),
    };
    settle(outbox, &first[0], again).await;
    let waiting = progress(outbox, 1).await;
    assert_eq!((waiting.state, waiting.code), (SendState::Queued, Some(451)));
    assert_eq!((waiting.ambiguous, waiting.next_attempt_at), (1, Some(later(30))));
    assert!(leased(outbox, 8, later(29)).await.is_empty());
    let second = leased(outbox, 8, later(30)).await;
    assert_eq!((second[0].attempts, second[0].ambiguous), (2, 1));
    let ended = SendOutcome::Ended {
        state: Ended::Failed,
        code: Some(550),
    };
    settle(outbox, &second[0], ended).await;
    let failed = progress(outbox, 1).await;
    assert_eq!(
        (failed.state, failed.code),
        (SendState::Ended(Ended::Failed), Some(550))
    );
    assert!(leased(outbox, 7, later(60)).await.is_empty());
}

async fn a_lost_lease_changes_nothing_but_never_sends_again(outbox: &impl MailOutbox) {
    outbox.queue(vec![mail(1)], NOW).await.unwrap();
    let lost = leased(outbox, 9, NOW).await;
    let again = SendOutcome::Again {
        at: later(10),
        ambiguous: false,
        code: None,
    };
    settle(outbox, &lost[0], again).await;
    let held = leased(outbox, 8, later(10)).await;
    let failed = SendOutcome::Ended {
        state: Ended::Failed,
        code: None,
    };
    settle(outbox, &lost[0], failed).await;
    settle(outbox, &lost[0], again).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sending);
    settle(outbox, &lost[0], SendOutcome::Sent).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sent);
    settle(outbox, &held[0], again).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sent);
}

async fn a_lease_that_outlives_its_holder_is_found(outbox: &impl MailOutbox) {
    outbox.queue(vec![mail(1), mail(2)], NOW).await.unwrap();
    assert_eq!(leased(outbox, 9, NOW).await.len(), 2);
    assert!(outbox.stranded(later(119), 10).await.unwrap().is_empty());
    assert_eq!(outbox.stranded(later(120), 1).await.unwrap().len(), 1);
    let stranded = outbox.stranded(later(120), 10).await.unwrap();
    assert_eq!(stranded.len(), 2);
    assert_eq!(progress(outbox, 1).await.state, SendState::Sending);
    settle(outbox, &stranded[0], SendOutcome::Sent).await;
    assert_eq!(outbox.stranded(later(120), 10).await.unwrap().len(), 1);
}

async fn nothing_sealed_outlives_its_mail(outbox: &impl MailOutbox) {
    outbox
        .queue(vec![sealed_mail(1), sealed_mail(2)], NOW)
        .await
        .unwrap();
    let taken = leased(outbox, 9, NOW).await;
    assert!(progress(outbox, 1).await.has_sealed_words);
    settle(outbox, &taken[0], SendOutcome::Sent).await;
    assert!(!progress(outbox, 1).await.has_sealed_words);
    let again = SendOutcome::Again {
        at: later(10),
        ambiguous: false,
        code: None,
    };
    settle(outbox, &taken[1], again).await;
    assert!(progress(outbox, 2).await.has_sealed_words);
    outbox.expire(NOW.plus(HOUR)).await.unwrap();
    assert!(!progress(outbox, 2).await.has_sealed_words);
}

async fn what_is_too_old_expires_and_is_never_leased(outbox: &impl MailOutbox) {
    outbox.queue(vec![mail(1)], NOW).await.unwrap();
    assert_eq!(outbox.expire(later(3_598)).await.unwrap(), 0);
    assert!(leased(outbox, 9, later(3_599)).await.is_empty());
    assert_eq!(outbox.expire(later(3_599)).await.unwrap(), 1);
    assert_eq!(progress(outbox, 1).await.state, SendState::Ended(Ended::Expired));
    assert_eq!(outbox.expire(later(3_599)).await.unwrap(), 0);
}

async fn two_workers_share_no_mail(outbox: &impl MailOutbox) {
    let mails = (0..20).map(mail).collect();
    outbox.queue(mails, NOW).await.unwrap();
    let order = |name| LeaseOrder {
        limit: 15,
        lease: tag(name),
        now: NOW,
        until: NOW.plus(LEASE),
    };
    let (first, second) = tokio::join!(outbox.lease(order(101)), outbox.lease(order(102)));
    let mut taken: Vec<_> = [first.unwrap(), second.unwrap()].concat();
    assert_eq!(taken.len(), 20);
    taken.sort_by_key(|mail| mail.id);
    taken.dedup_by_key(|mail| mail.id);
    assert_eq!(taken.len(), 20);
}
