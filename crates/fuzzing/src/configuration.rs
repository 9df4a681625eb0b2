//! The operator's settings, from `.env` and `thunderbird.toml`.

use thunderbird_domain::secret::Secret;
use thunderbird_server::config::{Config, Gateway, PublicUrl, Sources, variable::VARIABLES};

use crate::input;

/// Separates the two files.
const BETWEEN: &str = "\n---\n";

/// What stands instead of every secret when we look what is shown without them.
const OTHER: &str = "another-secret-7f3a";

/// `.env`, a line of `---`, and `thunderbird.toml`.
pub fn check(bytes: &[u8]) {
    let text = input::text(bytes);
    // Names of files would be opened, whatever they are.
    if text.to_ascii_lowercase().contains("_file") {
        return;
    }
    let (dotenv, file) = text.split_once(BETWEEN).unwrap_or((&text, ""));
    let sources = || Sources {
        dotenv: Some(dotenv.to_owned()),
        file: Some(file.to_owned()),
        ..Sources::default()
    };
    let secrets = secrets(sources());
    let shown = shown(sources());
    if secrets.is_empty() {
        return;
    }
    let overridden = secrets.iter().map(|(name, _)| (*name, OTHER.to_owned()));
    let without = self::shown(Sources {
        command_line: overridden.collect(),
        ..sources()
    });
    for (name, secret) in &secrets {
        let secret = secret.expose().as_str();
        assert!(
            shown.matches(secret).count() <= without.matches(secret).count(),
            "{name} is shown"
        );
    }
}

/// Everything that is said about a configuration, whether it is taken or refused.
fn shown(sources: Sources) -> String {
    match Config::read(sources) {
        Ok(config) => {
            sound(&config);
            format!("{config:?}")
        }
        Err(mistakes) => {
            assert!(!mistakes.0.is_empty(), "refused without a reason");
            assert!(mistakes.0.iter().all(|mistake| !mistake.advice.is_empty()));
            format!("{mistakes} {mistakes:?}")
        }
    }
}

/// The secret settings, but those that stand in another setting, too, or in other words by chance.
fn secrets(sources: Sources) -> Vec<(&'static str, Secret<String>)> {
    let values = sources.merge(&mut Vec::new());
    let open: String = VARIABLES
        .iter()
        .filter(|variable| !variable.secret)
        .map(|variable| values.get(variable.name).unwrap_or(variable.default))
        .collect::<Vec<_>>()
        .join("\n");
    VARIABLES
        .iter()
        .filter(|variable| variable.secret)
        .filter_map(|variable| Some((variable.name, values.get(variable.name)?)))
        .filter(|(_, value)| value.len() >= 12 && !open.contains(*value))
        .map(|(name, value)| (name, Secret::new(value.to_owned())))
        .collect()
}

/// What would start, may start.
fn sound(config: &Config) {
    let public = config.listen.public_url.as_ref();
    match &config.gateway {
        Gateway::Twilio(twilio) => {
            let hexadecimal =
                |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(hexadecimal(twilio.auth_token.expose()));
            assert!(twilio.account_sid.strip_prefix("AC").is_some_and(hexadecimal));
            assert!(!twilio.numbers.is_empty());
            assert!(!twilio.api_base_url.ends_with('/'));
        }
        Gateway::Simulator => assert!(public.is_none_or(PublicUrl::is_loopback)),
    }
    if let Some(public) = public {
        assert_eq!(PublicUrl::parse(public.as_str()).as_ref(), Ok(public));
    }
    assert!(
        config
            .listen
            .trusted_proxies
            .iter()
            .all(|network| network.prefix_len() > 0)
    );
    assert!(
        config
            .listen
            .metrics
            .is_none_or(|address| address.ip().is_loopback())
    );
}
