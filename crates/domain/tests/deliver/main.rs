//! Sending over the memory store and a gateway that misbehaves, with a clock that is moved.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod endings;

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    outbox::{
        caps::DailyCap,
        message::Progress,
        state::{Ended, SendState},
    },
    outgoing::{Class, OutgoingText, Words},
    phone_number::{PhoneNumber, Region, TextableRegions},
    random::Tag,
    secret::{BodySealer, Sealed, Secret},
    sms::{
        deliver::{Deliveries, SendingPolicy, TextChannel},
        gateway::GatewayText,
        outbox::TextPayload,
        price::Price,
    },
    time::Clock as _,
};
use thunderbird_testkit::{
    clock::StoppedClock, entropy::SeededEntropy, fake_twilio::Fault, gateway::RecordingGateway,
    memory::MemoryStore,
};

/// Opens what it sealed: the words backwards.
struct Backwards;

impl BodySealer for Backwards {
    fn seal(&self, _tag: Tag, text: &str) -> Sealed {
        Sealed {
            key_id: "k".to_owned(),
            bytes: text.bytes().rev().collect(),
        }
    }

    fn open(&self, _tag: Tag, sealed: &Sealed) -> Option<Secret<String>> {
        String::from_utf8(sealed.bytes.iter().rev().copied().collect())
            .ok()
            .map(Secret::new)
    }
}

struct World {
    store: MemoryStore,
    gateway: Arc<RecordingGateway>,
    clock: StoppedClock,
    deliveries: Deliveries,
}

impl World {
    fn new(per_day: u32) -> Self {
        let store = MemoryStore::default();
        let gateway = Arc::new(RecordingGateway::default());
        let clock = StoppedClock::default();
        let deliveries = Deliveries {
            outbox: Arc::new(store.clone()),
            channel: TextChannel {
                gateway: Arc::clone(&gateway) as _,
                reports: Arc::new(store.clone()),
                policy: SendingPolicy {
                    regions: TextableRegions::new(vec![Region::parse("AU").unwrap()]),
                    cap: DailyCap { per_day },
                    segment_price: Price::parse("AUD 0.0515").unwrap(),
                },
            },
            sealer: Arc::new(Backwards),
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(SeededEntropy::default()),
        };
        Self {
            store,
            gateway,
            clock,
            deliveries,
        }
    }

    fn text(&self, number: u32, to: &str, class: Class) -> OutgoingText {
        OutgoingText {
            tag: tag(number),
            to: PhoneNumber::from_e164(to).unwrap(),
            class,
            words: Words::Plain(format!("{number}")),
            not_before: self.clock.now(),
            expires_at: self.clock.now().plus(class.life()),
            user: None,
        }
    }

    async fn queue(&self, texts: Vec<OutgoingText>) {
        self.deliveries
            .outbox
            .queue(texts, self.clock.now())
            .await
            .unwrap();
    }

    /// One turn of the worker: everything due of every class is sent and settled. Returns how many were sent.
    async fn turn(&self) -> usize {
        let mut sent = 0;
        for class in Class::ALL {
            let leased = self.deliveries.lease(class, 256).await.unwrap();
            let mut settlements = Vec::new();
            for text in &leased.messages {
                settlements.push(self.deliveries.deliver(text).await);
            }
            sent += settlements.len();
            self.deliveries.settle(settlements).await.unwrap();
        }
        sent
    }

    /// Turns until nothing waits, moving the clock when nothing is due.
    async fn run_dry(&self, tags: &[Tag]) {
        for _ in 0..20_000 {
            if self.turn().await > 0 {
                continue;
            }
            let mut waiting = Vec::new();
            for tag in tags {
                waiting.extend(self.known(*tag).await.next_attempt_at);
            }
            let Some(next) = waiting.into_iter().filter(|at| *at > self.clock.now()).min() else {
                break;
            };
            self.clock.set(next);
        }
    }

    async fn known(&self, tag: Tag) -> Progress<TextPayload> {
        self.deliveries.outbox.progress(tag).await.unwrap().unwrap()
    }

    fn bodies_for(&self, to: &str) -> Vec<u32> {
        let handed = self
            .gateway
            .handed()
            .into_iter()
            .filter(|text| text.to.as_str() == to);
        handed.map(|text| text.body.expose().parse().unwrap()).collect()
    }
}

fn tag(number: u32) -> Tag {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Tag::from_bytes(bytes)
}

const ADA: &str = "+61491570006";
const BEN: &str = "+61491570156";

fn is_final(state: SendState) -> bool {
    !matches!(state, SendState::Queued | SendState::Sending)
}

