//! Texts in and out, composed.

use std::sync::Arc;

use thunderbird_domain::{
    budget::Budgets,
    deadline::DeadlineStore,
    forecast::Forecasts,
    keyed_lock::KeyedLock,
    outbox::port::Outbox,
    phone::Phones,
    sms::{
        collect::MissedTexts,
        context::SmsRules,
        deliver::{Deliveries, SendingPolicy, TextChannel},
        inbound::Inbox,
        outbox::{DeliveryReports, TextPayload},
        receive::Messages,
        reception::ReceptionLog,
    },
    user::UserStore,
};

use super::{gateway::Texts, kernel::KernelPorts};
use crate::http::{
    app::Texting,
    health::{clock::ClockHealth, hearing::Hearing},
};

/// The ports of texts that only their context has.
pub struct SmsPorts {
    /// Keeps texts that come in, with all they cause.
    pub inbox: Arc<dyn Inbox>,
    /// Keeps hikers and their history.
    pub users: Arc<dyn UserStore>,
    /// Where promises are stored.
    pub deadlines: Arc<dyn DeadlineStore>,
    /// Keeps texts to send.
    pub outbox: Arc<dyn Outbox<TextPayload>>,
    /// Keeps what the provider reports of sent texts.
    pub reports: Arc<dyn DeliveryReports>,
    /// Keeps how far texts were read.
    pub reception: Arc<dyn ReceptionLog>,
    /// Sends texts.
    pub texts: Texts,
}

impl SmsPorts {
    /// One store, as every port of texts that keeps something.
    pub fn on<S>(store: &Arc<S>, texts: Texts) -> Self
    where
        S: Inbox + UserStore + DeadlineStore + Outbox<TextPayload> + DeliveryReports + ReceptionLog + 'static,
    {
        Self {
            inbox: store.clone(),
            users: store.clone(),
            deadlines: store.clone(),
            outbox: store.clone(),
            reports: store.clone(),
            reception: store.clone(),
            texts,
        }
    }

    /// Composes the use cases by these rules.
    pub fn compose(
        self,
        kernel: &KernelPorts,
        (phones, forecasts): (&Arc<Phones>, Option<Arc<Forecasts>>),
        (rules, budgets): (SmsRules, Budgets),
        sending: SendingPolicy,
    ) -> Texting {
        Texting {
            inbound_webhook: self.texts.inbound_webhook,
            callback_shape: self.texts.callbacks,
            messages: Messages {
                inbox: self.inbox,
                routes: Arc::clone(&kernel.routes),
                phones: Arc::clone(phones),
                users: self.users,
                deadlines: self.deadlines,
                forecasts,
                sealer: Arc::clone(&kernel.sealer),
                clock: Arc::clone(&kernel.clock),
                entropy: Arc::clone(&kernel.entropy),
                rules,
                budgets,
            },
            missed: MissedTexts {
                list: self.texts.received,
                log: self.reception,
                clock: Arc::clone(&kernel.clock),
            },
            hearing: Hearing::default(),
            clock: ClockHealth::new(self.texts.reference),
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
