//! The use cases about links between phones and accounts.

use std::sync::Arc;

use thunderbird_domain::phone::{PhoneStore, Phones};

use super::{kernel::KernelPorts, rules::Rules};

/// Composes the use cases on this store, by these rules.
pub(super) fn phones(store: Arc<dyn PhoneStore>, kernel: &KernelPorts, rules: &Rules) -> Phones {
    Phones {
        store,
        macs: Arc::clone(&kernel.macs),
        bodies: Arc::clone(&kernel.sealer),
        clock: Arc::clone(&kernel.clock),
        entropy: Arc::clone(&kernel.entropy),
        our_number: rules.our_number.clone(),
        region: rules.sms.region,
        textable: rules.sms.textable.clone(),
        limits: rules.codes,
        cap: rules.sending.cap,
    }
}
