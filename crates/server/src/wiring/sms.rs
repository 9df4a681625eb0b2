//! Texts in and out, composed.

use std::sync::Arc;

use thunderbird_domain::{
    keyed_lock::KeyedLock,
    outbox::port::Outbox,
    phone::Phones,
    sms::{
        context::SmsRules,
        deliver::{Deliveries, SendingPolicy, TextChannel},
        inbound::Inbox,
        outbox::{DeliveryReports, TextPayload},
        receive::Messages,
    },
};

use super::{gateway::Texts, kernel::KernelPorts};
use crate::http::app::Texting;

/// The ports of texts that only their context has.
pub struct SmsPorts {
    /// Keeps texts that come in, with all they cause.
    pub inbox: Arc<dyn Inbox>,
    /// Keeps texts to send.
    pub outbox: Arc<dyn Outbox<TextPayload>>,
    /// Keeps what the provider reports of sent texts.
    pub reports: Arc<dyn DeliveryReports>,
    /// Sends texts.
    pub texts: Texts,
}

impl SmsPorts {
    /// One store, as every port of texts that keeps something.
    pub fn on<S>(store: &Arc<S>, texts: Texts) -> Self
    where
        S: Inbox + Outbox<TextPayload> + DeliveryReports + 'static,
    {
        Self {
            inbox: store.clone(),
            outbox: store.clone(),
            reports: store.clone(),
            texts,
        }
    }

    /// Composes the use cases by these rules.
    pub fn compose(
        self,
        kernel: &KernelPorts,
        phones: &Arc<Phones>,
        rules: SmsRules,
        sending: SendingPolicy,
    ) -> Texting {
        Texting {
            inbound_webhook: self.texts.inbound_webhook,
            callback_shape: self.texts.callbacks,
            messages: Messages {
                inbox: self.inbox,
                routes: Arc::clone(&kernel.routes),
                phones: Arc::clone(phones),
                sealer: Arc::clone(&kernel.sealer),
                clock: Arc::clone(&kernel.clock),
                entropy: Arc::clone(&kernel.entropy),
                rules,
            },
            senders: KeyedLock::default(),
            deliveries: Deliveries {
                outbox: self.outbox,
                channel: TextChannel {
                    gateway: self.texts.gateway,
                    reports: self.reports,
                    policy: sending,
                },
                sealer: Arc::clone(&kernel.sealer),
                clock: Arc::clone(&kernel.clock),
                entropy: Arc::clone(&kernel.entropy),
            },
            upstream: self.texts.upstream,
        }
    }
}
