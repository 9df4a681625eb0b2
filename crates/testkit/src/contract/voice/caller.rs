//! The promises of [`Caller`].

use futures_util::future::join_all;
use thunderbird_domain::{
    phone_number::PhoneNumber,
    voice::{CallOrder, Caller, Placed},
};

use crate::fake_twilio::{Fault, OUR_NUMBER};

/// A caller whose other end can be looked at and told to misbehave.
pub trait CallerBench {
    /// The caller under test.
    fn caller(&self) -> &dyn Caller;
    /// What happens to the next call to `to`.
    fn script_for(&self, to: &str, fault: Fault);
    /// The phones that ring, in order: number and the address of what is said.
    fn ringing(&self) -> Vec<(String, String)>;
}

/// Every promise of the caller; `fresh` sets up one for each.
pub async fn caller<B: CallerBench>(fresh: impl AsyncFn() -> B) {
    places_a_call_once(&fresh().await).await;
    reports_every_misbehaviour_and_never_tries_again(&fresh().await).await;
}

fn order(place: usize) -> CallOrder {
    let script = format!("https://thunderbird.example/webhook/voice/{place:032x}");
    CallOrder {
        to: PhoneNumber::from_e164(&format!("+614915701{place:02}")).unwrap(),
        from: PhoneNumber::from_e164(OUR_NUMBER).unwrap(),
        reports: format!("{script}/status"),
        script,
    }
}

async fn places_a_call_once(bench: &impl CallerBench) {
    let placed = bench.caller().place(&order(1)).await.unwrap();
    assert!(matches!(placed, Placed::Accepted(_)), "{placed:?}");
    assert_eq!(bench.ringing(), [("+61491570101".to_owned(), order(1).script)]);
    let again = bench.caller().place(&order(1)).await.unwrap();
    assert_ne!(placed, again, "the same call again is another one");
}

async fn reports_every_misbehaviour_and_never_tries_again(bench: &impl CallerBench) {
    let faults: Vec<_> = Fault::KINDS
        .into_iter()
        .chain([Fault::Status(401), Fault::Status(404), Fault::Refused(21_214)])
        .collect();
    let orders: Vec<_> = (0..faults.len()).map(order).collect();
    for (order, fault) in orders.iter().zip(&faults) {
        bench.script_for(order.to.as_str(), *fault);
    }
    let placed = join_all(orders.iter().map(|order| bench.caller().place(order))).await;
    for (fault, placed) in faults.iter().zip(placed) {
        let placed = placed.unwrap();
        assert!(reports(*fault, &placed), "{fault:?} was reported as {placed:?}");
    }
    let mut ringing: Vec<_> = bench.ringing().into_iter().map(|(to, _)| to).collect();
    ringing.sort_unstable();
    let rings = orders.iter().zip(&faults).filter(|(_, fault)| fault.sends());
    let expected: Vec<_> = rings.map(|(order, _)| order.to.as_str().to_owned()).collect();
    assert_eq!(ringing, expected, "each once at most");
}

fn reports(fault: Fault, placed: &Placed) -> bool {
    let asked = match placed {
        Placed::Temporary { retry_after, .. } => retry_after.map(|wait| wait.as_secs()),
        _ => None,
    };
    let temporary = matches!(placed, Placed::Temporary { .. });
    match fault {
        Fault::None | Fault::WrongContentType => matches!(placed, Placed::Accepted(_)),
        Fault::Refused(code) => *placed == Placed::Refused { code: Some(code) },
        Fault::TooMany(Some("1")) | Fault::Overloaded(_) => temporary && asked == Some(1),
        Fault::TooMany(Some(date)) if date.ends_with("GMT") => temporary && asked == Some(0),
        Fault::TooMany(_) | Fault::Status(_) | Fault::BadGateway | Fault::Redirect => {
            temporary && asked.is_none()
        }
        fault if fault.is_ambiguous() => *placed == Placed::Ambiguous,
        _ => *placed == Placed::AcceptedUnreadable,
    }
}
