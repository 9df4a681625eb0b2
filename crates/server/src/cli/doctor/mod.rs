//! `thunderbird doctor`: will it work, and if not, which setting is to be changed to what.

mod clock;
mod database;
mod finding;
mod forecast;
mod keys;
mod mail;
mod network;
mod pager;
mod twilio;
mod watchdog;

use actix_web::rt;
use clap::Args;
use thunderbird_adapters::clock::SystemClock;
use thunderbird_domain::time::Clock as _;

use self::finding::{Finding, Findings, Level};
pub use self::network::proxy_advice;
use super::{Exit, Failure, Settings, screen};
use crate::config::{Config, PublicUrl};

/// Look at the configuration, the database, the keys, the clock, Twilio, mail, the pager and the network, and say what is
/// to be changed. It changes nothing. The exit code is 0 when the service will work, 1 when it will not, 78 when the
/// configuration cannot be read.
#[derive(Args)]
pub struct Doctor {
    /// Ask nobody outside this machine: neither Twilio nor the mail server.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    asks: Asks,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is only asked for if the operator wants it.
#[derive(Args)]
struct Asks {
    /// Ask each provider of forecasts for one cell, and say what came: which run it is, and how much of it is there.
    #[arg(long, conflicts_with = "offline")]
    forecast: bool,
    /// Send a test page to the pager's address and mailbox, and say what came of it.
    #[arg(long, conflicts_with = "offline")]
    page: bool,
}

impl Doctor {
    /// Looks.
    ///
    /// # Errors
    ///
    /// A configuration that cannot be read.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let config = settings.read(&[])?;
        let findings = rt::System::new().block_on(check(&config, &self));
        if self.json {
            screen::say(serde_json::json!({"works": !findings.has_problem(), "findings": findings.0}))?;
        } else {
            for finding in &findings.0 {
                screen::say(finding.line())?;
            }
        }
        Ok(if findings.has_problem() {
            Exit::Problem
        } else {
            Exit::Done
        })
    }
}

/// What is wrong with this machine's clock, at Twilio and at the mail server: `serve` reports it once it runs.
pub async fn amiss_outside(config: &Config, public_url: &PublicUrl) -> Vec<Finding> {
    let mut findings = Findings::default();
    let clock = SystemClock;
    clock::against_the_database(&config.database, true, clock.now(), &mut findings);
    twilio::check(config, public_url, false, &clock, &mut findings).await;
    mail::check(config, false, &mut findings).await;
    findings.0.retain(|finding| finding.level != Level::Ok);
    findings.0
}

async fn check(config: &Config, asked: &Doctor) -> Findings {
    let offline = asked.offline;
    let mut findings = Findings::default();
    findings.ok("configuration", "every setting is valid");
    let clock = SystemClock;
    let public_url = config.listen.public_url.clone();
    let public_url = public_url.or_else(|| PublicUrl::of_listener(config.listen.bind));
    let is_sound = database::check(&config.database, &mut findings);
    keys::check(config, is_sound, &clock, &mut findings).await;
    clock::against_the_database(&config.database, is_sound, clock.now(), &mut findings);
    network::check(config, public_url.as_ref(), &mut findings);
    if let Some(public_url) = &public_url {
        twilio::check(config, public_url, offline, &clock, &mut findings).await;
    }
    mail::check(config, offline, &mut findings).await;
    watchdog::check(config, &mut findings);
    pager::check(config, public_url.as_ref(), asked.asks.page, &mut findings).await;
    forecast::check(config, asked.asks.forecast, &mut findings).await;
    findings
}
