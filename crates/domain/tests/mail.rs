//! Mail is sent from its queue: by whom, how often, and when it ends.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use thunderbird_domain::{
    email::Email,
    mail::{
        deliver::{LEASE, MailChannel, Mailings},
        mailer::{Handed, Letter, Mailer},
        outbox::{MAIL_CLASS, MailPayload},
        stop::StopLinks,
    },
    outbox::{
        message::Progress,
        state::{Ended, SendState},
    },
    outgoing::{OutgoingMail, Words},
    port::PortFuture,
    random::Tag,
    secret::{BodySealer as _, Sealed},
    time::Clock as _,
};
use thunderbird_testkit::{
    clock::StoppedClock,
    crypto::{PlainSealer, TestMacs},
    entropy::SeededEntropy,
    memory::MemoryStore,
};

const TAG: Tag = Tag::from_bytes([1; 16]);

/// Answers as it was told to, then accepts; remembers what it was handed.
#[derive(Default)]
struct Told {
    answers: Mutex<VecDeque<Handed>>,
    bodies: Mutex<Vec<String>>,
}

impl Mailer for Told {
    fn send<'a>(&'a self, letter: &'a Letter) -> PortFuture<'a, Handed> {
        Box::pin(async {
            self.bodies.lock().unwrap().push(letter.body.expose().clone());
            Ok(self
                .answers
                .lock()
                .unwrap()
                .pop_front()
                .unwrap_or(Handed::Accepted))
        })
    }
}

struct World {
    clock: StoppedClock,
    mailer: Arc<Told>,
    mailings: Mailings,
}

fn world(answers: &[Handed]) -> World {
    let (store, clock) = (MemoryStore::default(), StoppedClock::default());
    let mailer = Arc::new(Told {
        answers: Mutex::new(answers.iter().copied().collect()),
        ..Told::default()
    });
    let mailings = Mailings {
        outbox: Arc::new(store.clone()),
        channel: MailChannel {
            mailer: Some(mailer.clone()),
            stops: StopLinks {
                base: "https://hike.example.org/mail/stop/".to_owned(),
                macs: Arc::new(TestMacs::default()),
            },
        },
        sealer: Arc::new(PlainSealer),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(SeededEntropy::default()),
    };
    World {
        clock,
        mailer,
        mailings,
    }
}

impl World {
    async fn queue(&self, words: Words, life: Duration) {
        let mail = OutgoingMail {
            tag: TAG,
            to: Email::parse("ada@example.org").unwrap(),
            account: None,
            subject: "A subject".to_owned(),
            words,
            class: MAIL_CLASS,
            is_page: false,
            not_before: None,
            expires_at: self.clock.now().plus(life),
            cap: None,
        };
        self.mailings
            .outbox
            .queue(vec![mail], self.clock.now())
            .await
            .unwrap();
    }

    /// One round of the worker. Says how many mails were tried.
    async fn round(&self) -> usize {
        let leased = self.mailings.lease(MAIL_CLASS, 10).await.unwrap().messages;
        for mail in &leased {
            let settlement = self.mailings.deliver(mail).await;
            self.mailings.settle(vec![settlement]).await.unwrap();
        }
        leased.len()
    }

    async fn progress(&self) -> Progress<MailPayload> {
        self.mailings.outbox.progress(TAG).await.unwrap().unwrap()
    }

    fn attempts(&self) -> usize {
        self.mailer.bodies.lock().unwrap().len()
    }
}

fn plain() -> Words {
    Words::Plain("Hello".to_owned())
}

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_sealed_mail_is_opened_for_the_mailer_alone() {
    let world = world(&[]);
    let sealed = PlainSealer.seal(TAG, "a link");
    let until = world.clock.now().plus(DAY);
    world.queue(Words::Sealed { sealed, until }, DAY).await;
    assert_eq!(world.round().await, 1);
    assert_eq!(*world.mailer.bodies.lock().unwrap(), ["a link"]);
    let sent = world.progress().await;
    assert_eq!((sent.state, sent.has_words), (SendState::Sent, false));
    assert_eq!(world.round().await, 0);
}

