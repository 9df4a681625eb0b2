//! Through what texts and mails leave: Twilio and SMTP, or the simulators, or a refusal to start.

use thunderbird_domain::{email::Email, phone_number::PhoneNumber, secret::Secret};
use url::Url;

use super::{
    listen::{PublicUrl, is_loopback_host, some},
    reader::Reader,
    variable::{PUBLIC_URL, VARIABLES},
};

const ACCOUNT: &str = "TWILIO_ACCOUNT_SID";
const TOKEN: &str = "TWILIO_AUTH_TOKEN";
const NUMBER: &str = "TWILIO_PHONE_NUMBER";
const NUMBER_ADVICE: &str = "must be one or several numbers such as +61491570006, separated by commas";
const KEY_SID: &str = "TWILIO_API_KEY_SID";
const KEY_SECRET: &str = "TWILIO_API_KEY_SECRET";
const SMTP_URL: &str = "THUNDERBIRD_SMTP_URL";
const MAIL_FROM: &str = "THUNDERBIRD_MAIL_FROM";

/// Where texts go.
#[derive(Debug, Clone)]
pub enum Gateway {
    /// Through Twilio.
    Twilio(Box<Twilio>),
    /// Kept and shown on this machine.
    Simulator,
}

impl Gateway {
    /// All numbers of ours.
    pub fn numbers(&self) -> Vec<PhoneNumber> {
        match self {
            Self::Twilio(twilio) => twilio.numbers.clone(),
            Self::Simulator => vec![PhoneNumber::simulator()],
        }
    }

    /// The number of ours that hikers are told.
    pub fn our_number(&self) -> PhoneNumber {
        match self {
            Self::Twilio(twilio) => twilio.numbers.first().cloned(),
            Self::Simulator => None,
        }
        .unwrap_or_else(PhoneNumber::simulator)
    }
}

/// An account at Twilio.
#[derive(Debug, Clone)]
pub struct Twilio {
    /// `AC` and 32 hex digits.
    pub account_sid: String,
    /// Checks webhooks.
    pub auth_token: Secret<String>,
    /// Checks webhooks too, while the token is rotated.
    pub auth_token_next: Option<Secret<String>>,
    /// Ours, the one that hikers are told first; never empty.
    pub numbers: Vec<PhoneNumber>,
    /// Sends, when there is one.
    pub messaging_service_sid: Option<String>,
    /// Sid and secret that send instead of the account's token.
    pub api_key: Option<(String, Secret<String>)>,
    /// Where the API is, without a slash at the end.
    pub api_base_url: String,
}

/// Where mails go.
#[derive(Debug, Clone)]
pub enum Mail {
    /// To a mail server.
    Smtp {
        /// Its URL, credentials inside.
        url: Secret<String>,
        /// The sender: an address, or `Name <address>`.
        from: String,
    },
    /// Kept and shown on this machine.
    Simulator,
    /// Nowhere: the routes that need mail answer 503.
    Off,
}

/// Reads the gateway. `public` is what the service is called from outside, `None` for the address it listens on.
pub fn read_gateway(reader: &mut Reader, public: Option<&PublicUrl>) -> Option<Gateway> {
    let account_sid = reader.read(ACCOUNT, |text| sid(text, "AC"));
    let auth_token = reader.read(TOKEN, hex_secret);
    let numbers = reader.read(NUMBER, |text| some(text, NUMBER_ADVICE, number));
    let messaging_service_sid = reader.read("TWILIO_MESSAGING_SERVICE_SID", |text| sid(text, "MG"));
    let auth_token_next = reader.read("TWILIO_AUTH_TOKEN_NEXT", hex_secret);
    let key_sid = reader.read(KEY_SID, |text| sid(text, "SK"));
    let key_secret = reader.read(KEY_SECRET, |text| Ok(Secret::new(text.to_owned())));
    let api_base_url = reader.read("TWILIO_API_BASE_URL", base_url);
    let any = VARIABLES
        .iter()
        .any(|variable| variable.name.starts_with("TWILIO_") && reader.is_set(variable.name));
    if !any {
        if public.is_none_or(PublicUrl::is_loopback) {
            return Some(Gateway::Simulator);
        }
        reader.wrong(
            ACCOUNT,
            format!("no gateway configured: set {ACCOUNT}, {TOKEN} and {NUMBER}. (The simulator needs a {PUBLIC_URL} on this machine.)"),
        );
        return None;
    }
    for name in [ACCOUNT, TOKEN, NUMBER] {
        if !reader.is_set(name) {
            reader.wrong(name, "is missing beside the other TWILIO_* settings; set it, or remove all of them for the simulator");
        }
    }
    Some(Gateway::Twilio(Box::new(Twilio {
        api_key: pair(reader, key_sid, key_secret),
        account_sid: account_sid?,
        auth_token: auth_token?,
        auth_token_next,
        numbers: numbers?,
        messaging_service_sid,
        api_base_url: api_base_url?,
    })))
}

