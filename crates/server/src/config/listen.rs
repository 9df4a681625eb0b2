//! Where the service listens, what it is called from outside, and whom it believes.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use ipnet::IpNet;
use url::{Host, Url};

use super::{
    accounts::{MAX_LIMIT, number},
    reader::Reader,
    variable::{BIND, CONNECTIONS_PER_SOURCE, HOLDER, METRICS_BIND, PUBLIC_URL},
};

/// The public URL: scheme, host and port, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// What to do instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|_| "must be a URL such as https://sms.example.org".to_owned())?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return Err("must be a URL such as https://sms.example.org".into());
        }
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(
                "must be scheme, host and optional port, nothing else: remove the path and what follows"
                    .into(),
            );
        }
        if !is_host_name(&url) || url.port() == Some(0) {
            return Err(
                "must name one host, and a port only if it has one, such as https://sms.example.org".into(),
            );
        }
        if url.scheme() == "http" && !is_loopback_host(&url) {
            return Err("must begin with https://, since its host is not this machine".into());
        }
        Ok(Self(url))
    }

    /// The URL of a service that listens on `address` for this machine alone.
    pub fn of_listener(address: SocketAddr) -> Option<Self> {
        Url::parse(&format!("http://{address}")).ok().map(Self)
    }

    /// Whether only this machine can reach it.
    pub fn is_loopback(&self) -> bool {
        is_loopback_host(&self.0)
    }

    /// Whether browsers reach it through TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Its host.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// `https://sms.example.org`, never with a slash at the end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the URL's host is this machine.
pub fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        None => false,
    }
}

/// Whether the URL's host is an address or a name of letters, digits, hyphens and dots; `*` is a host to the URL standard.
fn is_host_name(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
        Some(_) => true,
        None => false,
    }
}

/// The settings of the network.
#[derive(Debug, Clone)]
pub struct Listen {
    /// Address and port.
    pub bind: SocketAddr,
    /// What the world calls it; `None`: the address listened on.
    pub public_url: Option<PublicUrl>,
    /// Who is responsible for what the service holds about people; empty if it is not set.
    pub holder: String,
    /// Exact origins of browsers.
    pub cors_origins: Vec<String>,
    /// Whose forwarding header is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Connections that one source may have open.
    pub connections_per_source: usize,
    /// Where the metrics are read.
    pub metrics: Option<SocketAddr>,
    /// Whether `metrics` is the default, which may be taken without anybody's fault.
    pub metrics_is_default: bool,
}

impl Listen {
    /// Reads them.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let bind: Option<SocketAddr> = reader.read(BIND, |text| {
            text.parse()
                .map_err(|_| "must be an address and a port, such as 127.0.0.1:8080 or [::]:8080".to_owned())
        });
        let public_url = reader.read(PUBLIC_URL, PublicUrl::parse);
        if bind.is_some_and(|bind| !bind.ip().is_loopback()) && !reader.is_set(PUBLIC_URL) {
            reader.wrong(
                PUBLIC_URL,
                "must be set, since THUNDERBIRD_BIND is not a loopback address: the https URL that Twilio and browsers use",
            );
        }
        let cors_origins = reader.read("THUNDERBIRD_CORS_ORIGINS", |text| list(text, origin));
        let holder = reader.read(HOLDER, holder);
        let trusted_proxies = reader.read("THUNDERBIRD_TRUSTED_PROXIES", |text| list(text, network));
        let connections = reader.read(CONNECTIONS_PER_SOURCE, |text| number(text, 1, MAX_LIMIT));
        let metrics = reader.read(METRICS_BIND, metrics_address);
        Some(Self {
            bind: bind?,
            public_url,
            holder: holder.unwrap_or_default(),
            cors_origins: cors_origins.unwrap_or_default(),
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            connections_per_source: usize::try_from(connections?).unwrap_or(usize::MAX),
            metrics,
            metrics_is_default: !reader.is_set(METRICS_BIND),
        })
    }
}

/// Longest description of the holder, in characters.
const LONGEST_HOLDER: usize = 200;

fn holder(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().count() > LONGEST_HOLDER || text.chars().any(char::is_control) {
        return Err(format!("must be one line of at most {LONGEST_HOLDER} characters"));
    }
    Ok(text.to_owned())
}

/// A list separated by commas; blanks around items and empty items do not matter.
///
/// # Errors
///
/// What is wrong with the first item that is.
pub fn list<T>(text: &str, item: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(item)
        .collect()
}

/// The same, with at least one item.
///
/// # Errors
///
/// The same; `none` when there is no item.
pub fn some<T>(text: &str, none: &str, item: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let items = list(text, item)?;
    if items.is_empty() {
        Err(none.to_owned())
    } else {
        Ok(items)
    }
}

fn origin(text: &str) -> Result<String, String> {
    let advice = || {
        format!(
            "`{text}` is not an origin: write scheme, host and optional port, such as https://app.example.org"
        )
    };
    let url = Url::parse(text).map_err(|_| advice())?;
    let exact = url.origin().ascii_serialization();
    let is_exact = exact == text.trim_end_matches('/').to_ascii_lowercase() && is_host_name(&url);
    if !matches!(url.scheme(), "https" | "http") || !is_exact {
        return Err(advice());
    }
    if url.scheme() == "http" && !is_loopback_host(&url) {
        return Err(format!(
            "`{text}` must begin with https://, since its host is not this machine"
        ));
    }
    Ok(exact)
}

fn network(text: &str) -> Result<IpNet, String> {
    let network: IpNet = text
        .parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("`{text}` is not a network such as 10.0.0.0/8, nor an address"))?;
    if network.prefix_len() == 0 {
        return Err(format!(
            "`{text}` is everybody; name the proxy's own address or network"
        ));
    }
    Ok(network)
}

fn metrics_address(text: &str) -> Result<SocketAddr, String> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(_) => Err("must be a loopback address: the metrics have no password".into()),
        Err(_) => Err("must be an address and a port such as 127.0.0.1:9464, or empty".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin_and_safe() {
        for (text, shown) in [
            ("https://sms.example.org", "https://sms.example.org"),
            ("https://sms.example.org/", "https://sms.example.org"),
            ("https://SMS.example.org:443", "https://sms.example.org"),
            ("https://sms.example.org:8443", "https://sms.example.org:8443"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().as_str(), shown);
        }
        for text in [
            "http://sms.example.org",
            "https://sms.example.org/path",
            "https://sms.example.org?x=1",
            "https://sms.example.org#rc=5",
            "https://user:pass@sms.example.org",
            "ftp://localhost",
            "sms.example.org",
            "https://*.example.org",
            "https://sms.example.org:0",
            "",
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_origin_is_exact() {
        assert_eq!(
            origin("https://app.example.org").unwrap(),
            "https://app.example.org"
        );
        assert_eq!(
            origin("https://app.example.org:8443/").unwrap(),
            "https://app.example.org:8443"
        );
        for text in [
            "*",
            "null",
            "https://*.example.org",
            "app.example.org",
            "https://a.example/x",
            "http://a.example",
        ] {
            assert!(origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn trusting_everybody_is_refused() {
        assert!(network("0.0.0.0/0").is_err());
        assert!(network("::/0").is_err());
        assert_eq!(network("10.1.2.3").unwrap(), "10.1.2.3/32".parse().unwrap());
    }
}
