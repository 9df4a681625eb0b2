//! Calls to contacts who may have missed the text of an alert: what their rows carry, who places them, what is said and
//! what a key does.

mod answer;
mod call_sid;
mod caller;
pub mod counts;
mod deliver;
mod outbox;
mod status;
mod store;

pub use answer::{CallAnswers, CallRefusal, OnThePhone, Spoken};
pub use call_sid::CallSid;
pub use caller::{CallOrder, Caller, Placed};
pub use deliver::{CallChannel, Calling, LEASE, Line};
pub use outbox::{CALL_CLASS, CallPayload, CallReceipt, LeasedCall};
pub use status::CallStatus;
pub use store::{CallHeard, CallReport, Calls, Key, StoredCall};
