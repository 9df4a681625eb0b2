//! The promises of [`SmsGateway`].

use std::time::Duration;

use futures_util::future::join_all;
use thunderbird_domain::{
    phone_number::PhoneNumber,
    secret::Secret,
    sms::gateway::{Fetched, GatewayText, MessageSid, Sent, SmsGateway},
};

use crate::fake_twilio::Fault;

/// A gateway whose other end can be looked at and told to misbehave.
pub trait GatewayBench {
    /// The gateway.
    fn gateway(&self) -> &dyn SmsGateway;
    /// What happens to the next text to `to`.
    fn script_for(&self, to: &str, fault: Fault);
    /// Recipient and body of everything that reached the other end, in order.
    fn received(&self) -> Vec<(String, String)>;
}

/// Every promise of the gateway; `fresh` sets up one for each.
pub async fn sms_gateway<B: GatewayBench>(fresh: impl AsyncFn() -> B) {
    hands_a_text_over_once_as_it_is(&fresh().await).await;
    reports_every_misbehaviour_and_never_tries_again(&fresh().await).await;
    reads_a_message_back(&fresh().await).await;
}

fn text(place: usize, body: &str) -> GatewayText {
    GatewayText {
        to: PhoneNumber::from_e164(&format!("+614915701{place:02}")).unwrap(),
        body: Secret::new(body.to_owned()),
        validity: Duration::from_mins(5),
    }
}

async fn hands_a_text_over_once_as_it_is(bench: &impl GatewayBench) {
    let body = "Größe & 100 % = [€] 🏔\nline+two";
    let sent = bench.gateway().send(&text(1, body)).await.unwrap();
    assert!(
        matches!(
            sent,
            Sent::Accepted {
                segments: Some(1),
                ..
            }
        ),
        "{sent:?}"
    );
    assert_eq!(bench.received(), [("+61491570101".to_owned(), body.to_owned())]);
    let again = bench.gateway().send(&text(1, body)).await.unwrap();
    assert_ne!(sent, again, "the same text again is another message");
}

async fn reports_every_misbehaviour_and_never_tries_again(bench: &impl GatewayBench) {
    let faults: Vec<_> = Fault::KINDS
        .into_iter()
        .chain([Fault::Status(401), Fault::Status(404)])
        .collect();
    for (place, fault) in faults.iter().enumerate() {
        bench.script_for(text(place, "").to.as_str(), *fault);
    }
    let texts: Vec<_> = (0..faults.len()).map(|place| text(place, "hello")).collect();
    let sent = join_all(texts.iter().map(|text| bench.gateway().send(text))).await;
    for (fault, sent) in faults.iter().zip(sent) {
        let sent = sent.unwrap();
        assert!(reports(*fault, &sent), "{fault:?} was reported as {sent:?}");
    }
    let mut recipients: Vec<_> = bench.received().into_iter().map(|(to, _)| to).collect();
    recipients.sort_unstable();
    let expected: Vec<_> = texts.iter().map(|text| text.to.as_str().to_owned()).collect();
    assert_eq!(recipients, expected, "each exactly once");
}

fn reports(fault: Fault, sent: &Sent) -> bool {
    let asked = match sent {
        Sent::Temporary { retry_after, .. } => retry_after.map(|wait| wait.as_secs()),
        _ => None,
    };
    let temporary = matches!(sent, Sent::Temporary { .. });
    match fault {
        Fault::None | Fault::WrongContentType => matches!(sent, Sent::Accepted { .. }),
        Fault::Refused(code) => *sent == Sent::Permanent { code: Some(code) },
        Fault::TooMany(Some("1")) | Fault::Overloaded(_) => temporary && asked == Some(1),
        Fault::TooMany(Some(date)) if date.ends_with("GMT") => temporary && asked == Some(0),
        Fault::TooMany(_) | Fault::Status(_) | Fault::BadGateway | Fault::Redirect => {
            temporary && asked.is_none()
        }
        fault if fault.is_ambiguous() => *sent == Sent::Ambiguous,
        _ => *sent == Sent::AcceptedUnreadable,
    }
}

async fn reads_a_message_back(bench: &impl GatewayBench) {
    let sent = bench.gateway().send(&text(1, "hello")).await.unwrap();
    let Sent::Accepted { sid, .. } = sent else {
        panic!("{sent:?}")
    };
    let found = bench.gateway().fetch(&sid).await.unwrap();
    assert!(matches!(found, Fetched::Found { price: None, .. }), "{found:?}");
    let stranger = MessageSid::parse(&format!("SM{:032}", 77)).unwrap();
    assert_eq!(bench.gateway().fetch(&stranger).await.unwrap(), Fetched::Missing);
}
