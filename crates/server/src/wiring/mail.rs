//! Through what mails leave, as the configuration asks for.

use std::sync::Arc;

use thunderbird_adapters::{
    mail::smtp::{SmtpMailer, SmtpSettingsError},
    simulator::mailbox::SimulatorMailbox,
};
use thunderbird_domain::{
    mail::{
        deliver::{MailChannel, Mailings},
        mailer::Mailer,
        outbox::MailPayload,
        stop::{MailStops, StopLinks, StoppedMails},
    },
    outbox::port::Outbox,
    time::Clock,
};

use super::kernel::KernelPorts;
use crate::{
    config::{Config, Mail},
    http::{app::Mailing, health::upstream::UpstreamHealth},
};

/// Where mails to contacts are stopped, below the public URL; the token follows.
const STOP: &str = "/mail/stop/";

/// Everything about the mailer in force.
#[derive(Default)]
pub struct Mails {
    /// Sends; `None` while mail is off.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// What the simulator was handed, when it is the simulator.
    pub mailbox: Option<Arc<SimulatorMailbox>>,
    /// Whether the mail server accepts mails.
    pub upstream: UpstreamHealth,
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
                upstream: UpstreamHealth::new("ok"),
            },
            Mail::Simulator => {
                let mailbox = Arc::new(SimulatorMailbox::new(Arc::clone(clock)));
                Self {
                    mailer: Some(mailbox.clone()),
                    mailbox: Some(mailbox),
                    upstream: UpstreamHealth::new("simulator"),
                }
            }
            Mail::Off => Self {
                mailer: None,
                mailbox: None,
                upstream: UpstreamHealth::new("off"),
            },
        })
    }
}

/// The ports of mails that only their context has.
pub struct MailPorts {
    /// Keeps mails to send.
    pub outbox: Arc<dyn Outbox<MailPayload>>,
    /// Sends mails.
    pub mails: Mails,
    /// Keeps which addresses have stopped mails to contacts.
    pub stopped: Arc<dyn StoppedMails>,
}

impl MailPorts {
    /// One store, as every port of mails that keeps something.
    pub fn on<S>(store: &Arc<S>, mails: Mails) -> Self
    where
        S: Outbox<MailPayload> + StoppedMails + 'static,
    {
        Self {
            outbox: store.clone(),
            stopped: store.clone(),
            mails,
        }
    }

    /// Composes the use cases.
    pub fn compose(self, kernel: &KernelPorts, public_url: &str) -> Mailing {
        let stops = StopLinks {
            base: format!("{public_url}{STOP}"),
            macs: Arc::clone(&kernel.macs),
        };
        Mailing {
            stops: MailStops {
                store: self.stopped,
                links: stops.clone(),
                clock: Arc::clone(&kernel.clock),
            },
            mailings: Mailings {
                outbox: self.outbox,
                channel: MailChannel {
                    mailer: self.mails.mailer,
                    stops,
                },
                sealer: Arc::clone(&kernel.sealer),
                clock: Arc::clone(&kernel.clock),
                entropy: Arc::clone(&kernel.entropy),
            },
            upstream: self.mails.upstream,
        }
    }
}
