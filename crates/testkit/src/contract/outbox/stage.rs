//! What every promise of the outbox needs: texts, leases and settlements by small numbers.

use std::time::Duration;

use thunderbird_domain::{
    outbox::{lease::LeaseOrder, port::Outbox as AnyOutbox, settle::SendOutcome, state::SendState},
    outgoing::{Class, OutgoingText, Words},
    phone_number::PhoneNumber,
    random::Tag,
    sms::{
        gateway::{MessageSid, ProviderStatus},
        outbox::{Callback, DeliveryReports, LeasedText, TextPayload, TextReceipt},
        price::{Currency, Price},
    },
    time::Timestamp,
};

type Leased = thunderbird_domain::outbox::lease::Leased<TextPayload>;
type Progress = thunderbird_domain::outbox::message::Progress<TextPayload>;
type Settlement = thunderbird_domain::outbox::settle::Settlement<TextPayload>;
type Outcome = SendOutcome<TextReceipt>;

/// Both ports of texts.
pub trait Outbox: AnyOutbox<TextPayload> + DeliveryReports {}
impl<S: AnyOutbox<TextPayload> + DeliveryReports> Outbox for S {}

pub(super) const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

pub(super) fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

pub(super) fn tag(number: u8) -> Tag {
    Tag::from_bytes([number; 16])
}

pub(super) fn phone(number: u8) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+614915700{number:02}")).unwrap()
}

pub(super) fn sid(number: u8) -> MessageSid {
    MessageSid::parse(&format!("SM{number:032x}")).unwrap()
}

pub(super) fn aud(micros: i64) -> Price {
    Price {
        micros,
        currency: Currency::parse("AUD").unwrap(),
    }
}

pub(super) fn text(number: u8, to: u8, class: Class) -> OutgoingText {
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

pub(super) async fn lease_at(store: &dyn Outbox, class: Class, name: u8, now: Timestamp) -> Leased {
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

pub(super) fn tags(leased: &Leased) -> Vec<Tag> {
    leased.messages.iter().map(|text| text.tag).collect()
}

pub(super) fn settled(text: &LeasedText, outcome: Outcome) -> Settlement {
    Settlement {
        id: text.id,
        lease: text.lease,
        at: after(1),
        outcome,
        opt_out: None,
    }
}

pub(super) fn receipt(sid: Option<MessageSid>, segments: u32, price: Price) -> TextReceipt {
    TextReceipt { sid, segments, price }
}

pub(super) fn accepted(number: u8) -> Outcome {
    SendOutcome::Accepted(receipt(Some(sid(number)), 1, aud(51_500)))
}

pub(super) async fn settle(store: &dyn Outbox, text: &LeasedText, outcome: Outcome) {
    store.settle(vec![settled(text, outcome)]).await.unwrap();
}

pub(super) async fn progress(store: &dyn Outbox, number: u8) -> Progress {
    store
        .progress(tag(number))
        .await
        .unwrap()
        .expect("the text was queued")
}

pub(super) async fn state(store: &dyn Outbox, number: u8) -> SendState {
    progress(store, number).await.state
}

/// Queues one text, leases it and settles it as accepted under the sid of the same number.
pub(super) async fn sent(store: &dyn Outbox, number: u8) -> LeasedText {
    store
        .queue(vec![text(number, number, Class::Notice)], NOW)
        .await
        .unwrap();
    let leased = lease_at(store, Class::Notice, number, NOW).await;
    let text = leased.messages.first().expect("it is due").clone();
    settle(store, &text, accepted(number)).await;
    text
}

pub(super) fn callback(number: u8, status: ProviderStatus, code: Option<u32>) -> Callback {
    Callback {
        sid: sid(number),
        status,
        code,
        at: after(2),
    }
}
