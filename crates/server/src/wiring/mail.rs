//! Through what mails leave, as the configuration asks for.

use std::sync::Arc;

use thunderbird_adapters::{
    mail::smtp::{SmtpMailer, SmtpSettingsError},
    simulator::mailbox::SimulatorMailbox,
};
use thunderbird_domain::{
    mail::{deliver::Mailings, mailer::Mailer},
    time::Clock,
};

use super::Ports;
use crate::config::{Config, Mail};

/// Everything about the mailer in force.
#[derive(Default)]
pub struct Mails {
    /// Sends; `None` while mail is off.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// What the simulator was handed, when it is the simulator.
    pub mailbox: Option<Arc<SimulatorMailbox>>,
}

impl Mails {
    /// Sets the mailer up; asks nobody yet.
    ///
    /// # Errors
    ///
    /// [`SmtpSettingsError`] when the settings cannot work.
    pub fn open(config: &Config, clock: &Arc<dyn Clock>) -> Result<Self, SmtpSettingsError> {
        Ok(match &config.mail {
            Mail::Smtp { url, from } => Self {
                mailer: Some(Arc::new(SmtpMailer::new(url, from, Arc::clone(clock))?)),
                mailbox: None,
            },
            Mail::Simulator => {
                let mailbox = Arc::new(SimulatorMailbox::new(Arc::clone(clock)));
                Self {
                    mailer: Some(mailbox.clone()),
                    mailbox: Some(mailbox),
                }
            }
            Mail::Off => Self::default(),
        })
    }
}

/// Mails out.
pub fn mailings(ports: &Ports) -> Mailings {
    Mailings {
        outbox: Arc::clone(&ports.mail_outbox),
        mailer: ports.mails.mailer.clone(),
        sealer: Arc::clone(&ports.bodies),
        clock: Arc::clone(&ports.clock),
        entropy: Arc::clone(&ports.entropy),
    }
}