fn pair(
    reader: &mut Reader,
    sid: Option<String>,
    secret: Option<Secret<String>>,
) -> Option<(String, Secret<String>)> {
    match (reader.is_set(KEY_SID), reader.is_set(KEY_SECRET)) {
        (true, false) => reader.wrong(KEY_SECRET, format!("is missing beside {KEY_SID}")),
        (false, true) => reader.wrong(KEY_SID, format!("is missing beside {KEY_SECRET}")),
        _ => {}
    }
    sid.zip(secret)
}

/// Reads the mailer.
pub fn read_mail(reader: &mut Reader, public: Option<&PublicUrl>) -> Option<Mail> {
    let url = reader.read(SMTP_URL, smtp_url);
    let from = reader.read(MAIL_FROM, sender);
    match (reader.is_set(SMTP_URL), reader.is_set(MAIL_FROM)) {
        (false, false) if public.is_none_or(PublicUrl::is_loopback) => return Some(Mail::Simulator),
        (false, false) => return Some(Mail::Off),
        (true, false) => reader.wrong(
            MAIL_FROM,
            format!("is missing beside {SMTP_URL}: the address our mail comes from"),
        ),
        (false, true) => reader.wrong(
            SMTP_URL,
            format!("is missing beside {MAIL_FROM}: such as smtps://user:password@mail.example.org"),
        ),
        (true, true) => {}
    }
    Some(Mail::Smtp {
        url: url?,
        from: from?,
    })
}

fn sid(text: &str, prefix: &str) -> Result<String, String> {
    let digits = text.strip_prefix(prefix).unwrap_or_default();
    let well_formed = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if well_formed {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "must be {prefix} and 32 hexadecimal digits, as the Twilio console shows it"
        ))
    }
}

fn hex_secret(text: &str) -> Result<Secret<String>, String> {
    if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(Secret::new(text.to_owned()))
    } else {
        Err("must be 32 hexadecimal digits, as the Twilio console shows it".into())
    }
}

fn number(text: &str) -> Result<PhoneNumber, String> {
    PhoneNumber::from_e164(text).map_err(|_| NUMBER_ADVICE.to_owned())
}

fn base_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|_| "must be a URL such as https://api.twilio.com".to_owned())?;
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback_host(&url));
    if !secure {
        return Err("must begin with https:// (plain http only for a loopback host)".into());
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err("must be scheme, host and optional port, nothing else".into());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn smtp_url(text: &str) -> Result<Secret<String>, String> {
    let advice = "must be a URL such as smtps://user:password@mail.example.org";
    let url = Url::parse(text).map_err(|_| advice.to_owned())?;
    if matches!(url.scheme(), "smtp" | "smtps") && url.has_host() {
        Ok(Secret::new(text.to_owned()))
    } else {
        Err(advice.into())
    }
}

/// `Name <address>` or a bare address.
fn sender(text: &str) -> Result<String, String> {
    let address = match text.rsplit_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => text,
    };
    if text.chars().any(char::is_control) {
        return Err("must not have control characters".into());
    }
    Email::parse(address).map(|_| text.to_owned()).map_err(|_| {
        "must be an address such as thunderbird@example.org, or `Thunderbird <thunderbird@example.org>`"
            .into()
    })
}
