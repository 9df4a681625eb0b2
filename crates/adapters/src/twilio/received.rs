//! Reads what Twilio has received for our numbers: its list of messages, page by page
//! (<https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources>). Twilio delivers a
//! webhook once, so a text that came while we could not be reached is found here only.

use std::{sync::Arc, time::Duration};

use reqwest::{RequestBuilder, header};
use thunderbird_domain::{
    phone_number::PhoneNumber,
    port::{Fault, PortFuture},
    sms::{
        inbound::TokenFingerprint,
        received_texts::{Listing, ReceivedText, ReceivedTexts},
    },
    time::Timestamp,
};

use super::{
    client::{TwilioGateway, read},
    date::day,
    received_page::{Page, page},
};

/// Messages on a page.
const PAGE_SIZE: &str = "200";

/// More pages than this are not read in one round.
const MAX_PAGES: usize = 50;

/// More than this of a page is not read: 200 messages of 1,600 characters, each character written as `\u1234`.
const MAX_PAGE: usize = 4 * 1024 * 1024;

/// How long all pages together may take.
const TOTAL: Duration = Duration::from_secs(45);

/// Twilio's list of the texts to our numbers.
pub struct TwilioReceived {
    /// The account, and the connection to it.
    pub gateway: Arc<TwilioGateway>,
    /// The numbers whose texts are listed.
    pub numbers: Vec<PhoneNumber>,
    /// The auth token in force: a webhook that brings one of the texts later is signed with it.
    pub signed_by: TokenFingerprint,
}

/// The list as far as it was read.
#[derive(Default)]
struct Read {
    texts: Vec<ReceivedText>,
    unreadable: usize,
    pages: usize,
}

impl TwilioReceived {
    async fn list(&self, since: Timestamp) -> Option<Listing> {
        let mut read = Read::default();
        let mut is_whole = true;
        for number in &self.numbers {
            is_whole &= self.list_one(number, since, &mut read).await?;
        }
        Some(Listing::Texts {
            texts: read.texts,
            unreadable: read.unreadable,
            is_whole,
        })
    }

    /// Reads the pages about one number, the newest texts first. The filter of Twilio knows days only, so reading ends
    /// with the first page that is older as a whole. Returns `false` if more pages are left than are read at once.
    async fn list_one(&self, number: &PhoneNumber, since: Timestamp, read: &mut Read) -> Option<bool> {
        let messages = format!(
            "/2010-04-01/Accounts/{}/Messages.json",
            self.gateway.account.account_sid
        );
        let base = &self.gateway.account.base_url;
        let first = self.gateway.client.get(format!("{base}{messages}")).query(&[
            ("To", number.as_str()),
            ("DateSent>", day(since)?.as_str()),
            ("PageSize", PAGE_SIZE),
        ]);
        let mut request = first;
        loop {
            if read.pages >= MAX_PAGES {
                return Some(false);
            }
            read.pages += 1;
            let Page {
                texts,
                unreadable,
                newest,
                next,
            } = self.page(request, number).await?;
            read.texts.extend(texts);
            read.unreadable = read.unreadable.saturating_add(unreadable);
            let Some(next) = next.filter(|_| newest.is_none_or(|newest| newest >= since)) else {
                return Some(true);
            };
            // Only the same list is read on: our credentials go nowhere else.
            let query = next.strip_prefix(&messages)?.strip_prefix('?')?;
            request = self.gateway.client.get(format!("{base}{messages}?{query}"));
        }
    }

    async fn page(&self, request: RequestBuilder, number: &PhoneNumber) -> Option<Page> {
        let account = &self.gateway.account;
        let request = request
            .basic_auth(&account.user, Some(account.password.expose()))
            .header(header::ACCEPT, "application/json");
        let answer = match self.gateway.ask(request).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(event = "twilio.list_unreachable", error = %error.without_url(), "texts cannot be fetched");
                return None;
            }
        };
        let status = answer.status().as_u16();
        let body = read(answer, MAX_PAGE).await;
        let read = body
            .filter(|_| status == 200)
            .and_then(|body| page(&body, number, self.signed_by));
        if read.is_none() {
            tracing::warn!(
                event = "twilio.list_unreadable",
                status,
                "texts cannot be fetched"
            );
        }
        read
    }
}

impl ReceivedTexts for TwilioReceived {
    fn since(&self, since: Timestamp) -> PortFuture<'_, Listing> {
        Box::pin(async move {
            let listed = tokio::time::timeout(TOTAL, self.list(since)).await;
            Ok::<_, Fault>(listed.ok().flatten().unwrap_or(Listing::Unavailable))
        })
    }
}