#[tokio::test]
async fn every_fault_ends_accepted_or_visible_in_order_and_never_doubled_but_after_ambiguity() {
    for class in Class::ALL {
        for fault in Fault::KINDS {
            let world = World::new(100_000);
            let numbers: Vec<u32> = (1..=100).collect();
            world
                .queue(
                    numbers
                        .iter()
                        .map(|number| world.text(*number, ADA, class))
                        .collect(),
                )
                .await;
            let tags: Vec<Tag> = numbers.iter().map(|number| tag(*number)).collect();
            let faults = (0..100).flat_map(|_| [fault, Fault::None]);
            world.gateway.script_for(ADA, faults);
            world.run_dry(&tags).await;
            for tag in &tags {
                let known = world.known(*tag).await;
                assert!(is_final(known.state), "{class:?} {fault:?}: {known:?}");
            }
            let bodies = world.bodies_for(ADA);
            assert!(bodies.is_sorted(), "{class:?} {fault:?}: out of order");
            let repeats = bodies.len() - numbers.len().min(bodies.len());
            let resent = matches!(
                fault,
                Fault::Status(_)
                    | Fault::Overloaded(_)
                    | Fault::TooMany(_)
                    | Fault::BadGateway
                    | Fault::Redirect
            ) || (fault.is_ambiguous() && class != Class::Code);
            assert!(
                resent || repeats == 0,
                "{class:?} {fault:?}: {repeats} sent again"
            );
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_down_for_hours_loses_no_safety_message() {
    let world = World::new(2_000);
    world
        .queue(vec![
            world.text(1, ADA, Class::Safety),
            world.text(2, ADA, Class::Notice),
        ])
        .await;
    let start = world.clock.now();
    world
        .gateway
        .script(std::iter::repeat_n(Fault::Status(503), 5_000));
    while world.clock.now().since(start) < Duration::from_hours(23) {
        world.turn().await;
        world.clock.advance(Duration::from_mins(1));
    }
    assert_eq!(
        world.known(tag(2)).await.state,
        SendState::Ended(Ended::Expired),
        "a notice lives six hours"
    );
    assert_eq!(world.known(tag(1)).await.state, SendState::Queued);
    world.gateway.script_for(ADA, [Fault::None]);
    world.clock.advance(Duration::from_mins(10));
    world.turn().await;
    assert_eq!(world.known(tag(1)).await.state, SendState::Accepted);
}

#[tokio::test]
async fn the_provider_is_told_what_is_left_of_a_texts_life() {
    let world = World::new(2_000);
    let short = OutgoingText {
        expires_at: world.clock.now().plus(Duration::from_millis(1_999)),
        ..world.text(2, ADA, Class::Code)
    };
    world
        .queue(vec![
            world.text(1, ADA, Class::Safety),
            short,
            world.text(3, ADA, Class::Notice),
        ])
        .await;
    world.turn().await;
    let validity = |handed: &GatewayText| (handed.body.expose().clone(), handed.validity.as_secs());
    let handed: Vec<_> = world.gateway.handed().iter().map(validity).collect();
    assert_eq!(
        handed,
        [
            ("1".to_owned(), 36_000),
            ("2".to_owned(), 1),
            ("3".to_owned(), 21_600)
        ]
    );
}

#[tokio::test]
async fn sealed_words_are_opened_for_the_gateway_alone() {
    let world = World::new(2_000);
    let sealed = Words::Sealed {
        sealed: Backwards.seal(tag(1), "4711"),
        until: world.clock.now().plus(Duration::from_mins(10)),
    };
    world
        .queue(vec![OutgoingText {
            words: sealed,
            ..world.text(1, ADA, Class::Code)
        }])
        .await;
    world.turn().await;
    assert_eq!(world.bodies_for(ADA), [4711]);
    assert!(!world.known(tag(1)).await.has_words);
}

#[tokio::test]
async fn the_last_fifth_of_the_day_is_for_safety_and_only_alarms_pass_the_figure() {
    let world = World::new(10);
    let notices = (1..=12).map(|number| world.text(number, &format!("+614915701{number:02}"), Class::Notice));
    world.queue(notices.collect()).await;
    assert_eq!(world.turn().await, 8);
    world
        .queue(
            (21..=24)
                .map(|number| world.text(number, ADA, Class::Safety))
                .collect(),
        )
        .await;
    for _ in 0..2 {
        assert_eq!(world.turn().await, 1, "the last fifth is free for safety");
    }
    assert_eq!(world.turn().await, 0, "the day's figure stops safety, too");
    world.queue(vec![world.text(31, ADA, Class::Alarm)]).await;
    assert_eq!(world.turn().await, 1, "the figure does not stop an alarm");
    assert_eq!(world.known(tag(9)).await.state, SendState::Queued);
    assert_eq!(world.known(tag(24)).await.state, SendState::Queued);
}
