//! Who is paged, and how.

use thunderbird_adapters::pager::is_private_host;
use thunderbird_domain::{email::Email, secret::Secret};
use url::Url;

use super::{gateway::Mail, reader::Reader};

/// The name of the address's setting.
pub const PAGER_URL: &str = "THUNDERBIRD_PAGER_URL";
/// The name of the mailbox's setting.
pub const PAGER_MAIL: &str = "THUNDERBIRD_PAGER_MAIL";
/// The name of the setting that allows private addresses.
pub const PAGER_PRIVATE: &str = "THUNDERBIRD_PAGER_PRIVATE";

/// Who is paged, and how.
#[derive(Debug, Clone, Default)]
pub struct PagerSettings {
    /// The address that gets pages; a secret.
    pub url: Option<Secret<String>>,
    /// The mailbox that gets them.
    pub mail: Option<Email>,
    /// Whether the address may be of this machine or of a private network.
    pub allows_private: bool,
}

impl PagerSettings {
    /// Reads the settings; `None` if one of them is wrong, which is then noted.
    pub(super) fn read(reader: &mut Reader, mail_server: Option<&Mail>) -> Option<Self> {
        let allows_private = reader.read(PAGER_PRIVATE, |text| match text {
            "refused" => Ok(false),
            "allowed" => Ok(true),
            _ => Err("must be refused or allowed".to_owned()),
        })?;
        let url = reader.read(PAGER_URL, |text| address(text, allows_private));
        let mail = reader.read(PAGER_MAIL, |text| {
            Email::parse(text).map_err(|_| "must be an address such as ops@example.org".to_owned())
        });
        if mail.is_some() && matches!(mail_server, Some(Mail::Off)) {
            reader.wrong(PAGER_MAIL, "needs a mail server: set THUNDERBIRD_SMTP_URL");
        }
        Some(Self {
            url,
            mail,
            allows_private,
        })
    }
}

fn address(text: &str, allows_private: bool) -> Result<Secret<String>, String> {
    let advice = || "must be a URL such as https://ntfy.example.org/topic".to_owned();
    let url = Url::parse(text).map_err(|_| advice())?;
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return Err(advice());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must have neither a user nor a part after #".into());
    }
    if !allows_private && is_private_host(&url) {
        return Err("must not be of this machine or of a private network, unless THUNDERBIRD_PAGER_PRIVATE is allowed".into());
    }
    Ok(Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http_and_public_unless_private_ones_are_allowed() {
        for right in [
            "https://ntfy.example.org/topic",
            "http://pager.example.org/?tpl=1",
        ] {
            assert!(address(right, false).is_ok(), "{right}");
        }
        for private in ["http://127.0.0.1:9000/a", "https://[::1]/a", "http://10.0.0.1/"] {
            assert!(address(private, false).is_err(), "{private}");
            assert!(address(private, true).is_ok(), "{private}");
        }
        for wrong in [
            "pager",
            "ftp://pager.example.org/a",
            "https://user:word@pager.example.org/a",
            "https://pager.example.org/a#b",
            "https://",
        ] {
            assert!(address(wrong, true).is_err(), "{wrong}");
        }
    }
}
