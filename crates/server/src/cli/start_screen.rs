//! What `serve` prints once it listens: what is in force, and what to try next. Never a secret.

use std::{fmt::Write as _, net::SocketAddr};

use thunderbird_domain::phone_number::PhoneNumber;

use crate::config::{Config, Gateway, Listen, Mail, PublicUrl};

/// The lines after `listening on …`.
pub fn text(config: &Config, public_url: &PublicUrl, metrics_at: Option<SocketAddr>) -> String {
    let mut lines = vec![
        ("public URL", public_url.to_string()),
        ("database", config.database.display().to_string()),
        ("texts", gateway(&config.gateway)),
        ("mail", mail(&config.mail)),
        ("registration", registration(config.accounts.registration_open)),
        ("documentation", format!("{public_url}/docs")),
    ];
    if config.listen.cors_origins.is_empty() {
        let none = "none; browsers of other origins cannot call the API (THUNDERBIRD_CORS_ORIGINS)";
        lines.push(("web origins", none.to_owned()));
    }
    lines.push(("metrics", metrics(&config.listen, metrics_at)));
    let mut text = String::new();
    for (name, value) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<14} {value}");
    }
    if matches!(config.gateway, Gateway::Simulator) {
        text.push_str(&next_steps(public_url));
    }
    text.trim_end().to_owned()
}

fn gateway(gateway: &Gateway) -> String {
    match gateway {
        Gateway::Twilio(twilio) => {
            let numbers: Vec<String> = twilio.numbers.iter().map(PhoneNumber::masked).collect();
            format!("Twilio, from {}", numbers.join(", "))
        }
        Gateway::Simulator => "the simulator: nothing leaves this machine".to_owned(),
    }
}

fn mail(mail: &Mail) -> String {
    match mail {
        Mail::Smtp { from, .. } => format!("SMTP, from {from}"),
        Mail::Simulator => "the simulator: read it with `thunderbird mailbox`".to_owned(),
        Mail::Off => "off: what needs mail answers 503 (THUNDERBIRD_SMTP_URL)".to_owned(),
    }
}

fn metrics(listen: &Listen, running: Option<SocketAddr>) -> String {
    match running.or(listen.metrics) {
        Some(address) if running.is_some() => format!("http://{address}/metrics"),
        Some(address) => format!("none: {address} is taken (THUNDERBIRD_METRICS_BIND)"),
        None => "off".to_owned(),
    }
}

fn registration(open: bool) -> String {
    if open {
        "open".to_owned()
    } else {
        "closed".to_owned()
    }
}

fn next_steps(public_url: &PublicUrl) -> String {
    format!(
        "\nTry next, in another terminal:\n  \
         thunderbird phone 0491570006 \"START\"\n  \
         curl {public_url}/auth/register -H 'Content-Type: application/json' \
         -d '{{\"email\":\"ada@example.org\",\"password\":\"a long walk in the rain\"}}'\n  \
         curl {public_url}/api/health\n"
    )
}
