//! The promises of [`ReceivedTexts`].

use std::time::Duration;

use thunderbird_domain::{
    sms::received_texts::{Listing, ReceivedText, ReceivedTexts},
    time::Timestamp,
};

use crate::{fake_twilio::Fault, service::Webhook};

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// A list whose other end can be looked at and told to misbehave.
pub trait ReceivedBench {
    /// The list of received texts.
    fn list(&self) -> &dyn ReceivedTexts;
    /// A text that came in.
    fn keeps(&self, text: &Webhook, at: Timestamp);
    /// What happens to the next request.
    fn script(&self, fault: Fault);
}

/// Every promise of the list; `fresh` sets up one for each.
pub async fn received_texts<B: ReceivedBench>(fresh: impl AsyncFn() -> B) {
    lists_what_came_in_since(&fresh().await).await;
    reports_every_misbehaviour_as_unavailable(&fresh().await).await;
}

/// A text of Sam's.
fn text(body: &str) -> Webhook {
    Webhook::new("http://127.0.0.1/webhook/sms/inbound", "+61491570006", body)
}

/// What is listed since an instant, the oldest first.
async fn listed(bench: &impl ReceivedBench, since: Timestamp) -> Vec<ReceivedText> {
    let listing = bench.list().since(since).await.unwrap();
    let Listing::Texts {
        mut texts,
        unreadable: 0,
        is_whole: true,
    } = listing
    else {
        panic!("{listing:?}")
    };
    texts.retain(|text| text.texted_at >= since);
    texts.sort_by_key(|text| text.texted_at);
    texts
}

async fn lists_what_came_in_since(bench: &impl ReceivedBench) {
    assert_eq!(listed(bench, NOW).await, []);
    let body = "Größe & 100 % = [€] 🏔\nline+two";
    let (old, new) = (text(body), text("BACK"));
    bench.keeps(&old, NOW.minus(Duration::from_hours(50)));
    bench.keeps(&new, NOW);
    let all = listed(bench, NOW.minus(Duration::from_hours(50))).await;
    let [first, second] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!(
        (first.message.sid.as_str(), first.message.body.as_str()),
        (old.sid(), body)
    );
    assert_eq!(first.message.from.as_str(), "+61491570006");
    assert_eq!((second.message.sid.as_str(), second.texted_at), (new.sid(), NOW));
    assert_eq!(listed(bench, NOW.minus(Duration::from_hours(1))).await.len(), 1);
}

async fn reports_every_misbehaviour_as_unavailable(bench: &impl ReceivedBench) {
    bench.keeps(&text("BACK"), NOW);
    let faults = Fault::KINDS.into_iter().filter(|fault| {
        let takes_long = matches!(fault, Fault::Hang | Fault::HangAfterSending | Fault::SlowDrip);
        !takes_long
    });
    for fault in faults.chain([Fault::Status(401), Fault::Status(404), Fault::Hang]) {
        bench.script(fault);
        let listing = bench.list().since(NOW).await.unwrap();
        assert_eq!(listing, Listing::Unavailable, "{fault:?}");
    }
    assert_eq!(listed(bench, NOW).await.len(), 1, "it is read again afterwards");
}
