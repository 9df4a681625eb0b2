//! An account as its owner sees it.

use serde::Serialize;
use thunderbird_domain::account::Account;

/// An account as its owner sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Account)]
pub struct AccountView {
    /// Never reused.
    #[schema(examples(7))]
    id: i64,
    /// In canonical spelling.
    #[schema(examples("ada@example.org"))]
    email: String,
    /// Whether the owner showed that mail reaches them.
    email_verified: bool,
    /// The proven number in E.164, or null.
    #[schema(examples("+61491570006"))]
    phone: Option<String>,
    /// When the account was registered, RFC 3339.
    #[schema(examples("2026-11-19T07:40:00Z"))]
    created_at: String,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id.get(),
            email: account.email.as_str().to_owned(),
            email_verified: account.email_verified_at.is_some(),
            phone: account.phone.map(|phone| phone.as_str().to_owned()),
            created_at: account.created_at.to_string(),
        }
    }
}
