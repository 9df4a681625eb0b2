//! A hiker with a promise, the worker that watches it, and the phones.
#![expect(clippy::panic, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    deadline::{Hold, Watch},
    outbox::{
        lease::LeaseOrder,
        port::Outbox,
        settle::{SendOutcome, Settlement},
    },
    outgoing::{Class, Words},
    phone_number::{Region, TextableRegions},
    random::Tag,
    sms::{outbox::TextPayload, outbox::TextReceipt, price::Price},
    time::Clock as _,
};
use thunderbird_testkit::catalogue::MemoryCatalogue;

use crate::{Channel, SAM, channel};

/// From 6:40 pm on the day before until the promised time.
pub const UNTIL_DUE: u64 = 23 * 60 + 20;

/// A hiker with two contacts, and everything that the phones receive.
pub struct Story {
    pub channel: Channel,
    watch: Watch,
    pub received: Vec<(String, String)>,
}

pub async fn story() -> Story {
    let channel = channel();
    let now = channel.clock.now();
    channel.clock.set(now.minus(Duration::from_mins(10)));
    let channel = channel.registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    channel.says(SAM, "SAFE 0491570313 Dad").await;
    channel.clock.set(now);
    let mut story = Story::of(channel);
    story.hand_over().await;
    story.received.clear();
    story
}

impl Story {
    pub fn of(channel: Channel) -> Self {
        let regions = ["AU", "NZ"].map(|code| Region::parse(code).unwrap());
        let watch = Watch {
            pagers: thunderbird_domain::page::Pagers::default(),
            store: Arc::new(channel.store.clone()),
            routes: Arc::new(MemoryCatalogue::tasmania()),
            textable: TextableRegions::new(regions.to_vec()),
            region: Region::parse("AU").unwrap(),
            clock: Arc::new(channel.clock.clone()),
            budgets: channel.messages.budgets.clone(),
            calls: false,
        };
        Self {
            channel,
            watch,
            received: Vec::new(),
        }
    }

    /// Sends what is due, as the workers do.
    async fn hand_over(&mut self) {
        let now = self.channel.clock.now();
        for class in Class::ALL {
            loop {
                let order = LeaseOrder {
                    class,
                    limit: 100,
                    lease: Tag::from_bytes([9; 16]),
                    now,
                    until: now.plus(Duration::from_mins(1)),
                    daily_room: None,
                };
                let outbox: &dyn Outbox<TextPayload> = &self.channel.store;
                let leased = outbox.lease(order).await.unwrap().messages;
                if leased.is_empty() {
                    break;
                }
                let mut settlements = Vec::new();
                for message in leased {
                    let Some(Words::Plain(words)) = &message.words else {
                        panic!("plain words")
                    };
                    self.received
                        .push((message.payload.to.as_str().to_owned(), words.replace('\n', " ")));
                    let receipt = TextReceipt {
                        sid: None,
                        segments: 1,
                        price: Price::parse("AUD 0.0515").unwrap(),
                    };
                    settlements.push(Settlement::of(&message, SendOutcome::Accepted(receipt), now));
                }
                outbox.settle(settlements).await.unwrap();
            }
        }
    }

    /// Lets minutes pass, one at a time.
    pub async fn pass(&mut self, minutes: u64) {
        for _ in 0..minutes {
            self.fire(1).await;
            self.hand_over().await;
        }
    }

    /// Lets minutes pass while the clock is in doubt.
    pub async fn hold(&mut self, minutes: u64) {
        for _ in 0..minutes {
            self.channel.wait(1);
            self.watch.tick(Hold::ClockInDoubt, None).await.unwrap();
            self.hand_over().await;
        }
    }

    /// Lets minutes pass while no text leaves.
    pub async fn fire(&mut self, minutes: u64) {
        for _ in 0..minutes {
            self.channel.wait(1);
            self.watch.tick(Hold::Nothing, None).await.unwrap();
        }
    }

    /// What a person is answered, who takes longer to text than a program does.
    pub async fn says_slowly(&mut self, from: &str, body: &str) -> String {
        self.channel.clock.advance(Duration::from_secs(10));
        self.says(from, body).await
    }

    pub async fn says(&mut self, from: &str, body: &str) -> String {
        let said = self.channel.says(from, body).await;
        self.hand_over().await;
        said
    }

    /// What a phone has received since this was last asked.
    pub fn texts(&mut self, phone: &str) -> Vec<String> {
        let (mine, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.received)
            .into_iter()
            .partition(|(to, _)| to == phone);
        self.received = others;
        mine.into_iter().map(|(_, body)| body).collect()
    }
}
