//! Pages to the operator, composed.

use std::sync::Arc;

use thunderbird_adapters::pager::HttpPager;
use thunderbird_domain::{
    outbox::port::Outbox,
    page::Pagers,
    pager::{PageChannel, PageGateway, PageLog, PagePayload, PageRounds, Paging},
    port::Fault,
};

use super::kernel::KernelPorts;
use crate::{
    config::PagerSettings,
    http::{
        app::{Looks, PagerDesk},
        health::upstream::UpstreamHealth,
    },
};

/// The ports of pages that only their context has.
pub struct PagerPorts {
    /// Keeps pages to send.
    pub outbox: Arc<dyn Outbox<PagePayload>>,
    /// Keeps what was reported.
    pub log: Arc<dyn PageLog>,
    /// Hands pages over; `None` while no address is configured.
    pub gateway: Option<Arc<dyn PageGateway>>,
}

/// The operator's address, if one is configured.
///
/// # Errors
///
/// A fault when the HTTP client cannot be set up.
pub fn gateway(settings: &PagerSettings) -> Result<Option<Arc<dyn PageGateway>>, Fault> {
    let Some(url) = &settings.url else {
        return Ok(None);
    };
    let pager = HttpPager::new(url.clone(), settings.allows_private)?;
    Ok(Some(Arc::new(pager)))
}

impl PagerPorts {
    /// One store, as both ports that keep something, and no address.
    pub fn on<S>(store: &Arc<S>) -> Self
    where
        S: Outbox<PagePayload> + PageLog + 'static,
    {
        Self {
            outbox: store.clone(),
            log: store.clone(),
            gateway: None,
        }
    }

    /// The same with the operator's address, if one is configured.
    ///
    /// # Errors
    ///
    /// A fault when the HTTP client cannot be set up.
    pub fn open<S>(store: &Arc<S>, settings: &PagerSettings) -> Result<Self, Fault>
    where
        S: Outbox<PagePayload> + PageLog + 'static,
    {
        Ok(Self {
            gateway: gateway(settings)?,
            ..Self::on(store)
        })
    }

    /// Composes the use cases for these pagers.
    pub fn compose(self, kernel: &KernelPorts, pagers: Pagers) -> PagerDesk {
        let configured = if self.gateway.is_some() { "ok" } else { "off" };
        PagerDesk {
            rounds: PageRounds {
                log: self.log,
                pagers,
                clock: Arc::clone(&kernel.clock),
            },
            pages: Paging {
                outbox: self.outbox,
                channel: PageChannel {
                    gateway: self.gateway,
                },
                sealer: Arc::clone(&kernel.sealer),
                clock: Arc::clone(&kernel.clock),
                entropy: Arc::clone(&kernel.entropy),
            },
            upstream: UpstreamHealth::new(configured),
            looks: Looks::default(),
        }
    }
}
