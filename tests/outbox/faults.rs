//! Every kind of failure a hundred times over, undisturbed and with the service killed in between.

use std::{collections::BTreeMap, time::Duration};

use thunderbird_testkit::{
    fake_twilio::{FakeTwilio, Fault},
    service::Service,
};

use super::{
    rows::{Queued, Rows},
    service,
};

/// Recipients a kind; each receives four texts, of which the first attempt at the first meets the fault.
const RECIPIENTS: usize = 25;
const TEXTS: usize = 4;

fn recipient(kind: usize, place: usize) -> String {
    format!("+6149{:07}", 1_570_000 + kind * 100 + place)
}

fn script(twilio: &FakeTwilio) {
    for (kind, fault) in Fault::KINDS.into_iter().enumerate() {
        for place in 0..RECIPIENTS {
            twilio.script_for(&recipient(kind, place), [fault]);
        }
    }
}

/// A hundred texts of every kind, the recipients taking turns.
fn texts() -> Vec<Queued> {
    let mut texts = Vec::new();
    for number in 0..TEXTS {
        for kind in 0..Fault::KINDS.len() {
            for place in 0..RECIPIENTS {
                texts.push(Queued::notice(&recipient(kind, place), &number.to_string()));
            }
        }
    }
    texts
}

/// What recipients saw, each in order.
fn seen(twilio: &FakeTwilio) -> BTreeMap<String, Vec<usize>> {
    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for text in twilio.accepted() {
        seen.entry(text.to).or_default().push(text.body.parse().unwrap());
    }
    seen
}

/// Waits for the end of every text. Pauses between attempts are cut short, and it may take five minutes all the same.
async fn run_to_the_end(rows: &Rows) -> Vec<(String, i64)> {
    for _ in 0..600 {
        // Each turn gives the service time to take up what has become due.
        tokio::time::sleep(Duration::from_millis(500)).await;
        rows.hurry();
        if let Some(states) = rows.ended() {
            return states;
        }
    }
    panic!("stuck after 300 s")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_failure_ends_well_or_visibly_in_order_and_without_needless_repeats() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    script(&twilio);
    let rows = Rows::of(&service);
    rows.queue(&texts());
    let states = run_to_the_end(&rows).await;
    assert_eq!(states.len(), Fault::KINDS.len() * RECIPIENTS * TEXTS);
    let seen = seen(&twilio);
    let expected: Vec<usize> = (0..TEXTS).collect();
    for (kind, fault) in Fault::KINDS.into_iter().enumerate() {
        for place in 0..RECIPIENTS {
            let bodies = seen.get(&recipient(kind, place)).cloned().unwrap_or_default();
            match fault {
                // The number has opted out: nothing more is tried.
                Fault::Refused(21_610) => assert_eq!(bodies, Vec::<usize>::new(), "{fault:?}"),
                Fault::Refused(_) => assert_eq!(bodies, expected[1..], "{fault:?}"),
                // Sent, and nobody knew: the first is sent again, which is the promise's one exception.
                fault if fault.is_ambiguous() && fault.sends() => {
                    assert_eq!(bodies, [0, 0, 1, 2, 3], "{fault:?}");
                }
                fault => assert_eq!(bodies, expected, "{fault:?}"),
            }
        }
    }
    for (state, _) in &states {
        assert!(
            ["accepted", "failed", "withheld"].contains(&state.as_str()),
            "{state}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_in_between_lose_nothing_and_keep_the_order() {
    let twilio = FakeTwilio::start().await;
    let mut service = service(&twilio).await;
    script(&twilio);
    twilio.answer_after(Duration::from_millis(20));
    let rows = Rows::of(&service);
    rows.queue(&texts());
    for pause in [300, 450, 150, 600, 200, 700] {
        // The kill comes at a moment of its own each time.
        tokio::time::sleep(Duration::from_millis(pause)).await;
        service.kill();
        rows.hurry();
        service.start_again().await;
    }
    let states = run_to_the_end(&rows).await;
    let seen = seen(&twilio);
    for (kind, fault) in Fault::KINDS.into_iter().enumerate() {
        for place in 0..RECIPIENTS {
            let mut bodies = seen.get(&recipient(kind, place)).cloned().unwrap_or_default();
            assert!(bodies.is_sorted(), "{fault:?}: {bodies:?}");
            bodies.dedup();
            let refused = matches!(fault, Fault::Refused(_));
            assert!(refused || bodies.len() == TEXTS, "{fault:?}: {bodies:?}");
        }
    }
    for (state, attempts) in &states {
        assert!(
            ["accepted", "failed", "withheld"].contains(&state.as_str()),
            "{state} after {attempts}"
        );
    }
    assert_still_sending(&service, &twilio).await;
}

async fn assert_still_sending(service: &Service, twilio: &FakeTwilio) {
    let rows = Rows::of(service);
    rows.queue(&[Queued::safety("+61491579999", "afterwards")]);
    rows.wait_for_the_end().await;
    assert_eq!(twilio.accepted_for("+61491579999").len(), 1);
}
