//! The gateway's contract, kept by the double and by the real client talking to a Twilio that misbehaves; and what the
//! real client writes on the wire.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::{sync::Arc, time::Duration};

use thunderbird_adapters::twilio::client::{Sender, TwilioAccount, TwilioGateway};
use thunderbird_domain::{
    phone_number::PhoneNumber,
    secret::Secret,
    sms::{
        gateway::{Fetched, GatewayText, MessageSid, ProviderStatus, Sent, SmsGateway},
        price::{Currency, Price},
    },
    time::ReferenceClock as _,
};
use thunderbird_testkit::{
    clock::StoppedClock,
    contract::{self, GatewayBench},
    fake_twilio::{ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN, FakeTwilio, Fault, OUR_NUMBER},
    gateway::RecordingGateway,
};

const CALLBACK: &str = "https://thunderbird.example/webhook/sms/status";

struct Double(RecordingGateway);

impl GatewayBench for Double {
    fn gateway(&self) -> &dyn SmsGateway {
        &self.0
    }

    fn script_for(&self, to: &str, fault: Fault) {
        self.0.script_for(to, [fault]);
    }

    fn received(&self) -> Vec<(String, String)> {
        let handed = self.0.handed().into_iter();
        handed
            .map(|text| (text.to.as_str().to_owned(), text.body.expose().clone()))
            .collect()
    }
}

struct Real {
    twilio: FakeTwilio,
    gateway: TwilioGateway,
}

impl Real {
    async fn new() -> Self {
        let twilio = FakeTwilio::start().await;
        let gateway = gateway(account(&twilio));
        Self { twilio, gateway }
    }
}

impl GatewayBench for Real {
    fn gateway(&self) -> &dyn SmsGateway {
        &self.gateway
    }

    fn script_for(&self, to: &str, fault: Fault) {
        self.twilio.script_for(to, [fault]);
    }

    fn received(&self) -> Vec<(String, String)> {
        self.twilio
            .received()
            .into_iter()
            .map(|text| (text.to, text.body))
            .collect()
    }
}

fn account(twilio: &FakeTwilio) -> TwilioAccount {
    TwilioAccount {
        base_url: twilio.base_url(),
        account_sid: ACCOUNT_SID.to_owned(),
        user: ACCOUNT_SID.to_owned(),
        password: Secret::new(AUTH_TOKEN.to_owned()),
        sender: Sender::Number(PhoneNumber::from_e164(OUR_NUMBER).unwrap()),
        status_callback: CALLBACK.to_owned(),
    }
}

fn gateway(account: TwilioAccount) -> TwilioGateway {
    TwilioGateway::new(account, Arc::new(StoppedClock::default())).unwrap()
}

fn text(validity: Duration) -> GatewayText {
    GatewayText {
        to: PhoneNumber::from_e164("+61491570006").unwrap(),
        body: Secret::new("At Waterfall Valley Hut".to_owned()),
        validity,
    }
}

fn sid_of(sent: &Sent) -> MessageSid {
    match sent {
        Sent::Accepted { sid, .. } => sid.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_double_keeps_the_contract() {
    contract::sms_gateway(async || Double(RecordingGateway::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twilio_client_keeps_the_contract() {
    contract::sms_gateway(Real::new).await;
}

#[tokio::test]
async fn a_request_has_exactly_the_parameters_twilio_documents() {
    let real = Real::new().await;
    real.gateway
        .send(&text(Duration::from_millis(90_500)))
        .await
        .unwrap();
    real.gateway.send(&text(Duration::from_hours(24))).await.unwrap();
    let received = real.twilio.received();
    let expected = [
        ("To", "+61491570006"),
        ("From", OUR_NUMBER),
        ("Body", "At Waterfall Valley Hut"),
        ("StatusCallback", CALLBACK),
        ("ValidityPeriod", "90"),
    ];
    let owned = |pairs: &[(&str, &str)]| -> Vec<_> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    assert_eq!(received[0].parameters, owned(&expected));
    assert_eq!(received[1].parameter("ValidityPeriod"), Some("36000"));
}

#[tokio::test]
async fn every_answer_shows_the_time_also_one_that_refuses() {
    let real = Real::new().await;
    let dates = real.gateway.dates();
    real.twilio.dates_ahead(None);
    let sent = real.gateway.send(&text(Duration::from_mins(1))).await.unwrap();
    assert_eq!(dates.last(), None);
    real.twilio.dates_ahead(Some(0));
    real.gateway.fetch(&sid_of(&sent)).await.unwrap();
    let read_back = dates.last().unwrap();
    assert!(read_back.age < Duration::from_secs(10));
    real.twilio.script([Fault::Status(500)]);
    real.twilio.dates_ahead(Some(60));
    real.gateway.send(&text(Duration::from_mins(1))).await.unwrap();
    let refused = dates.last().unwrap();
    let ahead = refused.at.since(read_back.at);
    assert!((50..80).contains(&ahead.as_secs()), "{ahead:?}");
}

#[tokio::test]
async fn a_messaging_service_and_an_api_key_stand_in_for_number_and_token() {
    let twilio = FakeTwilio::start().await;
    let service = "MG00000000000000000000000000000001";
    let gateway = gateway(TwilioAccount {
        user: API_KEY_SID.to_owned(),
        password: Secret::new(API_KEY_SECRET.to_owned()),
        sender: Sender::Service(service.to_owned()),
        ..account(&twilio)
    });
    sid_of(&gateway.send(&text(Duration::from_mins(1))).await.unwrap());
    let received = twilio.received();
    assert_eq!(received[0].parameter("MessagingServiceSid"), Some(service));
    assert_eq!(received[0].parameter("From"), None);
}

#[tokio::test]
async fn wrong_credentials_and_a_twilio_that_is_away_leave_the_text_unsent() {
    let twilio = FakeTwilio::start().await;
    let wrong = gateway(TwilioAccount {
        password: Secret::new("wrong".to_owned()),
        ..account(&twilio)
    });
    let sent = wrong.send(&text(Duration::from_mins(1))).await.unwrap();
    assert_eq!(
        sent,
        Sent::Temporary {
            code: Some(20_003),
            retry_after: None
        }
    );
    assert_eq!(twilio.received(), []);
    let away = gateway(TwilioAccount {
        base_url: "http://127.0.0.1:1".to_owned(),
        ..account(&twilio)
    });
    let sent = away.send(&text(Duration::from_mins(1))).await.unwrap();
    assert_eq!(
        sent,
        Sent::Temporary {
            code: None,
            retry_after: None
        }
    );
    let sid = MessageSid::parse(&format!("SM{:032}", 1)).unwrap();
    assert_eq!(away.fetch(&sid).await.unwrap(), Fetched::Unavailable);
}

#[tokio::test]
async fn price_and_state_are_read_as_twilio_writes_them() {
    let real = Real::new().await;
    let sid = sid_of(&real.gateway.send(&text(Duration::from_mins(1))).await.unwrap());
    real.twilio.set_price(sid.as_str(), "-0.05150", "AUD");
    real.twilio.set_status(sid.as_str(), "undelivered", Some(30_003));
    let price = Price {
        micros: 51_500,
        currency: Currency::parse("AUD").unwrap(),
    };
    let expected = Fetched::Found {
        status: ProviderStatus::Undelivered,
        code: Some(30_003),
        price: Some(price),
        segments: Some(1),
    };
    assert_eq!(real.gateway.fetch(&sid).await.unwrap(), expected);
}
