//! Delivery callbacks that are lost: what became of an alert is read from Twilio.

use std::time::Duration;

use thunderbird_testkit::{
    eventually_holds,
    service::phones::{DAD, MUM},
};

use crate::moved_clock::{Trip, day};

/// A little more than the pause between two readings of an alarm.
const READING: Duration = Duration::from_secs(605);

impl Trip {
    /// The sid of the alert that this number was sent.
    fn alert_to(&self, number: &str) -> String {
        let mut texts = self.world.twilio.accepted_for(number);
        texts.retain(|text| text.body.contains("ALERT 1 of 3"));
        texts[0].sid.clone()
    }

    /// Waits until the text with this sid is stored in this state.
    async fn stands(&self, sid: &str, state: &str) {
        let text = format!("messages WHERE provider_sid = '{sid}' AND state = '{state}'");
        eventually_holds(&format!("a text that is {state}"), async || {
            self.count(&text) == 1
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_without_callbacks_is_read_back_every_ten_minutes() {
    let mut trip = Trip::asked().await;
    trip.moves_to(day("19:00"));
    trip.passes(Duration::from_secs(10));
    for contact in [&trip.mum, &trip.dad] {
        contact.texts_with("ALERT 1 of 3", 1).await;
    }
    let (to_mum, to_dad) = (trip.alert_to(MUM), trip.alert_to(DAD));
    trip.stands(&to_mum, "accepted").await;
    trip.stands(&to_dad, "accepted").await;
    trip.world.twilio.set_status(&to_mum, "delivered", None);
    trip.world.twilio.set_status(&to_dad, "sent", None);
    trip.passes(READING);
    trip.stands(&to_mum, "delivered").await;
    trip.stands(&to_dad, "sent").await;
    trip.world.twilio.set_status(&to_dad, "undelivered", Some(30_003));
    trip.passes(READING);
    trip.stands(&to_dad, "undelivered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_is_read_back_at_once_after_the_service_was_down() {
    let mut trip = Trip::asked().await;
    trip.moves_to(day("19:00"));
    trip.passes(Duration::from_secs(10));
    trip.mum.texts_with("ALERT 1 of 3", 1).await;
    let to_mum = trip.alert_to(MUM);
    trip.stands(&to_mum, "accepted").await;
    trip.world.service.kill();
    trip.world.twilio.set_status(&to_mum, "delivered", None);
    trip.passes(Duration::from_mins(30));
    trip.world.service.start_again().await;
    trip.passes(Duration::from_secs(30));
    trip.stands(&to_mum, "delivered").await;
}
