//! Delivery callbacks.

use thunderbird_testkit::fake_twilio::{AUTH_TOKEN, FakeTwilio, ReceivedText, post_form, signature};

use super::{
    ADA, BEN,
    rows::{Queued, Rows},
    service,
};

async fn call(twilio: &FakeTwilio, text: &ReceivedText, status: &str, code: Option<u32>) -> u16 {
    twilio.call_back(text, status, code).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_in_any_order_and_repetition_tell_one_story() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    let rows = Rows::of(&service);
    rows.queue(&[Queued::notice(ADA, "one"), Queued::notice(BEN, "two")]);
    let texts = twilio.wait_for(2).await;
    rows.wait_for_the_end().await;
    for status in ["sent", "delivered", "sent", "queued", "delivered", "sending"] {
        let text = texts.iter().find(|text| text.to == ADA).unwrap();
        assert_eq!(call(&twilio, text, status, None).await, 204, "{status}");
    }
    let text = texts.iter().find(|text| text.to == BEN).unwrap();
    for (status, code) in [
        ("undelivered", Some(30_003)),
        ("sent", None),
        ("undelivered", Some(30_003)),
    ] {
        assert_eq!(call(&twilio, text, status, code).await, 204, "{status}");
    }
    let states: Vec<String> = rows.states().into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["delivered", "undelivered"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_that_comes_first_is_kept_and_applied() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    let early = ReceivedText {
        to: ADA.to_owned(),
        from: thunderbird_testkit::fake_twilio::OUR_NUMBER.to_owned(),
        body: String::new(),
        sid: format!("SM{:032x}", 1),
        accepted: true,
        parameters: vec![("StatusCallback".to_owned(), service.url("/webhook/sms/status"))],
    };
    assert_eq!(call(&twilio, &early, "delivered", None).await, 204);
    let rows = Rows::of(&service);
    rows.queue(&[Queued::notice(ADA, "hello")]);
    assert_eq!(rows.wait_for_the_end().await, [("delivered".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_opt_out_in_a_callback_withholds_what_follows() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    let rows = Rows::of(&service);
    rows.queue(&[Queued::notice(ADA, "one")]);
    let texts = twilio.wait_for(1).await;
    rows.wait_for_the_end().await;
    assert_eq!(call(&twilio, &texts[0], "undelivered", Some(21_610)).await, 204);
    rows.queue(&[Queued::safety(ADA, "two")]);
    let states: Vec<String> = rows
        .wait_for_the_end()
        .await
        .into_iter()
        .map(|(state, _)| state)
        .collect();
    assert_eq!(states, ["undelivered", "withheld"]);
}

/// Callbacks carry no time and may be late: what is said about a text from before START does not undo START.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_opt_out_in_a_late_callback_does_not_undo_start() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    let rows = Rows::of(&service);
    rows.queue(&[Queued::notice(ADA, "one")]);
    let texts = twilio.wait_for(1).await;
    rows.wait_for_the_end().await;
    for word in ["STOP", "UNSTOP"] {
        service.text(ADA, word).await;
    }
    assert_eq!(call(&twilio, &texts[0], "undelivered", Some(21_610)).await, 204);
    rows.queue(&[Queued::safety(ADA, "two")]);
    let texts = twilio.wait_for(2).await;
    rows.wait_for_the_end().await;
    assert_eq!(call(&twilio, &texts[1], "undelivered", Some(21_610)).await, 204);
    rows.queue(&[Queued::safety(ADA, "three")]);
    let states: Vec<String> = rows
        .wait_for_the_end()
        .await
        .into_iter()
        .map(|(state, _)| state)
        .collect();
    assert_eq!(states, ["undelivered", "undelivered", "withheld"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_that_twilio_did_not_sign_or_form_changes_nothing() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    let rows = Rows::of(&service);
    rows.queue(&[Queued::notice(ADA, "hello")]);
    let text = twilio.wait_for(1).await.remove(0);
    rows.wait_for_the_end().await;
    let url = service.url("/webhook/sms/status");
    let form = |account: &str| -> Vec<(String, String)> {
        [
            ("AccountSid", account),
            ("From", &text.from),
            ("MessageSid", &text.sid),
            ("MessageStatus", "delivered"),
            ("To", ADA),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    let ours = form(thunderbird_testkit::fake_twilio::ACCOUNT_SID);
    let good = signature(AUTH_TOKEN, &url, &ours);
    let foreign = form("AC00000000000000000000000000000001");
    let inbound = signature(AUTH_TOKEN, &service.url("/webhook/sms/inbound"), &ours);
    for (form, signed, status) in [
        (&ours, String::new(), 403),
        (&ours, "AAAA".to_owned(), 403),
        (&ours, inbound, 403),
        (&foreign, good.clone(), 403),
        (&foreign, signature(AUTH_TOKEN, &url, &foreign), 400),
    ] {
        assert_eq!(post_form(&url, form, &signed).await.unwrap().0, status);
    }
    assert_eq!(rows.states(), [("accepted".to_owned(), 1)]);
    assert_eq!(post_form(&url, &ours, &good).await.unwrap().0, 204);
    assert_eq!(rows.states(), [("delivered".to_owned(), 1)]);
}
