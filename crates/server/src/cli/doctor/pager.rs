//! The operator's pager.

use std::sync::Arc;

use thunderbird_adapters::{clock::SystemClock, crypto::entropy::SystemEntropy, mail::smtp::SmtpMailer};
use thunderbird_domain::{
    email::Email,
    mail::mailer::{Handed, Letter, Mailer as _},
    messages::page as words,
    pager::{PageLetter, Rung},
    random::Tag,
    secret::Secret,
};
use tokio::time::Instant;

use super::finding::Findings;
use crate::{
    config::{
        Config, Gateway, Mail, PublicUrl,
        pager::{PAGER_MAIL, PAGER_PRIVATE, PAGER_URL},
        watchdog::shown,
    },
    wiring,
};

const TITLE: &str = "Thunderbird: a test";

/// Looks at the settings and, if `sends`, pages once by each of them.
pub async fn check(config: &Config, public_url: Option<&PublicUrl>, sends: bool, findings: &mut Findings) {
    let pager = &config.pager;
    if pager.url.is_none() && pager.mail.is_none() {
        return match (&config.gateway, sends) {
            (_, true) => findings.problem(PAGER_URL, "nothing is set, so no page can be sent"),
            (Gateway::Twilio(_), false) => findings.advice(
                PAGER_URL,
                "nothing is set: you are paged about no alarm, and hear of one only at the console",
            ),
            (Gateway::Simulator, false) => {}
        };
    }
    let link = public_url.map(|url| format!("{url}/admin")).unwrap_or_default();
    if let Some(url) = &pager.url {
        let shown = shown(url);
        if shown.starts_with("http://") {
            findings.advice(
                PAGER_URL,
                "is not https: others on the way can read pages, and page you",
            );
        }
        if sends {
            ring(config, &shown, link.clone(), findings).await;
        } else {
            let text = format!("{shown} is paged; `doctor --page` sends a test");
            findings.ok(PAGER_URL, text);
        }
    }
    if let Some(to) = &pager.mail {
        if sends {
            mail(config, to, &link, findings).await;
        } else {
            findings.ok(PAGER_MAIL, "a mailbox is paged; `doctor --page` sends a test");
        }
    }
}

async fn ring(config: &Config, shown: &str, link: String, findings: &mut Findings) {
    let gateway = match wiring::pager::gateway(&config.pager) {
        Ok(Some(gateway)) => gateway,
        Ok(None) => return,
        Err(fault) => return findings.problem(PAGER_URL, format!("{fault:?}")),
    };
    let letter = PageLetter {
        tag: Tag::draw(&SystemEntropy),
        kind: None,
        title: TITLE.to_owned(),
        message: words::test(),
        link,
    };
    let begun = Instant::now();
    let rung = gateway.ring(&letter).await;
    let millis = begun.elapsed().as_millis();
    match rung {
        Ok(Rung::Taken) => findings.ok(PAGER_URL, format!("{shown} took a test page within {millis} ms")),
        Ok(Rung::Refused { status }) => {
            findings.problem(
                PAGER_URL,
                format!("{shown} refused a test page with status {status}"),
            );
        }
        Ok(Rung::Unanswered) => {
            findings.problem(
                PAGER_URL,
                format!("{shown} did not answer a test page ({millis} ms)"),
            );
        }
        Ok(Rung::Private) => findings.problem(
            PAGER_PRIVATE,
            format!("{shown} leads to a private address, which is not asked unless this is `allowed`"),
        ),
        Err(fault) => findings.problem(PAGER_URL, format!("{fault:?}")),
    }
}

async fn mail(config: &Config, to: &Email, link: &str, findings: &mut Findings) {
    let Mail::Smtp { url, from } = &config.mail else {
        return findings.advice(
            PAGER_MAIL,
            "the simulator's mailbox belongs to the service, so no test was sent",
        );
    };
    let mailer = match SmtpMailer::new(url, from, Arc::new(SystemClock)) {
        Ok(mailer) => mailer,
        Err(error) => return findings.problem(PAGER_MAIL, error.to_string()),
    };
    let letter = Letter {
        tag: Tag::draw(&SystemEntropy),
        to: to.clone(),
        subject: TITLE.to_owned(),
        body: Secret::new(words::mailed(&words::test(), link)),
        stop: None,
    };
    match mailer.send(&letter).await {
        Ok(Handed::Accepted) => findings.ok(PAGER_MAIL, "the mail server took a test page"),
        Ok(Handed::Permanent { code } | Handed::Temporary { code }) => {
            let code = code.map_or_else(
                || "without a reply".to_owned(),
                |code| format!("with reply {code}"),
            );
            findings.problem(PAGER_MAIL, format!("the mail server refused a test page {code}"));
        }
        Ok(Handed::Ambiguous) => {
            findings.problem(
                PAGER_MAIL,
                "the mail server took the whole test page and did not answer",
            );
        }
        Err(fault) => findings.problem(PAGER_MAIL, format!("{fault:?}")),
    }
}
