//! The administrator who sends a request to the console.

use thunderbird_domain::admin::AdminCaller;

/// An administrator who is signed in to the console. A handler's first argument.
#[derive(Debug, Clone)]
pub struct CurrentAdmin {
    /// Name, role and session of the administrator.
    pub caller: AdminCaller,
    /// The token that the page's forms must send back.
    pub csrf: String,
}
