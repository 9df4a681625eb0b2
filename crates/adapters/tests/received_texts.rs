//! The contract of the list of received texts, kept by the real client talking to a Twilio that misbehaves; and where
//! the client goes with our credentials.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::{sync::Arc, time::Duration};

use thunderbird_adapters::{
    clock::SystemClock,
    twilio::{
        answer_date::AnswerDates,
        client::{Sender, TwilioAccount, TwilioGateway},
        received::TwilioReceived,
    },
};
use thunderbird_domain::{
    phone_number::PhoneNumber,
    secret::Secret,
    sms::{
        inbound::TokenFingerprint,
        received_texts::{Listing, ReceivedTexts},
    },
    time::{Clock as _, ReferenceClock, Timestamp},
};
use thunderbird_testkit::{
    clock::StoppedClock,
    contract::{self, ReceivedBench, ReferenceBench},
    fake_twilio::{ACCOUNT_SID, AUTH_TOKEN, FakeTwilio, Fault, OUR_NUMBER},
    service::Webhook,
};

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

struct Real {
    twilio: FakeTwilio,
    list: TwilioReceived,
    dates: Arc<AnswerDates>,
}

impl Real {
    async fn new() -> Self {
        let twilio = FakeTwilio::start().await;
        let ours = PhoneNumber::from_e164(OUR_NUMBER).unwrap();
        let account = TwilioAccount {
            base_url: twilio.base_url(),
            account_sid: ACCOUNT_SID.to_owned(),
            user: ACCOUNT_SID.to_owned(),
            password: Secret::new(AUTH_TOKEN.to_owned()),
            sender: Sender::Number(ours.clone()),
            status_callback: "https://thunderbird.example/webhook/sms/status".to_owned(),
        };
        let gateway = TwilioGateway::new(account, Arc::new(StoppedClock::default())).unwrap();
        let dates = gateway.dates();
        let list = TwilioReceived {
            gateway: Arc::new(gateway),
            numbers: vec![ours],
            signed_by: TokenFingerprint::of(AUTH_TOKEN),
        };
        Self { twilio, list, dates }
    }

    async fn texts(&self, since: Timestamp) -> usize {
        match self.list.since(since).await.unwrap() {
            Listing::Texts { texts, .. } => texts.len(),
            Listing::Unavailable => panic!("the list is there"),
        }
    }
}

impl ReceivedBench for Real {
    fn list(&self) -> &dyn ReceivedTexts {
        &self.list
    }

    fn keeps(&self, text: &Webhook, at: Timestamp) {
        self.twilio.keeps(&text.form, at);
    }

    fn script(&self, fault: Fault) {
        self.twilio.script_lists([fault]);
    }
}

impl ReferenceBench for Real {
    fn clock(&self) -> &dyn ReferenceClock {
        &*self.dates
    }

    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn answers(&self, ahead: Option<i64>) {
        self.twilio.dates_ahead(ahead);
        self.texts(NOW).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dates_of_twilios_answers_keep_the_contract_of_a_second_clock() {
    contract::reference_clock(Real::new).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twilio_list_keeps_the_contract() {
    contract::received_texts(Real::new).await;
}

#[tokio::test]
async fn pages_are_followed_until_one_is_older_as_a_whole() {
    let real = Real::new().await;
    real.twilio.lists_pages_of(2);
    for minutes in 0..10 {
        let text = Webhook::new("http://127.0.0.1/", "+61491570006", "HELP");
        real.keeps(&text, NOW.minus(Duration::from_mins(minutes)));
    }
    assert_eq!(real.texts(NOW.minus(Duration::from_hours(1))).await, 10);
    assert_eq!(real.twilio.list_queries().len(), 5);
    let first = real.twilio.list_queries().swap_remove(0);
    assert_eq!(first, "To=%2B61491570156&DateSent%3E=2026-11-19&PageSize=200");
    assert_eq!(real.texts(NOW.minus(Duration::from_mins(3))).await, 6);
    assert_eq!(real.twilio.list_queries().len(), 5 + 3);
}

#[tokio::test]
async fn the_next_page_is_only_looked_for_in_the_same_list() {
    for elsewhere in [
        "http://127.0.0.1:1/2010-04-01/Messages.json?Page=1",
        "//127.0.0.1:1/Messages.json?Page=1",
        "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json?Page=1",
        "/elsewhere",
    ] {
        let real = Real::new().await;
        real.twilio.lists_next_page(elsewhere);
        assert_eq!(
            real.list.since(NOW).await.unwrap(),
            Listing::Unavailable,
            "{elsewhere}"
        );
        assert_eq!(real.twilio.list_queries().len(), 1);
    }
}

#[tokio::test]
async fn a_list_without_an_end_is_not_read_for_ever() {
    let real = Real::new().await;
    let again = format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json?To=%2B61491570156&Page=0");
    real.twilio.lists_next_page(&again);
    real.keeps(&Webhook::new("http://127.0.0.1/", "+61491570006", "HELP"), NOW);
    let listing = real.list.since(NOW).await.unwrap();
    assert!(
        matches!(listing, Listing::Texts { is_whole: false, .. }),
        "{listing:?}"
    );
    assert_eq!(real.twilio.list_queries().len(), 50);
}
