//! Pages by HTTP: one POST of JSON to the operator's address.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    header::CONTENT_TYPE,
    redirect, retry,
};
use serde_json::json;
use thunderbird_domain::{
    page::{PageKind, Urgency},
    pager::{PageGateway, PageLetter, Rung},
    port::{Fault, PortFuture},
    secret::Secret,
};
use url::{Host, Url};

const PORT: &str = "pager";
const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(10);

/// Why a connection was not opened.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the name leads only to private addresses")]
struct OnlyPrivate;

/// Posts pages to one address. The address is a secret: who knows it can page. Its name is looked up for each page, and
/// unless private addresses are allowed, an address of that kind is never connected to, also when the name's meaning has changed since.
pub struct HttpPager {
    client: Client,
    url: Secret<String>,
    is_refused: bool,
}

impl HttpPager {
    /// A client for the address `url`. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// A fault when the TLS library cannot be set up or the address is no URL.
    pub fn new(url: Secret<String>, allows_private: bool) -> Result<Self, Fault> {
        // The first of the process wins; everybody here installs the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let parsed = Url::parse(url.expose()).map_err(|error| Fault::lasting(PORT, error))?;
        let mut client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .pool_max_idle_per_host(0)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .user_agent(concat!("thunderbird/", env!("CARGO_PKG_VERSION")));
        if !allows_private {
            client = client.dns_resolver(Arc::new(PublicOnly));
        }
        Ok(Self {
            client: client.build().map_err(|error| Fault::lasting(PORT, error))?,
            is_refused: !allows_private && is_private_host(&parsed),
            url,
        })
    }
}

impl PageGateway for HttpPager {
    /// The head of the answer is all that is read. The JSON is for any webhook; the headers let ntfy show its parts in
    /// place of the JSON (message templates, since version 2.10).
    fn ring<'a>(&'a self, letter: &'a PageLetter) -> PortFuture<'a, Rung> {
        Box::pin(async move {
            if self.is_refused {
                return Ok(Rung::Private);
            }
            let urgency = letter.kind.map_or(Urgency::High, PageKind::urgency);
            let body = json!({
                "id": letter.tag.to_string(),
                "kind": letter.kind.map_or("test", PageKind::as_str),
                "title": letter.title,
                "message": letter.message,
                "priority": urgency.number(),
                "tags": [urgency.tag()],
                "click": letter.link,
            });
            let request = self
                .client
                .post(self.url.expose())
                .header(CONTENT_TYPE, "application/json")
                .header("X-Template", "yes")
                .header("X-Title", "{{.title}}")
                .header("X-Message", "{{.message}}")
                .header("X-Priority", urgency.number().to_string())
                .header("X-Tags", urgency.tag())
                .header("X-Click", letter.link.as_str())
                .body(body.to_string());
            Ok(match request.send().await {
                Ok(answer) if answer.status().is_success() => Rung::Taken,
                Ok(answer) => Rung::Refused {
                    status: answer.status().as_u16(),
                },
                Err(error) if is_only_private(&error) => Rung::Private,
                Err(_) => Rung::Unanswered,
            })
        })
    }
}

fn is_only_private(error: &reqwest::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<OnlyPrivate>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// Looks names up, and leaves out every address that is not of the public network.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| !is_private(address.ip())).collect();
            if public.is_empty() {
                return Err(OnlyPrivate.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether the URL's host is written as an address that is not of the public network. A name is looked up later.
pub fn is_private_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_private(address.into()),
        Some(Host::Ipv6(address)) => is_private(address.into()),
        Some(Host::Domain(_)) | None => false,
    }
}

/// Whether an address is of this machine, of a private, shared, link-local or reserved network, or of none: see the
/// registries of RFC 6890. An address of IPv4 inside one of IPv6 counts as itself.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, third, _] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_documentation()
                || first == 0
                || first >= 240
                || (first == 100 && (64..128).contains(&second))
                || (first == 198 && (second == 18 || second == 19))
                || (first == 192 && second == 0 && third == 0)
        }
        IpAddr::V6(v6) => {
            let [first, second, .., high, low] = v6.segments();
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            let inner = IpAddr::from([a, b, c, d]);
            let is_translated = (first, second) == (0x64, 0xff9b);
            let is_compatible = v6.segments().iter().take(6).all(|segment| *segment == 0);
            v6.is_multicast()
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
                || (first & 0xffc0) == 0xfec0
                || first == 0x2002
                || (first, second) == (0x2001, 0xdb8)
                || (first, second) == (0x2001, 0)
                || is_compatible
                || (is_translated && is_private(inner))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_network_are_asked() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "192.0.0.8",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "fe80::1",
            "fd00::1",
            "fec0::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "100.63.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn a_host_that_is_an_address_is_judged_as_it_is_written() {
        for private in [
            "http://[::1]/x",
            "https://10.0.0.1",
            "http://0x7f.1/",
            "http://2130706433",
        ] {
            assert!(is_private_host(&Url::parse(private).unwrap()), "{private}");
        }
        assert!(!is_private_host(
            &Url::parse("https://ntfy.example.org/x").unwrap()
        ));
    }
}
