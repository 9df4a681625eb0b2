//! A caller that keeps what it is handed, and fails on request.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use thunderbird_domain::{
    port::PortFuture,
    voice::{CallOrder, CallSid, Caller, Placed},
};

use crate::fake_twilio::Fault;

/// Keeps what it is handed. Faults are those of the fake Twilio, as a faultless client reports them.
#[derive(Debug, Default)]
pub struct RecordingCaller(Mutex<Record>);

#[derive(Debug, Default)]
struct Record {
    handed: Vec<CallOrder>,
    ringing: Vec<CallOrder>,
    per_recipient: HashMap<String, VecDeque<Fault>>,
}

impl RecordingCaller {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("no test panics while it holds the record")
    }

    /// What happens to the next call to one number.
    pub fn script_for(&self, to: &str, fault: Fault) {
        let mut record = self.record();
        record
            .per_recipient
            .entry(to.to_owned())
            .or_default()
            .push_back(fault);
    }

    /// The phones that ring, in order.
    pub fn ringing(&self) -> Vec<CallOrder> {
        self.record().ringing.clone()
    }
}

impl Record {
    fn place(&mut self, order: &CallOrder) -> Placed {
        self.handed.push(order.clone());
        let scripted = self.per_recipient.get_mut(order.to.as_str());
        let fault = scripted.and_then(VecDeque::pop_front).unwrap_or(Fault::None);
        if fault.sends() {
            self.ringing.push(order.clone());
        }
        let temporary = |code, seconds: Option<u64>| Placed::Temporary {
            code,
            retry_after: seconds.map(Duration::from_secs),
        };
        match fault {
            Fault::None | Fault::WrongContentType => Placed::Accepted(
                CallSid::parse(&format!("CA{:032x}", self.handed.len())).expect("32 hex digits"),
            ),
            Fault::Refused(code) => Placed::Refused { code: Some(code) },
            Fault::TooMany(after) => temporary(Some(20_429), after.and_then(seconds)),
            Fault::Overloaded(after) => temporary(Some(20_503), seconds(after)),
            Fault::Status(status) => temporary(Some(20_000 + u32::from(status)), None),
            Fault::BadGateway | Fault::Redirect => temporary(None, None),
            fault if fault.is_ambiguous() => Placed::Ambiguous,
            _ => Placed::AcceptedUnreadable,
        }
    }
}

/// `Retry-After` in seconds; the only date in use lies far back.
fn seconds(value: &str) -> Option<u64> {
    value.parse().ok().or_else(|| value.ends_with("GMT").then_some(0))
}

impl Caller for RecordingCaller {
    fn place<'a>(&'a self, order: &'a CallOrder) -> PortFuture<'a, Placed> {
        let placed = self.record().place(order);
        Box::pin(async move { Ok(placed) })
    }
}
