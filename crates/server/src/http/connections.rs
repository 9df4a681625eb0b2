//! Who may hold how many connections. One source never takes the places of all others, and the last eighth is kept for
//! Twilio's webhooks: a client that comes to a full service gets an answer and goes, instead of waiting without one.

use std::{
    any::Any,
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actix_web::{dev::Extensions, rt::net::TcpStream};
use ipnet::IpNet;
use rustix::net::Shutdown;
use thunderbird_domain::refusals;

/// This part of the places is for webhooks alone.
const KEPT: usize = 8;
/// One source has at most this part of the places, whatever the configuration says.
const WIDEST: usize = 4;
/// Among the places that are kept, a source that has this part of its share already gets no more.
const MODEST: usize = 16;
/// Most connections that are open only to be refused with an answer.
const REFUSALS: usize = 128;

/// What a connection is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Requests of every kind.
    Anything,
    /// Webhooks, and asking whether the service lives.
    Webhooks,
    /// To be told that there is no place.
    Refusal,
    /// Nothing: it is closed at once, and what came in before is not served.
    Nothing,
}

/// A connection's place; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    connections: Arc<Connections>,
    source: IpAddr,
    purpose: Purpose,
}

impl Place {
    /// Whether a request for `path` is served on this connection.
    pub fn serves(&self, path: &str) -> bool {
        match self.purpose {
            Purpose::Anything => true,
            Purpose::Webhooks => path.starts_with("/webhook/") || matches!(path, "/healthz" | "/readyz"),
            Purpose::Refusal | Purpose::Nothing => false,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.purpose == Purpose::Nothing {
            return;
        }
        let mut held = self.connections.held();
        if self.purpose == Purpose::Refusal {
            held.refused = held.refused.saturating_sub(1);
            return;
        }
        held.all = held.all.saturating_sub(1);
        if let Some(own) = held.sources.get_mut(&self.source) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                held.sources.remove(&self.source);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    refused: usize,
    sources: HashMap<IpAddr, usize>,
}

/// Every open connection, counted.
#[derive(Debug)]
pub struct Connections {
    places: usize,
    refusals: usize,
    per_source: usize,
    proxies: Vec<IpNet>,
    held: Mutex<Held>,
}

impl Connections {
    /// `allowed` connections may be open at once, at most `per_source` from one source; a proxy may have any number.
    pub fn new(allowed: usize, per_source: usize, proxies: Vec<IpNet>) -> Self {
        let refusals = REFUSALS.min(allowed / 16).max(1);
        let places = allowed.saturating_sub(refusals).max(1);
        Self {
            places,
            refusals,
            per_source: per_source.min(places / WIDEST).max(1),
            proxies,
            held: Mutex::default(),
        }
    }

    /// A place for a connection from `peer`.
    fn take(self: &Arc<Self>, peer: IpAddr) -> Place {
        let source = source(peer);
        let mut held = self.held();
        let own = held.sources.get(&source).copied().unwrap_or(0);
        let is_full = held.all >= self.places.saturating_sub(self.places / KEPT);
        let share = if is_full {
            (self.per_source / MODEST).max(1)
        } else {
            self.per_source
        };
        let is_proxy = self
            .proxies
            .iter()
            .any(|proxy| proxy.contains(&peer.to_canonical()));
        let purpose = if held.all >= self.places || (own >= share && !is_proxy) {
            Purpose::Refusal
        } else if is_full {
            Purpose::Webhooks
        } else {
            Purpose::Anything
        };
        let purpose = match purpose {
            Purpose::Refusal if held.refused >= self.refusals => Purpose::Nothing,
            known => known,
        };
        if matches!(purpose, Purpose::Nothing | Purpose::Refusal) {
            refusals::count("connections.source");
        }
        match purpose {
            Purpose::Nothing => {}
            Purpose::Refusal => held.refused = held.refused.saturating_add(1),
            Purpose::Anything | Purpose::Webhooks => {
                held.all = held.all.saturating_add(1);
                held.sources.insert(source, own.saturating_add(1));
            }
        }
        drop(held);
        self.place(source, purpose)
    }

    /// Gives a connection that was just accepted its place, and closes it if that is good for nothing. What the client
    /// has sent by then is read all the same, so the place must say that it serves nothing of it.
    pub fn seat(self: &Arc<Self>, stream: &dyn Any, data: &mut Extensions) {
        let stream = stream.downcast_ref::<TcpStream>();
        let peer = stream.and_then(|stream| stream.peer_addr().ok());
        let place = peer.map_or_else(
            || self.place(IpAddr::V6(Ipv6Addr::UNSPECIFIED), Purpose::Nothing),
            |peer| self.take(peer.ip()),
        );
        if place.purpose == Purpose::Nothing
            && let Some(stream) = stream
            && let Err(error) = rustix::net::shutdown(stream, Shutdown::Both)
        {
            tracing::debug!(%error, "a connection without a place was gone already");
        }
        data.insert(place);
    }

    fn place(self: &Arc<Self>, source: IpAddr, purpose: Purpose) -> Place {
        Place {
            connections: Arc::clone(self),
            source,
            purpose,
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one customer of a network has: the address, of IPv6 the /64 network.
fn source(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn taken(connections: &Arc<Connections>, from: &str, count: usize) -> Vec<Place> {
        (0..count).map(|_| connections.take(peer(from))).collect()
    }

    #[test]
    fn one_source_gets_its_share_and_an_answer_beyond_it() {
        let connections = Arc::new(Connections::new(256, 1_000, Vec::new()));
        let held = taken(&connections, "192.0.2.1", 100);
        let served = |path: &str| held.iter().filter(|place| place.serves(path)).count();
        assert_eq!((served("/"), served("/webhook/sms/inbound")), (60, 60));
        assert_eq!(
            held.iter()
                .filter(|place| place.purpose != Purpose::Nothing)
                .count(),
            76,
            "16 are told, the others are closed"
        );
        assert!(connections.take(peer("192.0.2.2")).serves("/"));
        let mapped = connections.take(peer("::ffff:192.0.2.1"));
        assert_eq!(
            mapped.purpose,
            Purpose::Nothing,
            "the same source, written otherwise"
        );
        assert!(!mapped.serves("/webhook/sms/inbound") && !mapped.serves("/healthz"));
        drop(held);
        assert!(connections.take(peer("192.0.2.1")).serves("/"));
        let _network = taken(&connections, "2001:db8:0:1::1", 60);
        assert!(!connections.take(peer("2001:db8:0:1::2")).serves("/"));
        assert!(connections.take(peer("2001:db8:0:2::1")).serves("/"));
    }

    #[test]
    fn the_last_places_are_for_webhooks_of_others() {
        let connections = Arc::new(Connections::new(256, 1_000, Vec::new()));
        let held: Vec<_> = (0..21)
            .flat_map(|host| taken(&connections, &format!("192.0.2.{host}"), 10))
            .collect();
        assert!(held.iter().all(|place| place.serves("/")));
        let twilio = connections.take(peer("198.51.100.1"));
        assert!(
            twilio.serves("/webhook/sms/inbound")
                && twilio.serves("/healthz")
                && !twilio.serves("/auth/token")
        );
        assert!(!connections.take(peer("192.0.2.1")).serves("/webhook/sms/inbound"));
        drop(held);
        assert!(!twilio.serves("/auth/token"));
        assert!(connections.take(peer("198.51.100.1")).serves("/auth/token"));
    }

    #[test]
    fn a_proxy_holds_the_connections_of_many() {
        let proxies = vec!["127.0.0.1/32".parse().unwrap()];
        let connections = Arc::new(Connections::new(256, 10, proxies));
        let held = taken(&connections, "127.0.0.1", 300);
        let all = |path: &str| held.iter().filter(|place| place.serves(path)).count();
        assert_eq!((all("/"), all("/webhook/sms/inbound")), (210, 240));
    }
}
