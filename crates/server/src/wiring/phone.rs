//! The use cases about links between phones and accounts.

use std::sync::Arc;

use thunderbird_domain::phone::Phones;

use super::{Ports, Rules};

/// On these ports, by these rules.
pub(super) fn phones(ports: &Ports, rules: &Rules) -> Phones {
    Phones {
        store: Arc::clone(&ports.phones),
        macs: Arc::clone(&ports.macs),
        bodies: Arc::clone(&ports.bodies),
        clock: Arc::clone(&ports.clock),
        entropy: Arc::clone(&ports.entropy),
        our_number: rules.our_number.clone(),
        region: rules.sms.region,
        textable: rules.sms.textable.clone(),
        limits: rules.codes,
    }
}
