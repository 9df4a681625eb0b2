//! Deleting an account, exporting what is held about it, and forgetting what is over.

mod delete;
mod export;
mod export_account;
mod exports;
mod forget;
mod retention;
mod store;

use std::sync::Arc;

pub use self::{
    delete::DeleteAccountError,
    export::{
        Export, ExportedAudit, ExportedCheckIn, ExportedCode, ExportedContact, ExportedHiker, ExportedLink,
        ExportedMail, ExportedMessage, ExportedPosition, ExportedPromise,
    },
    export_account::ExportError,
    exports::{Exporting, Exports},
    retention::{
        AUDIT_KEPT, BODIES_KEPT, CODES_KEPT, MAIL_TOKENS_KEPT, METADATA_KEPT, RetentionCutoffs,
        SESSIONS_KEPT, WORDS_KEPT,
    },
    store::{Deletion, PrivacyStore},
};
use crate::account::Accounts;

/// What people may ask of us about their own data: the ports it needs, and every use case as a method.
pub struct Privacy {
    /// Whose accounts they are.
    pub accounts: Arc<Accounts>,
    /// Reads and deletes across every context.
    pub store: Arc<dyn PrivacyStore>,
    /// The exports under way.
    pub exports: Exports,
}
