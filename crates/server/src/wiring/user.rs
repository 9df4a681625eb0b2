//! Hikers and where they walk, composed.

use std::sync::Arc;

use thunderbird_domain::{
    budget::Budgets,
    deadline::{DeadlineStore, Watch, Watchdog},
    forecast::Forecasts,
    opt_out::OptOuts,
    sms::context::SmsRules,
    user::{MessageLog, UserStore, Users},
};

use super::kernel::KernelPorts;
use crate::http::{
    app::{Hiking, Voice},
    health::rounds::Rounds,
};

/// The ports of hikers that only their context has.
pub struct UserPorts {
    /// Keeps hikers.
    pub users: Arc<dyn UserStore>,
    /// What was texted.
    pub message_log: Arc<dyn MessageLog>,
    /// Keeps the hikers' promises.
    pub deadlines: Arc<dyn DeadlineStore>,
    /// Who must not be texted.
    pub opt_outs: Arc<dyn OptOuts>,
    /// Hears that promises are watched, if there is one outside.
    pub watchdog: Option<Arc<dyn Watchdog>>,
}

impl UserPorts {
    /// One store, as every port of hikers.
    pub fn on<S>(store: &Arc<S>) -> Self
    where
        S: UserStore + MessageLog + DeadlineStore + OptOuts + 'static,
    {
        Self {
            users: store.clone(),
            message_log: store.clone(),
            deadlines: store.clone(),
            opt_outs: store.clone(),
            watchdog: None,
        }
    }

    /// Composes the use cases by these rules.
    pub fn compose(
        self,
        kernel: &KernelPorts,
        (rules, budgets): (&SmsRules, Budgets),
        (forecasts, voice): (Option<Arc<Forecasts>>, Voice),
    ) -> Hiking {
        Hiking {
            users: Users {
                budgets: budgets.clone(),
                forecasts,
                store: self.users,
                deadlines: Arc::clone(&self.deadlines),
                log: self.message_log,
                opt_outs: self.opt_outs,
                routes: Arc::clone(&kernel.routes),
                textable: rules.textable.clone(),
                contacts_page: rules.contacts_page.clone(),
                region: rules.region,
                clock: Arc::clone(&kernel.clock),
                entropy: Arc::clone(&kernel.entropy),
            },
            watch: Watch {
                store: self.deadlines,
                routes: Arc::clone(&kernel.routes),
                textable: rules.textable.clone(),
                region: rules.region,
                clock: Arc::clone(&kernel.clock),
                budgets,
                pagers: rules.pagers.clone(),
                calls: rules.calls,
            },
            rounds: Rounds::default(),
            watchdog: self.watchdog,
            routes: Arc::clone(&kernel.routes),
            voice,
        }
    }
}
