//! What Twilio itself says of an account and its numbers: for the operator who asks whether it is set up right.

use std::time::Duration;

use reqwest::{Client, StatusCode, header, redirect, retry};
use serde::Deserialize;
use thunderbird_domain::{
    phone_number::PhoneNumber,
    port::Fault,
    time::{Clock, Timestamp},
};

use super::{client::TwilioAccount, date::instant};

const PORT: &str = "Twilio survey";
const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(10);

/// Whether Twilio takes the credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// It does.
    Good,
    /// It does not (401, 403).
    Refused,
    /// It answered something else.
    Odd(u16),
    /// It did not answer.
    Unreachable,
}

/// How one of our numbers is set up at Twilio.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NumberSettings {
    /// The number.
    pub phone_number: String,
    /// Where its texts are posted to; null or empty for nowhere.
    pub sms_url: Option<String>,
    /// By which method.
    pub sms_method: Option<String>,
    /// What it can do.
    #[serde(default)]
    pub capabilities: Capabilities,
}

/// What one of our numbers can do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Capabilities {
    /// Whether it can call; `None` if Twilio does not say.
    #[serde(default)]
    pub voice: Option<bool>,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The credentials.
    pub credentials: Credentials,
    /// Twilio's clock against ours when it answered.
    pub clocks: Option<(Timestamp, Timestamp)>,
    /// The numbers that the account has, of those that were asked for.
    pub numbers: Vec<NumberSettings>,
}

#[derive(Deserialize)]
struct NumberList {
    incoming_phone_numbers: Vec<NumberSettings>,
}

/// Asks; changes nothing at Twilio.
///
/// # Errors
///
/// A fault when the TLS library cannot be set up. That Twilio cannot be reached is a finding.
pub async fn survey(
    account: &TwilioAccount,
    ours: &[PhoneNumber],
    clock: &dyn Clock,
) -> Result<Survey, Fault> {
    // The first of the process wins; everybody here installs the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder()
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .build()
        .map_err(|error| Fault::lasting(PORT, error))?;
    let base = format!("{}/2010-04-01/Accounts/{}", account.base_url, account.account_sid);
    let mut found = Survey {
        credentials: Credentials::Unreachable,
        clocks: None,
        numbers: Vec::new(),
    };
    for number in ours {
        let request = client
            .get(format!("{base}/IncomingPhoneNumbers.json"))
            .query(&[("PhoneNumber", number.as_str())])
            .basic_auth(&account.user, Some(account.password.expose()));
        let Ok(answer) = request.send().await else {
            break;
        };
        found.credentials = match answer.status() {
            StatusCode::OK => Credentials::Good,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Credentials::Refused,
            other => Credentials::Odd(other.as_u16()),
        };
        let date = answer
            .headers()
            .get(header::DATE)
            .and_then(|date| date.to_str().ok());
        found.clocks = date.and_then(instant).map(|theirs| (theirs, clock.now()));
        if found.credentials != Credentials::Good {
            break;
        }
        if let Ok(list) = answer.json::<NumberList>().await {
            let same = list.incoming_phone_numbers.into_iter();
            found
                .numbers
                .extend(same.filter(|settings| settings.phone_number == number.as_str()));
        }
    }
    Ok(found)
}
