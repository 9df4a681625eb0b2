//! Calls to contacts, composed.

use std::sync::Arc;

use thunderbird_adapters::twilio::call_webhook::CallShape;
use thunderbird_domain::{
    deadline::DeadlineStore,
    outbox::port::Outbox,
    voice::{CallAnswers, CallChannel, CallPayload, Calling, Calls, Line},
};

use super::{gateway::Texts, kernel::KernelPorts};
use crate::{
    config::{Config, PublicUrl},
    http::{app::Voice, health::upstream::UpstreamHealth},
};

/// Where Twilio asks about calls, below the public URL; the call's tag follows.
const WEBHOOKS: &str = "/webhook/voice";

/// The ports of calls that only their context has.
pub struct VoicePorts {
    /// Keeps calls to place.
    pub outbox: Arc<dyn Outbox<CallPayload>>,
    /// Keeps what is known of placed calls.
    pub calls: Arc<dyn Calls>,
    /// Keeps the promises that they are about.
    pub deadlines: Arc<dyn DeadlineStore>,
    /// Through what calls leave; `None` while voice is off.
    pub line: Option<Line>,
    /// Whose requests about calls are ours.
    pub shape: CallShape,
}

impl VoicePorts {
    /// One store, as every port of calls, while voice is off.
    pub fn on<S>(store: &Arc<S>) -> Self
    where
        S: Outbox<CallPayload> + Calls + DeadlineStore + 'static,
    {
        Self {
            outbox: store.clone(),
            calls: store.clone(),
            deadlines: store.clone(),
            line: None,
            shape: CallShape::default(),
        }
    }

    /// The same, with the line that the configuration asks for.
    #[must_use]
    pub fn with_line(self, config: &Config, public_url: &PublicUrl, texts: &Texts) -> Self {
        let caller = texts.caller.as_ref().filter(|_| config.voice);
        let line = caller.map(|caller| Line {
            caller: Arc::clone(caller),
            from: config.gateway.our_number(),
            webhooks: format!("{public_url}{WEBHOOKS}"),
            regions: config.texting.regions.clone(),
        });
        Self {
            line,
            shape: CallShape {
                account_sid: texts.callbacks.account_sid.clone(),
                numbers: texts.callbacks.numbers.clone(),
            },
            ..self
        }
    }

    /// Composes the use cases.
    pub fn compose(self, kernel: &KernelPorts) -> Voice {
        Voice {
            upstream: UpstreamHealth::new(if self.line.is_some() { "ok" } else { "off" }),
            shape: self.shape,
            answers: CallAnswers {
                calls: self.calls,
                deadlines: self.deadlines,
                routes: Arc::clone(&kernel.routes),
                clock: Arc::clone(&kernel.clock),
            },
            calling: Calling {
                outbox: self.outbox,
                channel: CallChannel { line: self.line },
                sealer: Arc::clone(&kernel.sealer),
                clock: Arc::clone(&kernel.clock),
                entropy: Arc::clone(&kernel.entropy),
            },
        }
    }
}
