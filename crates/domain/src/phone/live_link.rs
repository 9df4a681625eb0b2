//! A link that has not ended, and why one ends: what the texts about links need to know of it.

use crate::{
    email::Email,
    id::{AccountId, LinkId},
    phone_number::PhoneNumber,
};

/// A link that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveLink {
    /// Id of the link.
    pub id: LinkId,
    /// Number that is linked.
    pub phone: PhoneNumber,
    /// Account that it is linked to.
    pub account: LinkAccount,
}

/// An account as a link sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkAccount {
    /// Id of the account.
    pub id: AccountId,
    /// E-mail address of its owner.
    pub email: Email,
}

/// Why a link ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkEndReason {
    /// The account asked for it.
    Web,
    /// The phone asked for it, and confirmed.
    Text,
    /// Another account proved to own the number.
    Transferred,
    /// The account proved to own another number.
    Replaced,
    /// The account was deleted.
    AccountDeleted,
    /// An operator did it.
    Operator,
}

crate::word::word_enum!(LinkEndReason {
    Web => "web",
    Text => "text",
    Transferred => "transferred",
    Replaced => "replaced",
    AccountDeleted => "account_deleted",
    Operator => "operator",
});
