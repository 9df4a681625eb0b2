//! The requests that are measured.

use std::sync::Arc;

use thunderbird_testkit::service::Webhook;

use crate::client::{Requests, get, post_form};

/// `GET /healthz`
pub fn empty() -> Requests {
    Arc::new(|_| get("/healthz", ""))
}

/// `GET /auth/me` with this access token.
pub fn me(token: &str) -> Requests {
    let head = format!("Authorization: Bearer {token}\r\n");
    Arc::new(move |_| get("/auth/me", &head))
}

/// A signed `HELP` from a sender of its own each time.
pub fn help(url: String, offset: u64) -> Requests {
    Arc::new(move |number| {
        let (client, place) = (number >> 32, number & 0xffff_ffff);
        let sender = format!("+6148{:07}", (offset + client * 40_000 + place) % 10_000_000);
        let webhook = Webhook::new(&url, &sender, "HELP");
        let form: Vec<(&str, &str)> = webhook
            .form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let head = format!(
            "X-Twilio-Signature: {}\r\n",
            webhook.signature.as_deref().unwrap_or_default()
        );
        post_form("/webhook/sms/inbound", &head, &form)
    })
}

/// A sign-in with the right password.
pub fn sign_in(email: &str, password: &str) -> Requests {
    let request = post_form("/auth/token", "", &[("username", email), ("password", password)]);
    Arc::new(move |_| request.clone())
}
