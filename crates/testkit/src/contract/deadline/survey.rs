//! What an operator is to know about all open promises at once.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{Arrivals, Claimed, DeadlineStore, Survey, Unclaimed},
    id::DeadlineId,
    outbox::{
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::Ended,
    },
    pager::PageLog,
    port::Commit,
    sms::{
        gateway::{MessageSid, ProviderStatus},
        inbound::{Inbox, Received},
        outbox::{Callback, DeliveryReports, TextPayload, TextReceipt},
        price::Price,
    },
    time::Timestamp,
    user::UserStore,
};

use super::{
    hiker::opted_out,
    story::{DAD, HIKER, MUM, START, alarmed, change, closing, lease, newest, promise, save},
};
use crate::contract::{
    inbox,
    user::{contact, number, registration, stored},
};

fn later(minutes: u64) -> Timestamp {
    START.plus(Duration::from_mins(minutes))
}

/// When the alerts of the story are queued.
fn alerted_at() -> Timestamp {
    later(6 * 60)
}

/// The alert to Mum is taken over and delivered, the one to Dad is refused.
async fn delivered_to_mum(store: &(impl Outbox<TextPayload> + DeliveryReports)) {
    let sid = MessageSid::parse(&format!("SM{:032x}", 7)).unwrap();
    for alert in lease(store, 10).await {
        let outcome = if alert.payload.to == number(MUM) {
            SendOutcome::Accepted(TextReceipt {
                sid: Some(sid.clone()),
                segments: 1,
                price: Price::parse("AUD 0.0515").unwrap(),
            })
        } else {
            SendOutcome::Ended {
                state: Ended::Failed,
                code: None,
                ambiguous: false,
            }
        };
        let settled = Settlement::of(&alert, outcome, later(1));
        store.settle(vec![settled]).await.unwrap();
    }
    let delivered = Callback {
        sid,
        status: ProviderStatus::Delivered,
        code: None,
        at: later(4),
    };
    store.hear(delivered).await.unwrap();
}

pub(super) async fn an_alarm_is_surveyed_until_it_ends(
    store: &(impl DeadlineStore + UserStore + Outbox<TextPayload> + DeliveryReports + PageLog),
) {
    let of_alarms = async |now| {
        let survey = store.survey(now).await.unwrap();
        assert_eq!(store.unreached(now).await.unwrap(), survey.unreached);
        let troubles = store.troubles(now).await.unwrap();
        assert_eq!(
            (troubles.unreached, troubles.unclaimed),
            (survey.unreached.clone(), survey.unclaimed.clone())
        );
        (
            survey.unreached,
            survey.unreached_contacts,
            survey.unclaimed.len(),
        )
    };
    assert_eq!(store.survey(START).await.unwrap(), Survey::default());
    let alarm = alarmed(store).await;
    let (soon, quarter) = (
        alerted_at().plus(Duration::from_mins(14)),
        Duration::from_mins(15),
    );
    assert_eq!(of_alarms(soon).await, (vec![], 0, 0), "they are on their way");
    let late = alerted_at().plus(quarter);
    assert_eq!(of_alarms(late).await, (vec![alarm.id], 2, 0));
    delivered_to_mum(store).await;
    assert_eq!(of_alarms(alerted_at()).await, (vec![], 1, 0), "Dad's has failed");
    let hour = alerted_at().plus(Duration::from_hours(1));
    assert_eq!(of_alarms(hour).await, (vec![], 1, 1));
    let arrivals = Arrivals {
        soon: 1,
        never: 1,
        ..Arrivals::default()
    };
    assert_eq!(store.survey(hour).await.unwrap().arrivals, arrivals);
    let Claimed::Acting(claimed) = alarm.deadline.claim(&number(DAD), alerted_at()) else {
        panic!("Dad was alerted");
    };
    assert_eq!(
        save(store, change(Some(&alarm), claimed)).await,
        Commit::Stored(())
    );
    assert_eq!(of_alarms(hour).await, (vec![], 0, 0), "who acts was reached");
    a_claim_that_ended_is_known(store, (alarm.id, hour)).await;
    assert_eq!(
        save(store, closing(&newest(store).await)).await,
        Commit::Stored(())
    );
    assert_eq!(of_alarms(hour).await, (vec![], 0, 0));
    assert_eq!(
        store.survey(hour).await.unwrap().arrivals,
        arrivals,
        "of the whole day"
    );
    let next_day = alerted_at().plus(Duration::from_hours(25));
    assert_eq!(
        store.survey(next_day).await.unwrap().arrivals,
        Arrivals::default()
    );
}

async fn a_claim_that_ended_is_known(
    store: &(impl DeadlineStore + UserStore + PageLog),
    (alarm, hour): (DeadlineId, Timestamp),
) {
    let claimed = newest(store).await;
    let mut lapsed = claimed.deadline.clone();
    if let Some(alarm) = &mut lapsed.alarm {
        alarm.lapsed = alarm.acting.take();
    }
    assert_eq!(
        save(store, change(Some(&claimed), lapsed)).await,
        Commit::Stored(())
    );
    let again = Unclaimed { alarm, claims: 1 };
    assert_eq!(store.survey(hour).await.unwrap().unclaimed, [again]);
    assert_eq!(store.troubles(hour).await.unwrap().unclaimed, [again]);
}

pub(super) async fn an_alarm_without_contacts_has_reached_nobody(store: &(impl DeadlineStore + UserStore)) {
    let alarm = alarmed(store).await;
    let mut state = alarm.deadline.clone();
    if let Some(alarm) = &mut state.alarm {
        alarm.contacts.clear();
    }
    assert_eq!(save(store, change(Some(&alarm), state)).await, Commit::Stored(()));
    assert_eq!(store.unreached(alerted_at()).await.unwrap(), [alarm.id]);
}

pub(super) async fn promises_are_counted_by_who_can_be_reached(
    store: &(impl DeadlineStore + UserStore + Inbox + Outbox<TextPayload>),
) {
    let counts = async || {
        let survey = store.survey(START).await.unwrap();
        (survey.stopped, survey.without_contact, survey.with_ready)
    };
    let mut new = registration(&number(HIKER), 6);
    new.state.contacts = vec![contact(MUM, "Mum"), contact(DAD, "Dad")];
    let hiker = stored(store, new).await.user;
    let armed = change(None, promise(hiker.id, HIKER, 5));
    assert_eq!(save(store, armed).await, Commit::Stored(()));
    let alone = stored(store, registration(&number(HIKER + 1), 7)).await.user;
    let armed = change(None, promise(alone.id, HIKER + 1, 6));
    assert_eq!(save(store, armed).await, Commit::Stored(()));
    assert_eq!(counts().await, (0, 1, 0));
    let mum = number(MUM);
    let mut ready = inbox::text(&mum, 1, &inbox::known(store, &mum, START).await);
    ready.effects.is_ready = true;
    let committed = Inbox::commit(store, ready).await.unwrap();
    assert!(matches!(committed, Received::Stored(_)));
    assert_eq!(counts().await, (0, 1, 1));
    opted_out(store, MUM, later(1)).await;
    assert_eq!(counts().await, (0, 1, 0), "who has opted out is not alerted");
    opted_out(store, DAD, later(2)).await;
    assert_eq!(counts().await, (0, 2, 0));
    opted_out(store, HIKER, later(3)).await;
    assert_eq!(counts().await, (1, 2, 0));
    assert_eq!(
        save(store, closing(&newest(store).await)).await,
        Commit::Stored(())
    );
    assert_eq!(counts().await, (0, 1, 0), "only open promises count");
}
