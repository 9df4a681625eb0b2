//! The configuration: typed, and validated whole before anything is opened.

pub mod accounts;
mod database;
mod dotenv;
mod forecasts;
pub mod gateway;
pub mod listen;
pub mod mistake;
pub mod pager;
mod reader;
pub mod source;
#[cfg(test)]
mod tests;
pub mod texting;
pub mod variable;
mod voice;
pub mod watchdog;

use std::path::{Path, PathBuf};

use thunderbird_adapters::{catalogue::FileCatalogue, crypto::keys::Keys as Ring};
use thunderbird_domain::secret::Secret;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

pub use self::{
    accounts::AccountSettings,
    forecasts::ForecastSettings,
    gateway::{Gateway, Mail, Twilio},
    listen::{Listen, PublicUrl},
    mistake::{Mistake, Mistakes},
    pager::PagerSettings,
    source::Sources,
    texting::{CarrierKeywords, Limits, Texting},
};
use self::{reader::Reader, variable::LOG};

/// What the operator wants, complete and checked. Its `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// The network.
    pub listen: Listen,
    /// The SQLite file.
    pub database: PathBuf,
    /// The key ring.
    pub keys: Keys,
    /// Where texts go.
    pub gateway: Gateway,
    /// Whether contacts are called who do not answer an alert.
    pub voice: bool,
    /// Where mails go.
    pub mail: Mail,
    /// Where a watchdog outside hears of us; a secret.
    pub watchdog: Option<Secret<String>>,
    /// Who is paged.
    pub pager: PagerSettings,
    /// Texts.
    pub texting: Texting,
    /// Web accounts.
    pub accounts: AccountSettings,
    /// The operator's own routes.
    pub routes_dir: Option<PathBuf>,
    /// Who makes forecasts.
    pub forecasts: ForecastSettings,
    /// What is logged.
    pub log: Log,
    /// How much may be asked.
    pub limits: Limits,
}

/// Where the key ring is.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Its file.
    pub path: PathBuf,
    /// Its content, when the operator keeps it elsewhere; the file is then not used.
    pub content: Option<Secret<String>>,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// Directives of `tracing`.
    pub filter: String,
    /// `None`: text on a terminal, JSON otherwise.
    pub format: Option<LogFormat>,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Config {
    /// Reads everything, and reports everything that is wrong.
    ///
    /// # Errors
    ///
    /// All mistakes together.
    pub fn read(sources: Sources) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let values = sources.merge(&mut mistakes);
        let mut reader = Reader::new(values, mistakes);
        let config = Self::assemble(&mut reader);
        let mistakes = reader.into_mistakes();
        match config {
            Some(config) if mistakes.is_empty() => Ok(config),
            _ => Err(Mistakes(mistakes)),
        }
    }

    fn assemble(reader: &mut Reader) -> Option<Self> {
        let listen = Listen::read(reader);
        let public = listen.as_ref().and_then(|listen| listen.public_url.as_ref());
        let database = database::read(reader);
        let keys = read_keys(reader, database.as_deref());
        let gateway = gateway::read_gateway(reader, public);
        let voice = voice::read(reader);
        let mail = gateway::read_mail(reader, public);
        let watchdog = watchdog::read(reader);
        let pager = PagerSettings::read(reader, mail.as_ref());
        let ours = gateway.as_ref().map_or_else(Vec::new, Gateway::numbers);
        let texting = Texting::read(reader, ours);
        let accounts = AccountSettings::read(reader);
        let routes_dir = reader.read("THUNDERBIRD_ROUTES_DIR", routes_dir);
        let forecasts = ForecastSettings::read(reader, gateway.as_ref());
        let log = read_log(reader);
        let limits = Limits::read(reader);
        Some(Self {
            listen: listen?,
            database: database?,
            keys: keys?,
            gateway: gateway?,
            voice: voice?,
            mail: mail?,
            watchdog,
            pager: pager?,
            texting: texting?,
            accounts: accounts?,
            routes_dir,
            forecasts: forecasts?,
            log: log?,
            limits: limits?,
        })
    }

    /// Who confirms STOP: as configured, or whoever runs the gateway.
    pub fn carrier_keywords(&self) -> CarrierKeywords {
        self.texting.carrier_keywords.unwrap_or(match self.gateway {
            Gateway::Twilio(_) => CarrierKeywords::Twilio,
            Gateway::Simulator => CarrierKeywords::Own,
        })
    }
}

/// The directory, each file of which can be used.
fn routes_dir(text: &str) -> Result<PathBuf, String> {
    let directory = PathBuf::from(text);
    match FileCatalogue::load(Some(&directory)) {
        Ok(_) => Ok(directory),
        Err(wrong) => {
            let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            Err(wrong.join("\n    "))
        }
    }
}

fn read_keys(reader: &mut Reader, database: Option<&Path>) -> Option<Keys> {
    let path = reader.read("THUNDERBIRD_KEYRING", |text| Ok(PathBuf::from(text)));
    let content = reader.read("THUNDERBIRD_KEYS", |text| match Ring::from_text(text) {
        Ok(_) => Ok(Secret::new(text.to_owned())),
        Err(error) => Err(format!("is no key ring: {error}")),
    });
    let path = path.or_else(|| database.map(|database| beside(database, ".keys")))?;
    Some(Keys { path, content })
}

/// The path with `suffix` after its whole name.
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A directive without a level is a word that nobody logs under, such as `inof`: everything else would be silent.
fn names_a_level(directive: &str) -> bool {
    let level = directive.rsplit('=').next().unwrap_or_default().trim();
    level.parse::<LevelFilter>().is_ok()
}

fn read_log(reader: &mut Reader) -> Option<Log> {
    let filter = reader.read(LOG, |text| {
        if EnvFilter::try_new(text).is_ok() && text.split(',').all(names_a_level) {
            Ok(text.to_owned())
        } else {
            Err("must be a level (error, warn, info, debug, trace, off) or directives such as info,thunderbird::access=debug".into())
        }
    });
    let format = reader.read("THUNDERBIRD_LOG_FORMAT", |text| match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be text or json".into()),
    });
    Some(Log {
        filter: filter?,
        format,
    })
}
