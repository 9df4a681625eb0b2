//! The channel of pages: hands them to the operator's address.

use std::{sync::Arc, time::Duration};

use super::{
    gateway::{PageGateway, PageLetter, Rung},
    outbox::PagePayload,
};
use crate::{
    outbox::{
        dispatch::{Channel, Dispatcher, Handover},
        retry::Attempt,
    },
    outgoing::Class,
    port::Fault,
};

/// Sends queued pages.
pub type Paging = Dispatcher<PageChannel>;

/// What the outbox needs for pages.
pub struct PageChannel {
    /// Hands pages over; `None` while no address is configured.
    pub gateway: Option<Arc<dyn PageGateway>>,
}

impl Channel for PageChannel {
    type Payload = PagePayload;

    const LEASE: Duration = Duration::from_mins(1);
    const CLASSES: &'static [Class] = &[Class::Alarm];

    fn is_on(&self) -> bool {
        self.gateway.is_some()
    }

    /// A page that was not taken is tried again until its life is over, whatever the answer was. A page too many is a
    /// nuisance, and a page that is lost may be a person, so an unknown end counts as one that certainly failed.
    async fn hand_over(&self, page: Handover<'_, PagePayload>) -> Result<Attempt<()>, Fault> {
        let letter = PageLetter {
            tag: page.tag,
            kind: Some(page.payload.kind),
            title: page.payload.title.clone(),
            message: page.body.expose().clone(),
            link: page.payload.link.clone(),
        };
        let rung = match &self.gateway {
            Some(gateway) => gateway.ring(&letter).await?,
            None => Rung::Unanswered,
        };
        let again = |code| Attempt::Temporary {
            code,
            retry_after: None,
        };
        Ok(match rung {
            Rung::Taken => Attempt::Accepted(()),
            Rung::Refused { status } => again(Some(u32::from(status))),
            Rung::Unanswered | Rung::Private => again(None),
        })
    }
}
