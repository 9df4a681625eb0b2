//! Who waits for whom when many passwords are compared.

use crate::{
    id::{AccountId, DeviceId},
    limit::Source,
};

/// Sign-ins of one source, or of one identifier or device, or own passwords of one account, that may wait; the next one is refused
/// at once.
pub(super) const WAITING: usize = 40;

/// Whose passwords wait for each other, so that one of many takes a thread that hashes and the others take no place that
/// somebody else needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SignInQueue {
    /// The sign-ins of one source.
    Source(Source),
    /// The sign-ins of one identifier, named by its counter's key.
    Identifier(Vec<u8>),
    /// The sign-ins of one known device. Those of its account from elsewhere do not keep it.
    Device(DeviceId),
    /// Who is signed in to one account and gives its password once more. Sign-ins from elsewhere do not keep them.
    Account(AccountId),
}
