//! Where it listens, what it is called, whom it believes, and what it refused lately.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use super::finding::Findings;
use crate::{
    config::{
        Config, Listen, PublicUrl,
        variable::{BIND, METRICS_BIND, PUBLIC_URL},
    },
    metrics::{listener::REFUSED_WEBHOOK, refused_webhook::RefusedWebhook},
};

const PATIENCE: Duration = Duration::from_secs(2);

/// Looks.
pub fn check(config: &Config, public_url: Option<&PublicUrl>, findings: &mut Findings) {
    let listen = &config.listen;
    if let Some(url) = public_url {
        findings.ok(PUBLIC_URL, format!("Twilio signs {url}/webhook/sms/inbound"));
    }
    match ask(listen.bind, "/healthz") {
        Some(answer) if answer.ends_with("ok\n") => {
            findings.ok(BIND, format!("the service answers at {}", listen.bind));
        }
        _ => free(BIND, listen.bind, false, findings),
    }
    if let Some(advice) = proxy_advice(listen) {
        findings.advice("THUNDERBIRD_TRUSTED_PROXIES", advice);
    }
    if let Some(address) = listen.metrics {
        match ask(address, "/metrics") {
            Some(answer) if answer.contains("thunderbird_") => {
                findings.ok(METRICS_BIND, format!("the metrics are at {address}"));
                refused_webhook(address, findings);
            }
            _ => free(METRICS_BIND, address, listen.metrics_is_default, findings),
        }
    }
}

/// Why a service behind a proxy would take everybody for one source.
pub fn proxy_advice(listen: &Listen) -> Option<String> {
    let https = listen.public_url.as_ref().is_some_and(PublicUrl::is_https);
    (https && listen.trusted_proxies.is_empty()).then(|| {
        "is empty although the public URL is https, so a proxy must stand in front: everybody will count as one source. \
         Name the proxy's address, such as 127.0.0.1"
            .to_owned()
    })
}

fn free(setting: &str, address: SocketAddr, may_be_taken: bool, findings: &mut Findings) {
    match TcpListener::bind(address) {
        Ok(_) => findings.ok(setting, format!("{address} is free")),
        Err(error) if may_be_taken => {
            findings.advice(
                setting,
                format!("{address}: {error}; the service will run without metrics"),
            );
        }
        Err(error) => findings.problem(
            setting,
            format!("{address}: {error}; choose another address or stop what has it"),
        ),
    }
}

fn refused_webhook(metrics: SocketAddr, findings: &mut Findings) {
    let answer = ask(metrics, REFUSED_WEBHOOK).unwrap_or_default();
    let body = answer.rsplit("\r\n\r\n").next().unwrap_or_default();
    match serde_json::from_str::<Option<RefusedWebhook>>(body) {
        Ok(Some(RefusedWebhook { at, signed_for: Some(url) })) => findings.problem(
            PUBLIC_URL,
            format!("the webhook refused at {at} was signed for {url}: set {PUBLIC_URL}={url}, or correct the webhook at Twilio"),
        ),
        Ok(Some(RefusedWebhook { at, signed_for: None })) => findings.advice(
            "TWILIO_AUTH_TOKEN",
            format!(
                "a webhook was refused at {at} that no likely address explains: if it was Twilio's, compare the token with the \
                 account's in its console (while it is rotated set TWILIO_AUTH_TOKEN_NEXT as well) and look for a proxy that \
                 changes the body; else it was a stranger"
            ),
        ),
        _ => {}
    }
}

/// What `address` answers to a GET, head and body.
fn ask(address: SocketAddr, path: &str) -> Option<String> {
    let attempt = || -> io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes(),
        )?;
        let mut answer = String::new();
        stream.take(1 << 20).read_to_string(&mut answer)?;
        Ok(answer)
    };
    attempt().ok()
}
