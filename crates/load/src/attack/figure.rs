//! The figures that are asked for, as the rows are called behind the phase.

/// Every signed text.
pub const TEXTS: &str = "texts answered 200";
/// How long a text takes, against quiet times.
pub const SLOWER: &str = "texts p99 / quiet, as far as the disk is not slower";
/// Sign-ins and registrations.
pub const SIGN_INS: &str = "sign-ins served";
/// Pages of the console and sign-ins to it.
pub const CONSOLE: &str = "console served";
/// What contacts of honest hikers read.
pub const TOLD: &str = "contacts of honest hikers told";
/// The database file and the log.
pub const GROWTH: &str = "disk growth of one source";
/// Texts that attackers cause.
pub const RECIPIENT: &str = "most texts to one recipient";
