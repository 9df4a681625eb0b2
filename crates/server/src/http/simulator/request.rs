//! Who may look into the simulator: a request directly from this machine, with the key or the cookie.

use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv6Addr},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web::Data,
};

use super::access::SimulatorAccess;
use crate::http::{app::App, problem::Problem};

/// Headers that proxies set: a request that has one does not come directly from a user of this machine.
const FORWARDING: [&str; 6] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// The simulator is on, and the request comes directly from this machine. Anything else is answered 404, so that it
/// learns nothing.
pub struct LoopbackRequest(Data<App>);

/// As [`LoopbackRequest`], with the key or the cookie.
pub struct SimulatorUser(LoopbackRequest);

impl LoopbackRequest {
    /// What the simulator shows, and what opens it.
    ///
    /// # Errors
    ///
    /// 404 when the simulator is off.
    pub fn access(&self) -> Result<&SimulatorAccess, Problem> {
        self.0.edge.simulator.as_ref().ok_or_else(Problem::not_found)
    }
}

impl SimulatorUser {
    /// What the simulator shows, and what opens it.
    ///
    /// # Errors
    ///
    /// 404 when the simulator is off.
    pub fn access(&self) -> Result<&SimulatorAccess, Problem> {
        self.0.access()
    }
}

impl FromRequest for LoopbackRequest {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(loopback(request))
    }
}

impl FromRequest for SimulatorUser {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(loopback(request).and_then(|loopback| {
            let opens = loopback.access()?.opens_for(request);
            if opens {
                Ok(Self(loopback))
            } else {
                Err(Problem::not_found())
            }
        }))
    }
}

fn loopback(request: &HttpRequest) -> Result<LoopbackRequest, Problem> {
    let app = request.app_data::<Data<App>>().ok_or_else(Problem::not_found)?;
    let is_local = request
        .peer_addr()
        .is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let is_forwarded = FORWARDING
        .iter()
        .any(|name| request.headers().contains_key(*name));
    if app.edge.simulator.is_some() && is_local && !is_forwarded && names_this_machine(request.headers()) {
        Ok(LoopbackRequest(Data::clone(app)))
    } else {
        Err(Problem::not_found())
    }
}

/// Whether `Host` is a loopback address: a page of another site that was rebound to 127.0.0.1 names its own.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST);
    let (Some(Ok(host)), None) = (hosts.next().map(|value| value.to_str()), hosts.next()) else {
        return false;
    };
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((literal, _)) => {
            return literal
                .parse()
                .is_ok_and(|address: Ipv6Addr| address.is_loopback());
        }
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_this_machines_names_are_let_in() {
        for (host, expected) in [
            ("127.0.0.1:8080", true),
            ("127.0.0.2", true),
            ("localhost:8080", true),
            ("LOCALHOST", true),
            ("[::1]:8080", true),
            ("evil.example:8080", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("[::2]", false),
            ("", false),
        ] {
            let request = TestRequest::default()
                .insert_header((header::HOST, host))
                .to_http_request();
            assert_eq!(names_this_machine(request.headers()), expected, "{host}");
        }
        let twice = TestRequest::default()
            .append_header((header::HOST, "localhost"))
            .append_header((header::HOST, "evil.example"));
        assert!(!names_this_machine(twice.to_http_request().headers()));
    }
}
