//! The voice channel: hands queued calls to the provider.

use std::{sync::Arc, time::Duration};

use super::{
    caller::{CallOrder, Caller, Placed},
    counts::{self, Event},
    outbox::{CALL_CLASS, CallPayload, CallReceipt},
};
use crate::{
    outbox::{
        dispatch::{Channel, Dispatcher, Handover},
        retry::Attempt,
        state::Ended,
    },
    outgoing::Class,
    phone_number::{PhoneNumber, PhoneNumberError, TextableRegions},
    port::Fault,
};

/// How long a lease holds: far longer than placing a call may take.
pub const LEASE: Duration = Duration::from_mins(1);

/// Places queued calls.
pub type Calling = Dispatcher<CallChannel>;

/// What the outbox needs for calls.
pub struct CallChannel {
    /// Through what calls leave; `None` while voice is off.
    pub line: Option<Line>,
}

/// Through what calls leave.
pub struct Line {
    /// The port that places calls.
    pub caller: Arc<dyn Caller>,
    /// The number of ours that phones show.
    pub from: PhoneNumber,
    /// Where the provider asks about calls; the call's tag follows.
    pub webhooks: String,
    /// Regions that may be called: those that may be texted.
    pub regions: TextableRegions,
}

impl Channel for CallChannel {
    type Payload = CallPayload;

    const LEASE: Duration = LEASE;
    const CLASSES: &'static [Class] = &[CALL_CLASS];

    fn is_on(&self) -> bool {
        self.line.is_some()
    }

    /// A landline can ring, although it cannot be texted.
    fn check(&self, call: &CallPayload) -> Result<(), Ended> {
        match self.line.as_ref().map(|line| line.regions.check(&call.to)) {
            Some(Ok(()) | Err(PhoneNumberError::NotMobile)) => Ok(()),
            Some(Err(_)) | None => Err(Ended::Withheld),
        }
    }

    async fn hand_over(&self, call: Handover<'_, CallPayload>) -> Result<Attempt<CallReceipt>, Fault> {
        let Some(line) = &self.line else {
            return Ok(Attempt::Temporary {
                code: None,
                retry_after: None,
            });
        };
        let script = format!("{}/{}", line.webhooks, call.tag);
        let order = CallOrder {
            to: call.payload.to.clone(),
            from: line.from.clone(),
            reports: format!("{script}/status"),
            script,
        };
        let placed = line.caller.place(&order).await?;
        counts::count(Event::from(&placed));
        Ok(match placed {
            Placed::Accepted(sid) => Attempt::Accepted(CallReceipt { sid: Some(sid) }),
            Placed::AcceptedUnreadable => Attempt::Accepted(CallReceipt { sid: None }),
            Placed::Refused { code } => Attempt::Permanent { code },
            Placed::Temporary { code, retry_after } => Attempt::Temporary { code, retry_after },
            Placed::Ambiguous => Attempt::Ambiguous,
        })
    }
}
