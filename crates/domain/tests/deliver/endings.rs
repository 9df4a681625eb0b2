//! How a text ends: refused, withheld, ambiguous, dead, and read back after its end.

use std::time::Duration;

use thunderbird_domain::{
    opt_out::{OptOutChange, OptOutSource},
    outbox::state::{Ended, SendState},
    outgoing::Class,
    phone_number::PhoneNumber,
    sms::{gateway::ProviderStatus, outbox::Callback, price::Price},
    time::Clock as _,
};
use thunderbird_testkit::fake_twilio::Fault;

use crate::{ADA, BEN, World, tag};

#[tokio::test]
async fn one_refused_number_does_not_keep_the_other_from_being_told() {
    let world = World::new(2_000);
    world
        .queue(vec![
            world.text(1, ADA, Class::Safety),
            world.text(2, BEN, Class::Safety),
        ])
        .await;
    world.gateway.script_for(ADA, [Fault::Refused(21_610)]);
    world.turn().await;
    let refused = world.known(tag(1)).await;
    assert_eq!(
        (refused.state, refused.code),
        (SendState::Ended(Ended::Failed), Some(21_610))
    );
    assert_eq!(world.known(tag(2)).await.state, SendState::Accepted);
    world.queue(vec![world.text(3, ADA, Class::Safety)]).await;
    assert_eq!(world.turn().await, 0);
    assert_eq!(world.known(tag(3)).await.state, SendState::Ended(Ended::Withheld));
}

#[tokio::test]
async fn nothing_is_claimed_after_a_stop() {
    let world = World::new(2_000);
    world
        .queue(
            (1..=100)
                .map(|number| world.text(number, ADA, Class::Notice))
                .collect(),
        )
        .await;
    for _ in 0..7 {
        world.turn().await;
    }
    let stop = OptOutChange::Record {
        phone: PhoneNumber::from_e164(ADA).unwrap(),
        source: OptOutSource::Text,
        at: world.clock.now(),
    };
    world.store.change_opt_out(&stop);
    assert_eq!(world.turn().await, 0);
    assert_eq!(world.bodies_for(ADA), (1..=7).collect::<Vec<_>>());
    assert_eq!(
        world.known(tag(100)).await.state,
        SendState::Ended(Ended::Withheld)
    );
}

#[tokio::test]
async fn a_region_off_the_list_is_never_texted() {
    let world = World::new(2_000);
    world
        .queue(vec![world.text(1, "+18765551234", Class::Safety)])
        .await;
    world.turn().await;
    assert_eq!(world.known(tag(1)).await.state, SendState::Ended(Ended::Withheld));
    assert!(world.gateway.handed().is_empty());
}

#[tokio::test]
async fn what_a_crash_left_leased_is_ambiguous() {
    let world = World::new(2_000);
    world
        .queue(vec![
            world.text(1, ADA, Class::Notice),
            world.text(2, BEN, Class::Code),
        ])
        .await;
    for class in [Class::Notice, Class::Code] {
        assert_eq!(world.deliveries.lease(class, 10).await.unwrap().messages.len(), 1);
    }
    assert_eq!(
        world.deliveries.recover().await.unwrap(),
        0,
        "the leases still hold"
    );
    assert_eq!(world.deliveries.recover_from_crash().await.unwrap(), 2);
    assert_eq!(
        world.known(tag(2)).await.state,
        SendState::Ended(Ended::Unknown),
        "a code is never sent twice"
    );
    world.run_dry(&[tag(1)]).await;
    assert_eq!(world.known(tag(1)).await.state, SendState::Accepted);
    assert_eq!(world.bodies_for(ADA), [1]);
}

#[tokio::test]
async fn the_fifth_ambiguous_end_leaves_a_dead_row() {
    let world = World::new(2_000);
    world.queue(vec![world.text(1, ADA, Class::Safety)]).await;
    world
        .gateway
        .script(std::iter::repeat_n(Fault::HangAfterSending, 9));
    world.run_dry(&[tag(1)]).await;
    assert_eq!(world.known(tag(1)).await.state, SendState::Ended(Ended::Dead));
    assert_eq!(world.gateway.handed().len(), 5);
}

#[tokio::test]
async fn price_and_segments_are_read_back_after_the_final_state() {
    let world = World::new(2_000);
    world.queue(vec![world.text(1, ADA, Class::Notice)]).await;
    world.turn().await;
    let sid = world.known(tag(1)).await.receipt.unwrap().sid.unwrap();
    let delivered = Callback {
        sid: sid.clone(),
        status: ProviderStatus::Delivered,
        code: None,
        at: world.clock.now(),
    };
    world.deliveries.hear(delivered).await.unwrap();
    let paid = Price {
        micros: 77_000,
        ..Price::parse("AUD 1").unwrap()
    };
    for (wait, readings) in [(599, 0), (1, 1), (2_999, 1), (1, 2)] {
        world.clock.advance(Duration::from_secs(wait));
        world.deliveries.read_back(10).await.unwrap();
        assert_eq!(world.gateway.fetched().len(), readings, "after {wait} s more");
    }
    assert_eq!(
        world.known(tag(1)).await.receipt.map(|receipt| receipt.price),
        Some(Price::parse("AUD 0.0515").unwrap()),
        "still the estimate"
    );
    world.gateway.set_price(&sid, paid, 2);
    world.clock.advance(Duration::from_hours(23));
    world.deliveries.read_back(10).await.unwrap();
    let known = world.known(tag(1)).await.receipt.unwrap();
    assert_eq!((known.price, known.segments), (paid, 2));
    world.clock.advance(Duration::from_hours(48));
    assert_eq!(world.deliveries.read_back(10).await.unwrap(), 0);
}
