//! Who is asking, by address: the socket's peer, or what a trusted proxy says of it.

use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use ipnet::IpNet;

use crate::http::{app::App, problem::Problem};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddr(pub IpAddr);

impl ClientAddr {
    /// The key under which the source is counted: the address, of IPv6 the /64 network, which is what one customer has.
    pub fn limit_key(self) -> String {
        match self.0 {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let network = Ipv6Addr::from_bits(address.to_bits() >> 64 << 64);
                format!("{network}/64")
            }
        }
    }
}

impl ClientAddr {
    /// Who asks; `None` if the request did not come over a socket.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let trusted = request
            .app_data::<Data<App>>()
            .map_or(&[][..], |app| &app.edge.settings.trusted_proxies);
        let peer = request.peer_addr()?;
        Some(Self(client(peer.ip(), &forwarded(request), trusted)))
    }
}

impl FromRequest for ClientAddr {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(Problem::internal))
    }
}

/// The lines of `X-Forwarded-For` in order; one that is no text stands as an empty one, which ends the walk.
fn forwarded(request: &HttpRequest) -> Vec<&str> {
    request
        .headers()
        .get_all(FORWARDED_FOR)
        .map(|value| value.to_str().unwrap_or(""))
        .collect()
}

/// `X-Forwarded-For` is read from the right, each entry only if the one that reported it is a trusted proxy; what
/// cannot be read ends the walk.
pub fn client(peer: IpAddr, lines: &[&str], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.to_canonical();
    let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    while is_trusted(client) {
        match hops.next().and_then(address) {
            Some(hop) => client = hop,
            None => break,
        }
    }
    client
}

fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(hop);
    bare.parse()
        .ok()
        .or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_trusted_hops_are_believed() {
        let trusted = ["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        for (peer, lines, client_is) in [
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["198.51.100.1, 10.2.3.4"], "198.51.100.1"),
            (
                "127.0.0.1",
                &["6.6.6.6", "198.51.100.1", "10.2.3.4"],
                "198.51.100.1",
            ),
            ("127.0.0.1", &["198.51.100.1, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("127.0.0.1", &["[2001:db8::1]:80"], "2001:db8::1"),
            ("127.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("::ffff:127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["10.9.9.9"], "10.9.9.9"),
        ] {
            let found = client(peer.parse().unwrap(), lines, &trusted);
            assert_eq!(found, client_is.parse::<IpAddr>().unwrap(), "{peer} {lines:?}");
        }
    }

    #[test]
    fn nobody_is_believed_unless_configured() {
        let found = client("127.0.0.1".parse().unwrap(), &["198.51.100.1"], &[]);
        assert_eq!(found, "127.0.0.1".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn every_line_of_the_header_counts_in_order() {
        let request = TestRequest::default()
            .append_header((FORWARDED_FOR, "6.6.6.6"))
            .append_header((FORWARDED_FOR, &b"\xff"[..]))
            .append_header((FORWARDED_FOR, "198.51.100.1, 10.2.3.4"))
            .to_http_request();
        assert_eq!(forwarded(&request), ["6.6.6.6", "", "198.51.100.1, 10.2.3.4"]);
    }

    #[test]
    fn one_customers_ipv6_network_is_one_source() {
        let key = |text: &str| ClientAddr(text.parse().unwrap()).limit_key();
        assert_eq!(key("2001:db8:1:2:aaaa::1"), key("2001:db8:1:2:bbbb::2"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("192.0.2.1"), "192.0.2.1");
    }
}
