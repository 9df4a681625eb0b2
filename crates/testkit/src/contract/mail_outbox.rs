//! What the outbox for mails promises.

use std::time::Duration;

use thunderbird_domain::{
    email::Email,
    limit::{Limit, LimitKey, Quota, Rule},
    mail::outbox::{LeasedMail, MAIL_CLASS, MailPayload},
    outbox::{
        lease::LeaseOrder,
        message::Progress,
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
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
        class: MAIL_CLASS,
        is_page: false,
        not_before: None,
        expires_at: NOW.plus(HOUR),
        cap: None,
    }
}

/// A mail of which an hour has two under one counter.
fn capped_mail(name: u8, counter: &'static str) -> OutgoingMail {
    let quota = Quota { events: 2, per: HOUR };
    let cap = Limit {
        key: LimitKey::new("test.notices", counter),
        rule: Rule::Quota(quota),
    };
    OutgoingMail {
        expires_at: NOW.plus(HOUR * 2),
        cap: Some(cap),
        ..mail(name)
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

async fn leased(outbox: &impl Outbox<MailPayload>, name: u8, now: Timestamp) -> Vec<LeasedMail> {
    let order = LeaseOrder {
        class: MAIL_CLASS,
        daily_room: None,
        limit: 10,
        lease: tag(name),
        now,
        until: now.plus(LEASE),
    };
    outbox.lease(order).await.unwrap().messages
}

async fn settle(outbox: &impl Outbox<MailPayload>, mail: &LeasedMail, outcome: SendOutcome<()>) {
    let settlement = Settlement {
        id: mail.id,
        lease: mail.lease,
        at: later(1),
        outcome,
        opt_out: None,
    };
    outbox.settle(vec![settlement]).await.unwrap();
}

async fn progress(outbox: &impl Outbox<MailPayload>, name: u8) -> Progress<MailPayload> {
    outbox.progress(tag(name)).await.unwrap().unwrap()
}

/// Runs the suite.
pub async fn mail_outbox<S: Outbox<MailPayload>>(empty: impl AsyncFn() -> S) {
    a_mail_waits_is_leased_once_and_ends_sent(&empty().await).await;
    a_tag_is_queued_once(&empty().await).await;
    no_more_mails_are_queued_than_their_counter_allows(&empty().await).await;
    an_attempt_may_be_repeated_later(&empty().await).await;
    a_lost_lease_changes_nothing_but_never_sends_again(&empty().await).await;
    a_lease_that_outlives_its_holder_is_found(&empty().await).await;
    nothing_sealed_outlives_its_mail(&empty().await).await;
    what_is_too_old_expires_and_is_never_leased(&empty().await).await;
    two_workers_share_no_mail(&empty().await).await;
}

async fn a_mail_waits_is_leased_once_and_ends_sent(outbox: &impl Outbox<MailPayload>) {
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
    assert_eq!(first.payload.subject, "A subject");
    assert_eq!(taken[1].words, Some(sealed_mail(2).words));
    assert!(leased(outbox, 8, later(5)).await.is_empty());
    settle(outbox, first, SendOutcome::Accepted(())).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sent);
    assert_eq!(progress(outbox, 2).await.state, SendState::Sending);
}

async fn a_tag_is_queued_once(outbox: &impl Outbox<MailPayload>) {
    outbox.queue(vec![mail(1)], NOW).await.unwrap();
    let again = OutgoingMail {
        subject: "Other".to_owned(),
        ..mail(1)
    };
    outbox.queue(vec![again], NOW).await.unwrap();
    let taken = leased(outbox, 9, NOW).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].payload.subject, "A subject");
}

async fn no_more_mails_are_queued_than_their_counter_allows(outbox: &impl Outbox<MailPayload>) {
    let queue = async |mails, at| outbox.queue(mails, at).await.unwrap();
    let ada = |name| capped_mail(name, "ada");
    queue(vec![ada(1), ada(1)], NOW).await;
    queue(vec![ada(1)], NOW).await;
    queue(vec![ada(2), ada(3), mail(4), capped_mail(5, "grace")], NOW).await;
    queue(vec![ada(6)], later(3_599)).await;
    queue(vec![ada(7)], later(3_600)).await;
    let mut found = Vec::new();
    for name in 1..=7 {
        if outbox.progress(tag(name)).await.unwrap().is_some() {
            found.push(name);
        }
    }
    assert_eq!(found, [1, 2, 4, 5, 7], "a tag that is queued already counts once");
}

async fn an_attempt_may_be_repeated_later(outbox: &impl Outbox<MailPayload>) {
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
        ambiguous: false,
    };
    settle(outbox, &second[0], ended).await;
    let failed = progress(outbox, 1).await;
    assert_eq!(
        (failed.state, failed.code),
        (SendState::Ended(Ended::Failed), Some(550))
    );
    assert!(leased(outbox, 7, later(60)).await.is_empty());
}

