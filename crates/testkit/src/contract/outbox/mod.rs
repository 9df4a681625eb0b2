//! The promises of [`Outbox`].

mod callbacks;
mod leases;
mod settled;

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    opt_out::{OptOutChange, OptOutSource, OptOuts},
    outbox::state::{Ended, SendState},
    outgoing::{Class, OutgoingText, Words},
    phone_number::PhoneNumber,
    random::Tag,
    secret::Sealed,
    sms::{
        delivery::Delivery,
        gateway::{MessageSid, ProviderStatus},
        outbox::{
            Callback, CallbackResult, LeaseOrder, Leased, LeasedText, Outbox, Progress, Reading, SendOutcome,
            Settlement,
        },
        price::{Currency, Price},
    },
    time::Timestamp,
};

/// Every promise of the outbox; `empty` opens a fresh store for each.
pub async fn outbox<S: Outbox + OptOuts + 'static>(empty: impl AsyncFn() -> S) {
    leases::leases_in_order_one_at_a_time_per_recipient_and_class(&empty().await).await;
    leases::gives_a_text_to_one_of_many_leases(Arc::new(empty().await)).await;
    leases::leases_nothing_before_its_time(&empty().await).await;
    leases::ends_what_is_too_old(&empty().await).await;
    leases::withholds_from_who_opted_out(&empty().await).await;
    leases::holds_back_at_the_daily_cap_but_never_safety(&empty().await).await;
    leases::queues_a_tag_once(&empty().await).await;
    settled::settles_only_what_the_lease_holds(&empty().await).await;
    settled::never_sends_again_what_is_known_to_be_accepted(&empty().await).await;
    settled::shows_what_was_left_leased(&empty().await).await;
    settled::erases_sealed_words_at_the_end(&empty().await).await;
    callbacks::hears_callbacks_once_and_never_goes_back(&empty().await).await;
    callbacks::keeps_a_callback_that_came_early(&empty().await).await;
    callbacks::records_an_opt_out_that_the_provider_tells(&empty().await).await;
    callbacks::reads_back_when_due(&empty().await).await;
    callbacks::gives_one_sid_to_one_text(&empty().await).await;
}

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn tag(number: u8) -> Tag {
    Tag::from_bytes([number; 16])
}

fn phone(number: u8) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+614915700{number:02}")).unwrap()
}

fn sid(number: u8) -> MessageSid {
    MessageSid::parse(&format!("SM{number:032x}")).unwrap()
}

fn aud(micros: i64) -> Price {
    Price {
        micros,
        currency: Currency::parse("AUD").unwrap(),
    }
}

fn text(number: u8, to: u8, class: Class) -> OutgoingText {
    OutgoingText {
        tag: tag(number),
        to: phone(to),
        class,
        words: Words::Plain(format!("text {number}")),
        not_before: NOW,
        expires_at: after(3_600),
        user: None,
    }
}

async fn lease_at(store: &dyn Outbox, class: Class, name: u8, now: Timestamp) -> Leased {
    let order = LeaseOrder {
        class,
        limit: 100,
        lease: tag(name),
        now,
        until: now.plus(Duration::from_mins(1)),
        daily_room: None,
    };
    store.lease(order).await.unwrap()
}

fn tags(leased: &Leased) -> Vec<Tag> {
    leased.texts.iter().map(|text| text.tag).collect()
}

fn settled(text: &LeasedText, outcome: SendOutcome) -> Settlement {
    Settlement {
        id: text.id,
        lease: text.lease,
        at: after(1),
        outcome,
        opt_out: None,
    }
}

fn accepted(number: u8) -> SendOutcome {
    SendOutcome::Accepted {
        sid: Some(sid(number)),
        segments: 1,
        price: aud(51_500),
    }
}

async fn settle(store: &dyn Outbox, text: &LeasedText, outcome: SendOutcome) {
    store.settle(vec![settled(text, outcome)]).await.unwrap();
}

async fn progress(store: &dyn Outbox, number: u8) -> Progress {
    store
        .progress(tag(number))
        .await
        .unwrap()
        .expect("the text was queued")
}

async fn state(store: &dyn Outbox, number: u8) -> SendState {
    progress(store, number).await.state
}

/// Queues one text, leases it and settles it as accepted under the sid of the same number.
async fn sent(store: &dyn Outbox, number: u8) -> LeasedText {
    store
        .queue(vec![text(number, number, Class::Notice)], NOW)
        .await
        .unwrap();
    let leased = lease_at(store, Class::Notice, number, NOW).await;
    let text = leased.texts.first().expect("it is due").clone();
    settle(store, &text, accepted(number)).await;
    text
}

fn callback(number: u8, status: ProviderStatus, code: Option<u32>) -> Callback {
    Callback {
        sid: sid(number),
        status,
        code,
        at: after(2),
    }
}
