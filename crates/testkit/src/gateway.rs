//! A gateway that keeps what it is handed, and fails on request.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use thunderbird_domain::{
    port::PortFuture,
    sms::{
        body,
        gateway::{Fetched, GatewayText, MessageSid, ProviderStatus, Sent, SmsGateway},
        price::Price,
    },
};

use crate::fake_twilio::Fault;

/// Keeps what it is handed. Faults are those of the fake Twilio, as a faultless client reports them.
#[derive(Debug, Default)]
pub struct RecordingGateway(Mutex<Record>);

#[derive(Debug, Default)]
struct Record {
    handed: Vec<GatewayText>,
    scripted: VecDeque<Fault>,
    per_recipient: HashMap<String, VecDeque<Fault>>,
    known: HashMap<MessageSid, Fetched>,
    fetched: Vec<MessageSid>,
}

impl RecordingGateway {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("no test panics while it holds the record")
    }

    /// What happens to the next texts, one each.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.record().scripted.extend(faults);
    }

    /// What happens to the next texts to one recipient.
    pub fn script_for(&self, to: &str, faults: impl IntoIterator<Item = Fault>) {
        self.record()
            .per_recipient
            .entry(to.to_owned())
            .or_default()
            .extend(faults);
    }

    /// Everything that was handed over, in order, also what was refused.
    pub fn handed(&self) -> Vec<GatewayText> {
        self.record().handed.clone()
    }

    /// What reading a message back tells from now on.
    pub fn set_price(&self, sid: &MessageSid, price: Price, segments: u32) {
        let found = Fetched::Found {
            status: ProviderStatus::Delivered,
            code: None,
            price: Some(price),
            segments: Some(segments),
        };
        self.record().known.insert(sid.clone(), found);
    }

    /// The messages that were read back, in order.
    pub fn fetched(&self) -> Vec<MessageSid> {
        self.record().fetched.clone()
    }
}

impl Record {
    fn send(&mut self, text: &GatewayText) -> Sent {
        self.handed.push(text.clone());
        let to = text.to.as_str();
        let scripted = self.per_recipient.get_mut(to).and_then(VecDeque::pop_front);
        let fault = scripted
            .or_else(|| self.scripted.pop_front())
            .unwrap_or(Fault::None);
        let sid = MessageSid::parse(&format!("SM{:032x}", self.handed.len())).expect("32 hex digits");
        if fault.sends() {
            let fetched = Fetched::Found {
                status: ProviderStatus::Accepted,
                code: None,
                price: None,
                segments: None,
            };
            self.known.insert(sid.clone(), fetched);
        }
        let temporary = |code, seconds: Option<u64>| Sent::Temporary {
            code,
            retry_after: seconds.map(Duration::from_secs),
        };
        match fault {
            Fault::None | Fault::WrongContentType => Sent::Accepted {
                sid,
                price: None,
                segments: Some(body::segments(text.body.expose())),
            },
            Fault::Refused(code) => Sent::Permanent { code: Some(code) },
            Fault::TooMany(after) => temporary(Some(20_429), after.and_then(seconds)),
            Fault::Overloaded(after) => temporary(Some(20_503), seconds(after)),
            Fault::Status(status) => temporary(Some(20_000 + u32::from(status)), None),
            Fault::BadGateway | Fault::Redirect => temporary(None, None),
            fault if fault.is_ambiguous() => Sent::Ambiguous,
            _ => Sent::AcceptedUnreadable,
        }
    }
}

/// `Retry-After` in seconds; the only date in use lies far back.
fn seconds(value: &str) -> Option<u64> {
    value.parse().ok().or_else(|| value.ends_with("GMT").then_some(0))
}

impl SmsGateway for RecordingGateway {
    fn send<'a>(&'a self, text: &'a GatewayText) -> PortFuture<'a, Sent> {
        let sent = self.record().send(text);
        Box::pin(async move { Ok(sent) })
    }

    fn fetch<'a>(&'a self, sid: &'a MessageSid) -> PortFuture<'a, Fetched> {
        let mut record = self.record();
        record.fetched.push(sid.clone());
        let fetched = record.known.get(sid).cloned().unwrap_or(Fetched::Missing);
        Box::pin(async move { Ok(fetched) })
    }
}
