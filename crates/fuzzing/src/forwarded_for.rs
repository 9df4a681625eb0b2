//! Who the client is, by what proxies say.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

use ipnet::IpNet;
use thunderbird_server::http::extract::client_addr::{ClientAddr, client};

use crate::input;

static TRUSTED: LazyLock<[IpNet; 3]> =
    LazyLock::new(|| ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap()));

/// First line: the peer's address. Every other one: a line of `X-Forwarded-For`.
pub fn check(bytes: &[u8]) {
    let (peer, rest) = input::first_line(bytes);
    let peer: IpAddr = input::text(peer).trim().parse().unwrap_or([127, 0, 0, 1].into());
    let rest = input::text(rest);
    let lines: Vec<&str> = rest.split('\n').collect();
    let found = client(peer, &lines, &*TRUSTED);
    assert_eq!(
        client(peer, &lines, &[]),
        peer.to_canonical(),
        "nobody is trusted"
    );
    if !trusted(peer.to_canonical()) {
        assert_eq!(found, peer.to_canonical(), "a stranger spoke for himself");
        return;
    }
    let hops: Vec<&str> = lines.iter().flat_map(|line| line.split(',')).collect();
    let named: Vec<Option<IpAddr>> = hops.iter().map(|hop| address(hop)).collect();
    let untrusted = named
        .iter()
        .rposition(|hop| hop.is_none_or(|address| !trusted(address)));
    match untrusted.map(|place| (place, named[place])) {
        Some((_, Some(stranger))) => assert_eq!(found, stranger, "{lines:?}"),
        Some((place, None)) => {
            let told_by = named.get(place + 1).copied().flatten();
            assert_eq!(found, told_by.unwrap_or(peer.to_canonical()), "{lines:?}");
        }
        None => assert_eq!(found, named[0].unwrap_or(found), "{lines:?}"),
    }
    if untrusted.is_some() {
        let mut more = vec!["6.6.6.6"];
        more.extend(&lines);
        assert_eq!(client(peer, &more, &*TRUSTED), found, "the client added a hop");
    }
    let key = ClientAddr(found).limit_key();
    assert_eq!(key.ends_with("/64"), found.is_ipv6(), "{key}");
}

fn trusted(address: IpAddr) -> bool {
    TRUSTED.iter().any(|network| network.contains(&address))
}

/// An address with brackets, with a port, or as it is.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok();
    let with_port = hop.rsplit_once(':').filter(|(_, port)| is_port(port));
    let host = with_port.and_then(|(host, _)| match host.strip_prefix('[') {
        Some(rest) => bracketed(rest.strip_suffix(']')?),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    });
    let address: Option<IpAddr> = bare.unwrap_or(hop).parse().ok();
    address.or(host).map(|address| address.to_canonical())
}

/// An IPv6 address, with a zone or without.
fn bracketed(text: &str) -> Option<IpAddr> {
    let is_zone = |zone: &str| zone.bytes().all(|byte| byte.is_ascii_digit()) && zone.parse::<u32>().is_ok();
    let bare = match text.split_once('%') {
        Some((bare, zone)) => is_zone(zone).then_some(bare)?,
        None => text,
    };
    bare.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}
