//! Who makes forecasts. There are none until the operator names a provider, because a provider's terms are the operator's to accept.

use thunderbird_domain::{forecast::Source, secret::Secret};
use url::Url;

use super::{
    gateway::Gateway,
    listen::{is_loopback_host, some},
    reader::Reader,
};

const LIST: &str = "THUNDERBIRD_FORECASTS";
const OPEN_METEO_URL: &str = "THUNDERBIRD_OPEN_METEO_URL";
const OPEN_METEO_KEY: &str = "THUNDERBIRD_OPEN_METEO_KEY";
const MET_NORWAY_URL: &str = "THUNDERBIRD_MET_NORWAY_URL";
const CONTACT: &str = "THUNDERBIRD_FORECAST_CONTACT";

/// Where Open-Meteo answers those who have a key.
const FOR_CUSTOMERS: &str = "https://customer-api.open-meteo.com";

/// Longest contact that is accepted.
const LONGEST_CONTACT: usize = 100;

/// Who makes forecasts, and how they are asked.
#[derive(Debug, Clone)]
pub struct ForecastSettings {
    /// The providers, in order; none for no forecasts.
    pub sources: Vec<Source>,
    /// Where Open-Meteo's API is, without a slash at the end.
    pub open_meteo_url: String,
    /// What it knows us by, if we are its customer.
    pub open_meteo_key: Option<Secret<String>>,
    /// Where MET Norway's API is, without a slash at the end.
    pub met_norway_url: String,
    /// Whom a provider can write to about us.
    pub contact: Option<String>,
}

impl ForecastSettings {
    /// Reads the settings.
    pub fn read(reader: &mut Reader, gateway: Option<&Gateway>) -> Option<Self> {
        let sources = reader.read(LIST, |text| some(text, "must name providers", source));
        let sources = match sources {
            Some(sources) => sources,
            None if reader.is_set(LIST) => return None,
            None => Vec::new(),
        };
        let key = reader.read(OPEN_METEO_KEY, |text| Ok(Secret::new(text.to_owned())));
        let open_meteo_url = reader.read(OPEN_METEO_URL, base_url);
        let met_norway_url = reader.read(MET_NORWAY_URL, base_url);
        let contact = reader.read(CONTACT, contact);
        let twice = sources
            .iter()
            .enumerate()
            .any(|(place, source)| sources.iter().skip(place + 1).any(|other| other == source));
        if twice {
            reader.wrong(LIST, "names a provider twice");
        }
        if sources.contains(&Source::MetNorway) && !reader.is_set(CONTACT) {
            reader.wrong(
                CONTACT,
                "is missing: met-norway wants a mail address or a web page that it can write to",
            );
        }
        if sources.contains(&Source::Simulated) && matches!(gateway, Some(Gateway::Twilio(_))) {
            reader.wrong(
                LIST,
                "simulated is no weather, and is refused where texts go through Twilio",
            );
        }
        let open_meteo_url = match &key {
            Some(_) if !reader.is_set(OPEN_METEO_URL) => Some(FOR_CUSTOMERS.to_owned()),
            _ => open_meteo_url,
        };
        Some(Self {
            sources,
            open_meteo_url: open_meteo_url?,
            open_meteo_key: key,
            met_norway_url: met_norway_url?,
            contact,
        })
    }
}

fn source(text: &str) -> Result<Source, String> {
    let known = Source::ALL.map(Source::as_str).join(", ");
    Source::parse(text).ok_or_else(|| format!("must be a list of: {known}"))
}

fn base_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|_| "must be a URL such as https://api.open-meteo.com".to_owned())?;
    let is_secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback_host(&url));
    if !is_secure {
        return Err("must begin with https:// (plain http only for a loopback host)".into());
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err("must be scheme, host, optional port and optional path, nothing else".into());
    }
    Ok(thunderbird_adapters::forecast::base_url_of(text))
}

fn contact(text: &str) -> Result<String, String> {
    let is_plain = text.len() <= LONGEST_CONTACT && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain && (text.contains('@') || text.starts_with("https://")) {
        Ok(text.to_owned())
    } else {
        Err("must be a mail address or a URL that begins with https://".into())
    }
}
