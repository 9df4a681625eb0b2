//! `thunderbird mailbox`

use actix_web::rt;
use clap::Args;
use thunderbird_adapters::simulator::mailbox::{MailboxReader, ShownMail};

use super::{Exit, Failure, Settings, phone, screen};
use crate::config::Mail;

/// Read the mails of the simulator: what the running service would have sent.
#[derive(Args)]
pub struct Mailbox {
    /// Only mails to this address.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Wait up to so many seconds for the first mail.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
    /// Print JSON, one mail a line.
    #[arg(long)]
    json: bool,
    /// Where the service runs, if not where the configuration says: such as http://127.0.0.1:8080.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl Mailbox {
    /// Reads.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let config = settings.read(&[])?;
        if !matches!(config.mail, Mail::Simulator) {
            return Err(Failure::configuration(
                "Mail is not simulated. Remove THUNDERBIRD_SMTP_URL and THUNDERBIRD_MAIL_FROM, on a loopback public \
                 URL, to use the mailbox.",
            ));
        }
        let url = match &self.url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => phone::public_url(&config)?,
        };
        let reader = MailboxReader::new(url, phone::key(&config)?).map_err(Failure::problem)?;
        let reading = rt::System::new().block_on(reader.mails(0, self.wait));
        let mails = reading.map_err(Failure::problem)?;
        let wanted = |mail: &&ShownMail| self.to.as_ref().is_none_or(|to| mail.to.eq_ignore_ascii_case(to));
        for mail in mails.iter().filter(wanted) {
            self.show(mail)?;
        }
        Ok(Exit::Done)
    }

    fn show(&self, mail: &ShownMail) -> Result<(), Failure> {
        if self.json {
            screen::say(serde_json::json!({
                "to": mail.to,
                "subject": mail.subject,
                "body": mail.body,
                "at": mail.at,
            }))?;
        } else {
            let ShownMail {
                to,
                subject,
                body,
                at,
                ..
            } = mail;
            screen::say(format_args!(
                "To: {to}\nSubject: {subject}\nDate: {at}\n\n{body}\n"
            ))?;
        }
        Ok(())
    }
}
