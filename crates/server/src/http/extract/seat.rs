//! Who sits at the console.

use thunderbird_domain::admin::AdminCaller;

/// Somebody who is signed in to the console. A handler's first argument.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Who it is.
    pub caller: AdminCaller,
    /// What the page's forms must bring back.
    pub csrf: String,
}
