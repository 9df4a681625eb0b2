//! The way to a server on another host: encrypted, and only to the server that the root certificate vouches for.

use std::net::TcpListener;

use thunderbird_adapters::store::postgres::{Address, migrate};
use thunderbird_testkit::postgres::Cluster;

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// What comes of looking at the server's own database.
fn looked(url: &str) -> String {
    let address: Address = url.parse().unwrap();
    match migrate::inspect(&address) {
        Ok(_) => "seen".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
fn only_the_server_with_the_right_certificate_is_spoken_to() {
    let port = free_port();
    let (server, other) = (Cluster::encrypted(port), Cluster::encrypted(free_port()));
    let (right, wrong) = (server.root_certificate(), other.root_certificate());
    let at =
        |host: &str, more: &str| looked(&format!("postgres://thunderbird@{host}:{port}/postgres?{more}"));

    assert_eq!(
        at("localhost", &format!("sslrootcert={}", right.display())),
        "seen"
    );

    let unknown = at("localhost", &format!("sslrootcert={}", wrong.display()));
    assert!(unknown.contains("UnknownIssuer"), "{unknown}");

    let named = at("127.0.0.1", &format!("sslrootcert={}", right.display()));
    assert!(named.contains("not valid for name"), "{named}");

    let plain = at("localhost", "sslmode=disable");
    assert!(plain.contains("no encryption"), "{plain}");
}
