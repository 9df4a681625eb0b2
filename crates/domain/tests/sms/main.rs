//! What a text leads to, over the memory store and with a clock that moves on command.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and one prints figures"
)]

mod alarm;
mod alert;
mod alert_beside_promise;
mod alert_overtaken;
mod answers;
mod check_in;
mod conversation;
mod deadline;
mod deadline_edges;
mod deadline_end;
mod deadline_refused;
mod forecast;
mod forecast_figures;
mod forecast_limits;
mod heard;
mod introduced;
mod joined;
mod lengths;
mod lengths_of_names;
mod misread;
mod prose;
mod reroute;
mod story;
mod unwatched;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use thunderbird_domain::{
    budget::{Budgets, SendingLimits},
    opt_out::{OptOutChange, OptOutSource},
    outbox::caps::DailyCap,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone::{CodeLimits, Phones},
    phone_number::{PhoneNumber, Region, TextableRegions},
    sms::{
        context::SmsRules,
        inbound::{CarrierVerdict, InboundMessage, MessageSid, Sender, TokenFingerprint},
        keyword::CarrierKeywords,
        receive::Messages,
    },
};
use thunderbird_testkit::{
    catalogue::MemoryCatalogue,
    clock::StoppedClock,
    crypto::{PlainSealer, TestMacs},
    entropy::SeededEntropy,
    memory::MemoryStore,
};

const OURS: &str = "+61491579455";
const SAM: &str = "+61491570006";
const MUM: &str = "+61491570110";
const DAD: &str = "+61491570313";

struct Channel {
    messages: Messages,
    store: MemoryStore,
    clock: StoppedClock,
    sids: AtomicU64,
}

fn channel() -> Channel {
    let (store, clock) = (MemoryStore::default(), StoppedClock::default());
    let regions = ["AU", "NZ"].map(|code| Region::parse(code).unwrap());
    let (region, textable) = (
        Region::parse("AU").unwrap(),
        TextableRegions::new(regions.to_vec()),
    );
    let phones = Phones {
        store: Arc::new(store.clone()),
        macs: Arc::new(TestMacs::default()),
        bodies: Arc::new(PlainSealer),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(SeededEntropy::new(8)),
        our_number: number(OURS),
        region,
        textable: textable.clone(),
        limits: CodeLimits {
            sends_per_day: 5,
            sends_per_hour: 60,
        },
        cap: DailyCap { per_day: 2_000 },
    };
    let budgets = Budgets {
        limiter: Arc::new(store.clone()),
        macs: Arc::new(TestMacs::default()),
        limits: SendingLimits::default(),
    };
    let messages = Messages {
        budgets,
        inbox: Arc::new(store.clone()),
        phones: Arc::new(phones),
        users: Arc::new(store.clone()),
        deadlines: Arc::new(store.clone()),
        forecasts: None,
        routes: Arc::new(MemoryCatalogue::tasmania()),
        sealer: Arc::new(PlainSealer),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(SeededEntropy::default()),
        rules: SmsRules {
            pagers: thunderbird_domain::page::Pagers::default(),
            region,
            textable,
            carrier_keywords: CarrierKeywords::Own,
            contacts_page: None,
            answers_per_hour: 10,
            calls: false,
        },
    };
    Channel {
        messages,
        store,
        clock,
        sids: AtomicU64::new(1),
    }
}

impl Channel {
    fn message(&self, from: &str, body: &str) -> InboundMessage {
        let sid = format!("SM{:032x}", self.sids.fetch_add(1, Ordering::Relaxed));
        InboundMessage {
            sid: MessageSid::parse(&sid).unwrap(),
            from: Sender::Number(number(from)),
            to: number(OURS),
            body: body.into(),
            media: 0,
            verdict: None,
            signed_by: TokenFingerprint::of("token"),
        }
    }

    /// What a text is answered, its lines joined with blanks as a reader would.
    async fn says(&self, from: &str, body: &str) -> String {
        let texts = self.messages.receive(self.message(from, body)).await.unwrap();
        texts.join("\n").replace('\n', " ")
    }

    async fn says_with(&self, from: &str, body: &str, verdict: CarrierVerdict) -> String {
        let message = InboundMessage {
            verdict: Some(verdict),
            ..self.message(from, body)
        };
        self.messages
            .receive(message)
            .await
            .unwrap()
            .join("\n")
            .replace('\n', " ")
    }

    async fn registered(self, phone: &str) -> Self {
        for body in ["START", "Sam", "1"] {
            self.says(phone, body).await;
        }
        self
    }

    fn wait(&self, minutes: u64) {
        self.clock.advance(Duration::from_mins(minutes));
    }

    fn opt_out(&self, phone: &str) {
        let at = thunderbird_domain::time::Clock::now(&self.clock);
        self.store.change_opt_out(&OptOutChange::Record {
            phone: number(phone),
            source: OptOutSource::Text,
            at,
        });
    }

    fn queued(&self) -> Vec<OutgoingText> {
        let texts = self
            .store
            .queued()
            .into_iter()
            .filter_map(|outgoing| match outgoing {
                Outgoing::Text(text) | Outgoing::Newest(text) => Some(text),
                Outgoing::Mail(_) | Outgoing::Page(_) => None,
            });
        texts.collect()
    }

    fn safety_messages(&self) -> Vec<OutgoingText> {
        self.queued()
            .into_iter()
            .filter(|text| text.class == Class::Safety)
            .collect()
    }
}

fn number(raw: &str) -> PhoneNumber {
    PhoneNumber::from_e164(raw).unwrap()
}

fn body(text: &OutgoingText) -> &str {
    match &text.words {
        Words::Plain(words) => words,
        Words::Sealed { .. } => "",
    }
}
