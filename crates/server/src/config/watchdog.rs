//! The watchdog outside.

use thunderbird_domain::secret::Secret;
use url::Url;

use super::{listen::is_loopback_host, reader::Reader};

/// The name of the setting.
pub const WATCHDOG_URL: &str = "THUNDERBIRD_WATCHDOG_URL";

/// Reads where the watchdog is; `None` if there is none.
pub fn read(reader: &mut Reader) -> Option<Secret<String>> {
    reader.read(WATCHDOG_URL, address)
}

fn address(text: &str) -> Result<Secret<String>, String> {
    let url = Url::parse(text)
        .map_err(|_| "must be a URL such as https://watchdog.example.org/ping/…".to_owned())?;
    let is_secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback_host(&url));
    if !is_secure || !url.has_host() {
        return Err("must begin with https:// (plain http only for a loopback host)".into());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must have neither a user nor a part after #".into());
    }
    Ok(Secret::new(text.to_owned()))
}

/// The address as it may be shown: what follows the host is the secret.
pub fn shown(url: &Secret<String>) -> String {
    let Ok(url) = Url::parse(url.expose()) else {
        return "…".to_owned();
    };
    format!("{}/…", url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_whole_and_shown_without_its_secret() {
        let url = address("https://hc.example.org/ping/0f1e2d3c?x=1").unwrap();
        assert_eq!(url.expose(), "https://hc.example.org/ping/0f1e2d3c?x=1");
        assert_eq!(shown(&url), "https://hc.example.org/…");
        assert_eq!(
            shown(&address("http://127.0.0.1:9000/a").unwrap()),
            "http://127.0.0.1:9000/…"
        );
    }

    #[test]
    fn anything_else_is_a_mistake() {
        for wrong in [
            "watchdog",
            "http://hc.example.org/ping",
            "ftp://hc.example.org/ping",
            "https://user:word@hc.example.org/ping",
            "https://hc.example.org/ping#x",
            "https://",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
