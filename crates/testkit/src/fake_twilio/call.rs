//! Calls that the fake was asked to place.

use std::collections::{HashMap, VecDeque};

use serde_json::json;
use tokio::sync::watch;

use super::fault::Fault;

/// A call that the fake was asked to place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedCall {
    /// Whom to call, as it was written in the form.
    pub to: String,
    /// The number that the phone shows.
    pub from: String,
    /// The sid it was given, also when the answer never told it.
    pub sid: String,
    /// Whether Twilio has taken it over: whether a phone rings.
    pub placed: bool,
    /// The form exactly as it came, in its order.
    pub parameters: Vec<(String, String)>,
    /// The account that asked for it.
    pub account: String,
}

impl ReceivedCall {
    /// A parameter of the form.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The form of a request about the call, with the parameters that Twilio documents.
    pub fn form(&self, status: &str) -> Vec<(String, String)> {
        [
            ("AccountSid", self.account.as_str()),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", &self.sid),
            ("CallStatus", status),
            ("Called", &self.to),
            ("Caller", &self.from),
            ("Direction", "outbound-api"),
            ("From", &self.from),
            ("To", &self.to),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// Twilio's Call resource.
    pub(super) fn json(&self) -> String {
        json!({
            "account_sid": self.account,
            "answered_by": null,
            "api_version": "2010-04-01",
            "direction": "outbound-api",
            "duration": null,
            "from": self.from,
            "price": null,
            "price_unit": "USD",
            "sid": self.sid,
            "status": "queued",
            "to": self.to,
            "uri": format!("/2010-04-01/Accounts/{}/Calls/{}.json", self.account, self.sid),
        })
        .to_string()
    }

    /// The code with which Twilio refuses a form that lacks something.
    fn refusal(&self, our_number: &str) -> Option<u32> {
        let is_address = |name| self.parameter(name).is_some_and(|url| url.starts_with("http"));
        if self.to.is_empty() {
            Some(21_201)
        } else if self.from != our_number {
            Some(21_210)
        } else if !is_address("Url") || !is_address("StatusCallback") {
            Some(21_205)
        } else {
            None
        }
    }
}

/// What the fake knows of calls.
#[derive(Default)]
pub(super) struct Calls {
    pub(super) received: Vec<ReceivedCall>,
    pub(super) per_recipient: HashMap<String, VecDeque<Fault>>,
    pub(super) always: Option<Fault>,
    pub(super) count: watch::Sender<usize>,
}

impl Calls {
    /// Takes a request to place a call; says what happens to it.
    pub(super) fn take(
        &mut self,
        parameters: Vec<(String, String)>,
        (account, our_number): (&str, &str),
    ) -> (ReceivedCall, Fault) {
        let mut call = ReceivedCall {
            to: String::new(),
            from: String::new(),
            sid: format!("CA{:032x}", self.received.len() + 1),
            placed: false,
            parameters,
            account: account.to_owned(),
        };
        call.to = call.parameter("To").unwrap_or_default().to_owned();
        call.from = call.parameter("From").unwrap_or_default().to_owned();
        let scripted = self.per_recipient.get_mut(&call.to).and_then(VecDeque::pop_front);
        let fault = scripted.or(self.always).unwrap_or(Fault::None);
        let fault = call.refusal(our_number).map_or(fault, Fault::Refused);
        call.placed = fault.sends();
        self.received.push(call.clone());
        if call.placed {
            self.count.send_modify(|placed| *placed += 1);
        }
        (call, fault)
    }
}
