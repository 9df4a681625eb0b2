//! The list of the texts that Twilio has received, as its documentation of the Message resource shows it.

use std::{collections::VecDeque, time::Duration};

use serde_json::json;
use thunderbird_domain::{sms::body, time::Timestamp};

use super::fault::Fault;

/// A text that came in.
#[derive(Debug, Clone)]
pub(super) struct KeptText {
    pub form: Vec<(String, String)>,
    pub at: Timestamp,
}

impl KeptText {
    fn value(&self, name: &str) -> &str {
        let found = self.form.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    fn date(&self, form: &str) -> String {
        let at = jiff::Timestamp::from_microsecond(self.at.as_micros()).expect("an instant");
        at.strftime(form).to_string()
    }

    fn json(&self, account: &str) -> serde_json::Value {
        let (sid, date) = (self.value("MessageSid"), self.date("%a, %d %b %Y %H:%M:%S +0000"));
        let uri = format!("/2010-04-01/Accounts/{account}/Messages/{sid}");
        json!({
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": self.value("Body"),
            "date_created": date,
            "date_sent": date,
            "date_updated": date,
            "direction": "inbound",
            "error_code": null,
            "error_message": null,
            "from": self.value("From"),
            "messaging_service_sid": null,
            "num_media": self.value("NumMedia"),
            "num_segments": body::segments(self.value("Body")).to_string(),
            "price": null,
            "price_unit": "USD",
            "sid": sid,
            "status": "received",
            "subresource_uris": { "media": format!("{uri}/Media.json") },
            "to": self.value("To"),
            "uri": format!("{uri}.json"),
        })
    }
}

/// What the list is, and how it fails.
#[derive(Default)]
pub(super) struct List {
    pub kept: Vec<KeptText>,
    pub asked: Vec<String>,
    pub scripted: VecDeque<Fault>,
    pub always: Option<Fault>,
    pub page_size: Option<usize>,
    pub next_page: Option<String>,
    pub delay: Duration,
}

impl List {
    /// The newest texts first. Twilio compares the day only.
    pub fn page(&self, account: &str, query: &str) -> String {
        let asked = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            let found = pairs.find(|(known, _)| known == name);
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let (to, day) = (asked("To"), asked("DateSent>"));
        let mut texts: Vec<&KeptText> = self.kept.iter().collect();
        texts.retain(|text| text.value("To") == to && text.date("%Y-%m-%d") >= day);
        texts.sort_by_key(|text| std::cmp::Reverse(text.at));
        let size = asked("PageSize").parse().unwrap_or(50);
        let size = self.page_size.unwrap_or(size).min(size);
        let page: usize = asked("Page").parse().unwrap_or(0);
        let shown: Vec<_> = texts
            .iter()
            .skip(page * size)
            .take(size)
            .map(|text| text.json(account))
            .collect();
        let mut next = form_urlencoded::Serializer::new(String::new());
        next.append_pair("To", &to)
            .append_pair("DateSent>", &day)
            .append_pair("PageSize", &size.to_string())
            .append_pair("Page", &(page + 1).to_string())
            .append_pair("PageToken", "PAIN");
        let uri = format!("/2010-04-01/Accounts/{account}/Messages.json?{}", next.finish());
        let has_more = texts.len() > (page + 1) * size;
        let next = self.next_page.clone().or(has_more.then_some(uri));
        json!({
            "messages": shown,
            "next_page_uri": next,
            "page": page,
            "page_size": size,
        })
        .to_string()
    }
}
