//! The caller's contract, kept by the double and by the real client talking to a Twilio that misbehaves; and what the real
//! client writes on the wire.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use thunderbird_adapters::twilio::client::{Sender, TwilioAccount, TwilioGateway};
use thunderbird_domain::{
    phone_number::PhoneNumber,
    secret::Secret,
    voice::{CallOrder, Caller},
};
use thunderbird_testkit::{
    caller::RecordingCaller,
    clock::StoppedClock,
    contract::{self, CallerBench},
    fake_twilio::{ACCOUNT_SID, AUTH_TOKEN, FakeTwilio, Fault, OUR_NUMBER},
};

struct Double(RecordingCaller);

impl CallerBench for Double {
    fn caller(&self) -> &dyn Caller {
        &self.0
    }

    fn script_for(&self, to: &str, fault: Fault) {
        self.0.script_for(to, fault);
    }

    fn ringing(&self) -> Vec<(String, String)> {
        let ringing = self.0.ringing().into_iter();
        ringing
            .map(|order| (order.to.as_str().to_owned(), order.script))
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
        let account = TwilioAccount {
            base_url: twilio.base_url(),
            account_sid: ACCOUNT_SID.to_owned(),
            user: ACCOUNT_SID.to_owned(),
            password: Secret::new(AUTH_TOKEN.to_owned()),
            sender: Sender::Service("MG00000000000000000000000000000001".to_owned()),
            status_callback: "https://thunderbird.example/webhook/sms/status".to_owned(),
        };
        let gateway = TwilioGateway::new(account, Arc::new(StoppedClock::default())).unwrap();
        Self { twilio, gateway }
    }
}

impl CallerBench for Real {
    fn caller(&self) -> &dyn Caller {
        &self.gateway
    }

    fn script_for(&self, to: &str, fault: Fault) {
        self.twilio.script_calls_to(to, [fault]);
    }

    fn ringing(&self) -> Vec<(String, String)> {
        let placed = self.twilio.placed_calls().into_iter();
        placed
            .map(|call| {
                let script = call.parameter("Url").unwrap_or_default().to_owned();
                (call.to, script)
            })
            .collect()
    }
}

#[tokio::test]
async fn the_double_keeps_the_contract() {
    contract::caller(async || Double(RecordingCaller::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_client_keeps_the_contract() {
    contract::caller(Real::new).await;
}

#[tokio::test]
async fn a_call_is_ordered_as_twilio_documents_it() {
    let real = Real::new().await;
    let script = "https://thunderbird.example/webhook/voice/0123";
    let order = CallOrder {
        to: PhoneNumber::from_e164("+61491570110").unwrap(),
        from: PhoneNumber::from_e164(OUR_NUMBER).unwrap(),
        script: script.to_owned(),
        reports: format!("{script}/status"),
    };
    real.gateway.place(&order).await.unwrap();
    let call = real.twilio.placed_calls().remove(0);
    let written: Vec<(&str, &str)> = call
        .parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        written,
        [
            ("To", "+61491570110"),
            ("From", OUR_NUMBER),
            ("Url", script),
            ("Method", "POST"),
            ("StatusCallback", &format!("{script}/status")),
            ("TimeLimit", "300"),
            ("Timeout", "30"),
            ("StatusCallbackEvent", "initiated"),
            ("StatusCallbackEvent", "ringing"),
            ("StatusCallbackEvent", "answered"),
            ("StatusCallbackEvent", "completed"),
        ]
    );
}
