//! Where settings come from, and which source wins.

use std::{collections::BTreeMap, ffi::OsString, fmt, fs::File, io::Read as _, path::Path};

use thunderbird_domain::secret::Secret;

use super::{
    dotenv,
    mistake::Mistake,
    variable::{self, VARIABLES},
};

const PREFIXES: [&str; 2] = ["THUNDERBIRD_", "TWILIO_"];
/// Largest file that `NAME_FILE` may name: a key ring of many keys is a few KiB.
const MAX_SECRET_FILE: u64 = 64 * 1024;

/// A place that settings come from; the later one wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// `thunderbird.toml`.
    File,
    /// `.env`.
    DotEnv,
    /// The environment.
    Environment,
    /// The command line.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "thunderbird.toml",
            Self::DotEnv => ".env",
            Self::Environment => "the environment",
            Self::CommandLine => "the command line",
        })
    }
}

/// The raw material, before anything is read into it.
#[derive(Default)]
pub struct Sources {
    /// Names and values from the command line.
    pub command_line: Vec<(&'static str, String)>,
    /// The whole environment.
    pub environment: Vec<(OsString, OsString)>,
    /// The text of `.env`.
    pub dotenv: Option<String>,
    /// The text of `thunderbird.toml`.
    pub file: Option<String>,
}

struct Value {
    text: Secret<String>,
    origin: Origin,
}

/// The winning value of every variable that somebody set.
pub struct Values(BTreeMap<&'static str, Value>);

impl Values {
    /// What was set, if anything was.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.text.expose().as_str())
    }

    /// Who set it.
    pub fn origin(&self, name: &str) -> Option<Origin> {
        self.0.get(name).map(|value| value.origin)
    }

    fn offer(&mut self, name: &'static str, text: String, origin: Origin) {
        if self.origin(name).is_none_or(|present| present < origin) {
            let text = Secret::new(text);
            self.0.insert(name, Value { text, origin });
        }
    }
}

impl Sources {
    /// Picks the winners; every name that is ours but unknown is a mistake.
    pub fn merge(self, mistakes: &mut Vec<Mistake>) -> Values {
        let mut values = Values(BTreeMap::new());
        let mut take = |pairs: Vec<(String, String)>, origin, mistakes: &mut Vec<Mistake>| {
            merge_one(&mut values, pairs, origin, mistakes);
        };
        take(self.file_pairs(mistakes), Origin::File, mistakes);
        take(
            dotenv_pairs(self.dotenv.as_deref(), mistakes),
            Origin::DotEnv,
            mistakes,
        );
        take(
            environment_pairs(self.environment, mistakes),
            Origin::Environment,
            mistakes,
        );
        let overrides = self
            .command_line
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text));
        take(overrides.collect(), Origin::CommandLine, mistakes);
        values
    }

    fn file_pairs(&self, mistakes: &mut Vec<Mistake>) -> Vec<(String, String)> {
        let Some(text) = &self.file else {
            return Vec::new();
        };
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                let advice = format!("cannot be read as TOML: {}", error.message());
                mistakes.push(Mistake {
                    setting: "thunderbird.toml".into(),
                    advice,
                });
                return Vec::new();
            }
        };
        table
            .into_iter()
            .filter_map(|(key, value)| file_pair(&key, &value, mistakes))
            .collect()
    }
}

