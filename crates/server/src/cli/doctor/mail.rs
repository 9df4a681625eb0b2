//! The mail server.

use std::sync::Arc;

use thunderbird_adapters::{clock::SystemClock, mail::smtp::SmtpMailer};

use super::finding::Findings;
use crate::config::{Config, Mail};

const SMTP_URL: &str = "THUNDERBIRD_SMTP_URL";

/// Looks at the settings and, unless `offline`, signs in at the server.
pub async fn check(config: &Config, offline: bool, findings: &mut Findings) {
    let (url, from) = match &config.mail {
        Mail::Simulator => return findings.ok("mail", "the simulator: nothing leaves this machine"),
        Mail::Off => {
            return findings.advice(
                SMTP_URL,
                "is not set: passwords cannot be reset and addresses not verified",
            );
        }
        Mail::Smtp { url, from } => (url, from),
    };
    let mailer = match SmtpMailer::new(url, from, Arc::new(SystemClock)) {
        Ok(mailer) => mailer,
        Err(error) => return findings.problem(SMTP_URL, error.to_string()),
    };
    if offline {
        return findings.advice(SMTP_URL, "the mail server was not asked (--offline)");
    }
    match mailer.try_out().await {
        Ok(()) => findings.ok(SMTP_URL, "the mail server takes our sign-in"),
        Err(trouble) => findings.problem(SMTP_URL, trouble),
    }
}