#[tokio::test]
async fn a_mail_whose_key_is_gone_ends_without_being_sent() {
    let world = world(&[]);
    let sealed = Sealed {
        key_id: "gone".to_owned(),
        bytes: vec![1],
    };
    let until = world.clock.now().plus(DAY);
    world.queue(Words::Sealed { sealed, until }, DAY).await;
    world.round().await;
    assert_eq!(world.progress().await.state, SendState::Ended(Ended::Failed));
    assert_eq!(world.attempts(), 0);
}

#[tokio::test]
async fn a_temporary_refusal_is_repeated_for_the_mails_whole_life() {
    let world = world(&[Handed::Temporary { code: Some(451) }; 1000]);
    world.queue(plain(), DAY).await;
    let mut pauses = Vec::new();
    while world.progress().await.state == SendState::Queued {
        let before = world.clock.now();
        world.round().await;
        let waiting = world.progress().await;
        pauses.extend(waiting.next_attempt_at.map(|at| at.since(before)));
        world
            .clock
            .set(waiting.next_attempt_at.unwrap_or(world.clock.now()));
        world.mailings.sweep().await.unwrap();
    }
    assert_eq!(world.progress().await.state, SendState::Ended(Ended::Expired));
    assert!(pauses.iter().all(|pause| *pause <= Duration::from_mins(10)));
    assert!(pauses[0] <= Duration::from_secs(5));
    assert!(pauses.len() > 100, "{} attempts in a day", pauses.len());
}

#[tokio::test]
async fn an_unknown_end_is_repeated_four_times_and_then_given_up() {
    let world = world(&[Handed::Ambiguous; 10]);
    world.queue(plain(), DAY).await;
    for attempt in 1..=5 {
        assert_eq!(world.round().await, 1, "attempt {attempt}");
        world.clock.advance(Duration::from_mins(10));
    }
    assert_eq!(world.progress().await.state, SendState::Ended(Ended::Dead));
    assert_eq!(world.round().await, 0);
    assert_eq!(world.attempts(), 5);
}

#[tokio::test]
async fn a_permanent_refusal_ends_it_at_once() {
    let world = world(&[Handed::Permanent { code: Some(550) }]);
    world.queue(plain(), DAY).await;
    world.round().await;
    let ended = world.progress().await;
    assert_eq!(
        (ended.state, ended.code),
        (SendState::Ended(Ended::Failed), Some(550))
    );
}

#[tokio::test]
async fn a_lease_that_nobody_settles_counts_as_an_unknown_end() {
    let world = world(&[]);
    world.queue(plain(), DAY).await;
    assert_eq!(
        world.mailings.lease(MAIL_CLASS, 10).await.unwrap().messages.len(),
        1
    );
    assert_eq!(world.mailings.recover().await.unwrap(), 0);
    world.clock.advance(LEASE);
    assert_eq!(world.mailings.recover().await.unwrap(), 1);
    let waiting = world.progress().await;
    assert_eq!((waiting.state, waiting.ambiguous), (SendState::Queued, 1));
    world.clock.advance(Duration::from_mins(10));
    assert_eq!(
        world.mailings.lease(MAIL_CLASS, 10).await.unwrap().messages.len(),
        1
    );
    assert_eq!(world.mailings.recover_from_crash().await.unwrap(), 1);
}

#[tokio::test]
async fn nothing_is_claimed_while_mail_is_off() {
    let mut world = world(&[]);
    world.mailings.channel.mailer = None;
    world.queue(plain(), Duration::from_mins(1)).await;
    assert!(!world.mailings.is_on());
    assert_eq!(world.round().await, 0);
    world.clock.advance(Duration::from_mins(1));
    world.mailings.sweep().await.unwrap();
    assert_eq!(world.progress().await.state, SendState::Ended(Ended::Expired));
}