fn file_pair(key: &str, value: &toml::Value, mistakes: &mut Vec<Mistake>) -> Option<(String, String)> {
    let setting = format!("`{key}` in thunderbird.toml");
    let (base, suffix) = key
        .strip_suffix("_file")
        .map_or((key, ""), |base| (base, "_FILE"));
    let known = |wanted: &str| VARIABLES.iter().find(|variable| variable.key() == wanted);
    let name = match (known(key), known(base).filter(|variable| variable.secret)) {
        (Some(variable), _) => variable.name.to_owned(),
        (None, Some(variable)) => format!("{}{suffix}", variable.name),
        (None, None) => {
            let keys: Vec<String> = VARIABLES.iter().map(variable::Variable::key).collect();
            let meant = key.to_ascii_lowercase();
            let meant = meant.strip_prefix("thunderbird_").unwrap_or(&meant);
            let advice = unknown("key", variable::closest(meant, keys.iter().map(String::as_str)));
            mistakes.push(Mistake { setting, advice });
            return None;
        }
    };
    let Some(text) = scalar(value) else {
        let advice = "must be a text, a number or an array of texts".into();
        mistakes.push(Mistake { setting, advice });
        return None;
    };
    Some((name, text))
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<String>> = items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

fn dotenv_pairs(text: Option<&str>, mistakes: &mut Vec<Mistake>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for line in dotenv::lines(text.unwrap_or_default()) {
        match line {
            Ok(pair) => pairs.push(pair),
            Err(number) => mistakes.push(Mistake {
                setting: format!("line {number} of .env"),
                advice: "is not NAME=value".into(),
            }),
        }
    }
    pairs
}

fn environment_pairs(all: Vec<(OsString, OsString)>, mistakes: &mut Vec<Mistake>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in all {
        let Some(name) = name.to_str().filter(|name| is_ours(name)) else {
            continue;
        };
        match value.into_string() {
            Ok(value) => pairs.push((name.to_owned(), value)),
            Err(_) => mistakes.push(Mistake {
                setting: name.to_owned(),
                advice: "is not valid UTF-8".into(),
            }),
        }
    }
    pairs
}

fn is_ours(name: &str) -> bool {
    name == variable::DATABASE_URL || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Reads one source: direct values, then files, so that having both can be told.
fn merge_one(values: &mut Values, pairs: Vec<(String, String)>, origin: Origin, mistakes: &mut Vec<Mistake>) {
    let pairs: BTreeMap<String, String> = pairs.into_iter().filter(|(name, _)| is_ours(name)).collect();
    for (name, text) in &pairs {
        if let Some(variable) = variable::find(name) {
            if !text.is_empty() || variable.may_be_empty {
                values.offer(variable.name, text.clone(), origin);
            }
            continue;
        }
        let base = name
            .strip_suffix("_FILE")
            .and_then(variable::find)
            .filter(|variable| variable.secret);
        let Some(variable) = base else {
            let known = VARIABLES.iter().map(|variable| variable.name);
            let advice = unknown("variable", variable::closest(name, known));
            mistakes.push(Mistake {
                setting: name.clone(),
                advice,
            });
            continue;
        };
        if text.is_empty() {
            continue;
        }
        if pairs.get(variable.name).is_some_and(|direct| !direct.is_empty()) {
            let advice = format!("is set beside {} in {origin}; keep one of them", variable.name);
            mistakes.push(Mistake {
                setting: name.clone(),
                advice,
            });
            continue;
        }
        match read_secret(Path::new(text)) {
            Ok(secret) => values.offer(variable.name, secret, origin),
            Err(advice) => mistakes.push(Mistake {
                setting: name.clone(),
                advice,
            }),
        }
    }
}

fn unknown(kind: &str, closest: Option<&str>) -> String {
    match closest {
        Some(name) => format!("there is no such {kind}; did you mean {name}?"),
        None => format!("there is no such {kind}; remove it (docs/configuration.md lists all)"),
    }
}

/// The first line of a secret's file, or all of it when it has several (a key ring).
fn read_secret(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_SECRET_FILE + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > MAX_SECRET_FILE {
        return Err(format!("{} is larger than 64 KiB", path.display()));
    }
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(format!("{} is empty", path.display()));
    }
    Ok(secret.to_owned())
}

impl Sources {
    /// What this process was given: its environment, `.env` and `thunderbird.toml` of the working directory, or the
    /// file named instead.
    ///
    /// # Errors
    ///
    /// The sentence to show when a file is there but cannot be read.
    pub fn of_this_process(
        file: Option<&Path>,
        command_line: Vec<(&'static str, String)>,
    ) -> Result<Self, String> {
        Ok(Self {
            command_line,
            environment: std::env::vars_os().collect(),
            dotenv: optional(Path::new(".env"))?,
            file: match file {
                Some(named) => {
                    Some(std::fs::read_to_string(named).map_err(|error| unreadable(named, &error))?)
                }
                None => optional(Path::new("thunderbird.toml"))?,
            },
        })
    }
}

fn optional(path: &Path) -> Result<Option<String>, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be read: {error}", path.display())
}
