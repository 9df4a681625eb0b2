//! Twilio's Call resource: one POST to place a call (<https://www.twilio.com/docs/voice/api/call-resource>). There is no
//! detection of answering machines: a voice mail hears the facts.

use reqwest::{Response, header};
use thunderbird_domain::{
    port::PortFuture,
    voice::{CallOrder, Caller, Placed},
};

use super::{
    answer::Answer,
    client::{MAX_ANSWER, TwilioAccount, TwilioGateway, read},
    error_code,
};

/// How long a call may last, in seconds: what is said takes a minute, and who leaves the line open pays nothing for it.
/// The store takes a call for over after the same time.
const LONGEST: &str = "300";

/// How long the phone rings, in seconds: a voice mail answers within this time.
const RINGS_FOR: &str = "30";

/// What Twilio reports of a call, each with a request of its own.
const EVENTS: [&str; 4] = ["initiated", "ringing", "answered", "completed"];

impl Caller for TwilioGateway {
    fn place<'a>(&'a self, order: &'a CallOrder) -> PortFuture<'a, Placed> {
        Box::pin(async move { Ok(self.post_call(order).await) })
    }
}

impl TwilioGateway {
    async fn post_call(&self, order: &CallOrder) -> Placed {
        let TwilioAccount {
            base_url,
            account_sid,
            user,
            password,
            ..
        } = &self.account;
        let mut form = vec![
            ("To", order.to.as_str()),
            ("From", order.from.as_str()),
            ("Url", &order.script),
            ("Method", "POST"),
            ("StatusCallback", &order.reports),
            ("TimeLimit", LONGEST),
            ("Timeout", RINGS_FOR),
        ];
        form.extend(EVENTS.map(|event| ("StatusCallbackEvent", event)));
        let request = self
            .client
            .post(format!("{base_url}/2010-04-01/Accounts/{account_sid}/Calls.json"))
            .basic_auth(user, Some(password.expose()))
            .header(header::ACCEPT, "application/json")
            .form(&form);
        match self.ask(request).await {
            Ok(answer) => self.judge_call(answer).await,
            Err(error) if error.is_connect() || error.is_builder() => {
                tracing::warn!(event = "twilio.unreachable", error = %error.without_url(), "no call was placed");
                Placed::Temporary {
                    code: None,
                    retry_after: None,
                }
            }
            Err(error) => {
                tracing::warn!(event = "twilio.ambiguous", error = %error.without_url(), "whether a call was placed is unknown");
                Placed::Ambiguous
            }
        }
    }

    async fn judge_call(&self, answer: Response) -> Placed {
        let status = answer.status().as_u16();
        let asked = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let retry_after = asked.and_then(|value| error_code::retry_after(value, self.clock.now()));
        let body = read(answer, MAX_ANSWER).await;
        let placed = Answer {
            status,
            retry_after,
            body: body.as_deref(),
        }
        .placed();
        match &placed {
            Placed::Temporary { code, .. } | Placed::Refused { code } => {
                tracing::warn!(event = "twilio.refused", status, code, "no call was placed");
            }
            Placed::AcceptedUnreadable => {
                tracing::error!(
                    event = "twilio.unreadable",
                    status,
                    "a call was placed, but without a name"
                );
            }
            Placed::Accepted(_) | Placed::Ambiguous => {}
        }
        placed
    }
}