async fn a_lost_lease_changes_nothing_but_never_sends_again(outbox: &impl Outbox<MailPayload>) {
    outbox.queue(vec![mail(1)], NOW).await.unwrap();
    let lost = leased(outbox, 9, NOW).await;
    let again = SendOutcome::Again {
        at: later(10),
        ambiguous: false,
        code: None,
    };
    settle(outbox, &lost[0], again.clone()).await;
    let held = leased(outbox, 8, later(10)).await;
    let failed = SendOutcome::ended(Ended::Failed);
    settle(outbox, &lost[0], failed).await;
    settle(outbox, &lost[0], again.clone()).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sending);
    settle(outbox, &lost[0], SendOutcome::Accepted(())).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sent);
    settle(outbox, &held[0], again).await;
    assert_eq!(progress(outbox, 1).await.state, SendState::Sent);
}

async fn a_lease_that_outlives_its_holder_is_found(outbox: &impl Outbox<MailPayload>) {
    outbox.queue(vec![mail(1), mail(2)], NOW).await.unwrap();
    assert_eq!(leased(outbox, 9, NOW).await.len(), 2);
    assert!(outbox.stranded(later(119), 10).await.unwrap().is_empty());
    assert_eq!(outbox.stranded(later(120), 1).await.unwrap().len(), 1);
    let stranded = outbox.stranded(later(120), 10).await.unwrap();
    assert_eq!(stranded.len(), 2);
    assert_eq!(progress(outbox, 1).await.state, SendState::Sending);
    settle(outbox, &stranded[0], SendOutcome::Accepted(())).await;
    assert_eq!(outbox.stranded(later(120), 10).await.unwrap().len(), 1);
}

async fn nothing_sealed_outlives_its_mail(outbox: &impl Outbox<MailPayload>) {
    outbox
        .queue(vec![sealed_mail(1), sealed_mail(2)], NOW)
        .await
        .unwrap();
    let taken = leased(outbox, 9, NOW).await;
    assert!(progress(outbox, 1).await.has_words);
    settle(outbox, &taken[0], SendOutcome::Accepted(())).await;
    assert!(!progress(outbox, 1).await.has_words);
    let again = SendOutcome::Again {
        at: later(10),
        ambiguous: false,
        code: None,
    };
    settle(outbox, &taken[1], again).await;
    assert!(progress(outbox, 2).await.has_words);
    outbox.sweep(NOW.plus(HOUR)).await.unwrap();
    assert!(!progress(outbox, 2).await.has_words);
}

async fn what_is_too_old_expires_and_is_never_leased(outbox: &impl Outbox<MailPayload>) {
    let nearly = later(3_599).plus(Duration::from_millis(1));
    outbox.queue(vec![mail(1), sealed_mail(2)], NOW).await.unwrap();
    assert_eq!(outbox.sweep(later(3_599)).await.unwrap(), 0);
    assert_eq!(
        outbox.sweep(nearly).await.unwrap(),
        2,
        "also while mail is off and nothing is leased"
    );
    for name in [1, 2] {
        assert_eq!(
            progress(outbox, name).await.state,
            SendState::Ended(Ended::Expired)
        );
    }
    assert!(!progress(outbox, 2).await.has_words);
    assert_eq!(outbox.sweep(nearly).await.unwrap(), 0);
    outbox.queue(vec![sealed_mail(3), mail(4)], NOW).await.unwrap();
    let order = |now| LeaseOrder {
        class: MAIL_CLASS,
        daily_room: None,
        limit: 1,
        lease: tag(9),
        now,
        until: later(9_999),
    };
    let last = outbox.lease(order(later(3_599))).await.unwrap();
    assert_eq!(
        (last.messages.len(), last.expired),
        (1, 0),
        "a second of life is enough"
    );
    let late = outbox.lease(order(nearly)).await.unwrap();
    assert_eq!((late.messages.len(), late.expired), (0, 1));
    assert_eq!(progress(outbox, 4).await.state, SendState::Ended(Ended::Expired));
    assert_eq!(outbox.sweep(nearly).await.unwrap(), 0);
}

async fn two_workers_share_no_mail(outbox: &impl Outbox<MailPayload>) {
    let mails = (0..20).map(mail).collect();
    outbox.queue(mails, NOW).await.unwrap();
    let order = |name| LeaseOrder {
        class: MAIL_CLASS,
        daily_room: None,
        limit: 15,
        lease: tag(name),
        now: NOW,
        until: NOW.plus(LEASE),
    };
    let (first, second) = tokio::join!(outbox.lease(order(101)), outbox.lease(order(102)));
    let mut taken: Vec<_> = [first.unwrap().messages, second.unwrap().messages].concat();
    assert_eq!(taken.len(), 20);
    taken.sort_by_key(|mail| mail.id);
    taken.dedup_by_key(|mail| mail.id);
    assert_eq!(taken.len(), 20);
}
