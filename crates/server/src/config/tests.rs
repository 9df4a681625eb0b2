use thunderbird_domain::forecast::Source;

use super::{variable::VARIABLES, *};

const TWILIO: [(&str, &str); 3] = [
    ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef"),
    ("TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef"),
    ("TWILIO_PHONE_NUMBER", "+61491570006,+61491570156"),
];
const PUBLIC: (&str, &str) = ("THUNDERBIRD_PUBLIC_URL", "https://sms.example.org");

fn environment(pairs: &[(&str, &str)]) -> Sources {
    Sources {
        environment: pairs
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
        ..Sources::default()
    }
}

fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<Mistake>> {
    Config::read(environment(pairs)).map_err(|mistakes| mistakes.0)
}

fn settings(mistakes: &[Mistake]) -> Vec<&str> {
    mistakes.iter().map(|mistake| mistake.setting.as_str()).collect()
}

#[test]
fn nothing_at_all_is_the_simulator_on_this_machine() {
    let config = read(&[]).unwrap();
    assert_eq!(config.listen.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database, PathBuf::from("thunderbird.db"));
    assert_eq!(config.keys.path, PathBuf::from("thunderbird.db.keys"));
    assert!(matches!(
        (&config.gateway, &config.mail),
        (Gateway::Simulator, Mail::Simulator)
    ));
    assert_eq!(config.carrier_keywords(), CarrierKeywords::Own);
    assert_eq!(config.listen.metrics.unwrap().port(), 9464);
    assert_eq!(config.limits.sms_per_day, 2000);
    assert!(config.accounts.registration_open);
}

#[test]
fn every_default_is_valid_and_every_name_is_known_once() {
    for variable in VARIABLES.iter().filter(|variable| !variable.default.is_empty()) {
        if !variable.name.starts_with("TWILIO_") {
            assert!(
                read(&[(variable.name, variable.default)]).is_ok(),
                "{}",
                variable.name
            );
        }
    }
    let mut names: Vec<_> = VARIABLES.iter().map(|variable| variable.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), VARIABLES.len());
}

#[test]
fn each_wrong_value_is_named() {
    for (name, value) in [
        ("THUNDERBIRD_BIND", "8080"),
        ("THUNDERBIRD_BIND", "localhost:8080"),
        ("THUNDERBIRD_PUBLIC_URL", "http://sms.example.org"),
        ("THUNDERBIRD_PUBLIC_URL", "https://sms.example.org/hook"),
        ("THUNDERBIRD_DB_PATH", ":memory:"),
        ("DATABASE_URL", "postgres://localhost/tb"),
        ("THUNDERBIRD_DEFAULT_REGION", "Australia"),
        ("THUNDERBIRD_DEFAULT_REGION", "US"),
        ("THUNDERBIRD_SMS_REGIONS", "AU,XX1"),
        ("THUNDERBIRD_CARRIER_KEYWORDS", "yes"),
        ("THUNDERBIRD_CORS_ORIGINS", "*"),
        ("THUNDERBIRD_TRUSTED_PROXIES", "0.0.0.0/0"),
        ("THUNDERBIRD_REGISTRATION", "maybe"),
        ("THUNDERBIRD_ACCESS_TOKEN_MINUTES", "0"),
        ("THUNDERBIRD_ACCESS_TOKEN_MINUTES", "61"),
        ("THUNDERBIRD_ARGON2", "m=1024,t=1,p=1"),
        ("THUNDERBIRD_HASH_THREADS", "0"),
        ("THUNDERBIRD_SMS_PRICE", "0.05"),
        ("THUNDERBIRD_WATCHDOG_URL", "http://watchdog.example.org/ping"),
        ("THUNDERBIRD_METRICS_BIND", "0.0.0.0:9464"),
        ("THUNDERBIRD_LOG", "loud=very=much"),
        ("THUNDERBIRD_LOG_FORMAT", "xml"),
        ("THUNDERBIRD_LIMIT_SMS_PER_DAY", "0"),
        ("THUNDERBIRD_LIMIT_SMS_PER_DAY", "10000001"),
        ("THUNDERBIRD_LIMIT_OTP_PER_HOUR", "-1"),
    ] {
        let mistakes = read(&[(name, value)]).unwrap_err();
        assert!(
            settings(&mistakes).contains(&name),
            "{name}={value}: {mistakes:?}"
        );
    }
}

#[test]
fn all_mistakes_are_reported_together() {
    let mistakes = read(&[
        ("THUNDERBIRD_BIND", "nowhere"),
        ("THUNDERBIRD_REGISTRATON", "open"),
        ("THUNDERBIRD_ARGON2", "cheap"),
        ("TWILIO_AUTH_TOKEN", "short"),
    ])
    .unwrap_err();
    let named = settings(&mistakes);
    for name in [
        "THUNDERBIRD_BIND",
        "THUNDERBIRD_REGISTRATON",
        "THUNDERBIRD_ARGON2",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_PHONE_NUMBER",
    ] {
        assert!(named.contains(&name), "{name} in {mistakes:?}");
    }
    let text = Mistakes(mistakes).to_string();
    assert!(text.contains("did you mean THUNDERBIRD_REGISTRATION?"), "{text}");
}

#[test]
fn unknown_names_with_our_prefixes_are_mistakes_and_others_are_not() {
    assert!(read(&[("THUNDERBIRD_NONSENSE", "1")]).is_err());
    assert!(read(&[("TWILIO_TOKEN", "1")]).is_err());
    assert!(read(&[("THUNDERBIRD_BIND_FILE", "/etc/hostname")]).is_err());
    assert!(read(&[("PATH", "/bin"), ("SMTP_URL", "x"), ("MYTHUNDERBIRD_X", "y")]).is_ok());
}

#[test]
fn the_gateway_is_twilio_whole_or_not_at_all() {
    let all = [TWILIO[0], TWILIO[1], TWILIO[2], PUBLIC];
    let config = read(&all).unwrap();
    let Gateway::Twilio(twilio) = &config.gateway else {
        panic!("no Twilio")
    };
    assert_eq!(twilio.numbers.len(), 2);
    assert!(matches!(config.mail, Mail::Off));
    assert_eq!(config.carrier_keywords(), CarrierKeywords::Twilio);
    for missing in TWILIO {
        let rest: Vec<_> = all.iter().copied().filter(|pair| *pair != missing).collect();
        assert_eq!(settings(&read(&rest).unwrap_err()), [missing.0]);
    }
    assert_eq!(settings(&read(&[PUBLIC]).unwrap_err()), ["TWILIO_ACCOUNT_SID"]);
    let alone = read(&[("TWILIO_API_BASE_URL", "http://127.0.0.1:9999")]).unwrap_err();
    assert_eq!(alone.len(), 3);
}

#[test]
fn half_a_credential_is_named() {
    let base = [TWILIO[0], TWILIO[1], TWILIO[2], PUBLIC];
    for (name, value, wrong) in [
        (
            "TWILIO_API_KEY_SID",
            "SK0123456789abcdef0123456789abcdef",
            "TWILIO_API_KEY_SECRET",
        ),
        ("TWILIO_API_KEY_SECRET", "secret", "TWILIO_API_KEY_SID"),
        (
            "TWILIO_MESSAGING_SERVICE_SID",
            "AC0123456789abcdef0123456789abcdef",
            "TWILIO_MESSAGING_SERVICE_SID",
        ),
        (
            "TWILIO_API_BASE_URL",
            "http://api.example.org",
            "TWILIO_API_BASE_URL",
        ),
        (
            "THUNDERBIRD_SMTP_URL",
            "smtps://mail.example.org",
            "THUNDERBIRD_MAIL_FROM",
        ),
        ("THUNDERBIRD_MAIL_FROM", "tb@example.org", "THUNDERBIRD_SMTP_URL"),
    ] {
        let pairs: Vec<_> = base.iter().copied().chain([(name, value)]).collect();
        assert_eq!(settings(&read(&pairs).unwrap_err()), [wrong]);
    }
}

#[test]
fn a_public_bind_needs_a_public_url() {
    let mistakes = read(&[("THUNDERBIRD_BIND", "0.0.0.0:8080")]).unwrap_err();
    assert_eq!(settings(&mistakes), ["THUNDERBIRD_PUBLIC_URL"]);
}

#[test]
fn the_higher_source_wins() {
    let sources = || Sources {
        command_line: vec![("THUNDERBIRD_BIND", "127.0.0.1:4".into())],
        environment: vec![
            ("THUNDERBIRD_BIND".into(), "127.0.0.1:3".into()),
            ("THUNDERBIRD_REGISTRATION".into(), "closed".into()),
        ],
        dotenv: Some("THUNDERBIRD_BIND=127.0.0.1:2\nTHUNDERBIRD_DB_PATH=env.db\nRUST_LOG=x".into()),
        file: Some(
            "bind = '127.0.0.1:1'\ndb_path = 'file.db'\nlimit_sms_per_day = 7\nsms_regions = ['AU']".into(),
        ),
    };
    let config = Config::read(sources()).unwrap();
    assert_eq!(config.listen.bind.port(), 4);
    assert_eq!(config.database, PathBuf::from("env.db"));
    assert_eq!(config.limits.sms_per_day, 7);
    assert!(!config.accounts.registration_open);
}

#[test]
fn the_database_has_one_name() {
    let file = "thunderbird.toml";
    for (environment, dotenv, wins) in [
        (
            &[("THUNDERBIRD_DB_PATH", "a.db")][..],
            Some("DATABASE_URL=b.db"),
            Some("a.db"),
        ),
        (
            &[("DATABASE_URL", "sqlite://a.db")],
            Some("THUNDERBIRD_DB_PATH=b.db"),
            Some("a.db"),
        ),
        (
            &[("DATABASE_URL", "file:a.db"), ("THUNDERBIRD_DB_PATH", "a.db")],
            None,
            Some("a.db"),
        ),
        (
            &[("DATABASE_URL", "a.db"), ("THUNDERBIRD_DB_PATH", "b.db")],
            None,
            None,
        ),
    ] {
        let pairs = environment
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        let sources = Sources {
            environment: pairs.collect(),
            dotenv: dotenv.map(str::to_owned),
            ..Sources::default()
        };
        let found = Config::read(sources).ok().map(|config| config.database);
        assert_eq!(found, wins.map(PathBuf::from), "{file} {environment:?}");
    }
}

#[test]
fn a_wrong_file_is_reported_by_key() {
    let sources = Sources {
        file: Some("pubilc_url = 'x'\nbind = 1.5\n[twilio]\nx = 1".into()),
        ..Sources::default()
    };
    let mistakes = Config::read(sources).unwrap_err().to_string();
    assert!(mistakes.contains("did you mean public_url?"), "{mistakes}");
    assert!(mistakes.contains("`bind` in thunderbird.toml"), "{mistakes}");
    assert!(mistakes.contains("`twilio` in thunderbird.toml"), "{mistakes}");
    let broken = Sources {
        file: Some("bind = ".into()),
        ..Sources::default()
    };
    assert!(Config::read(broken).unwrap_err().to_string().contains("TOML"));
}

#[test]
fn a_secret_comes_from_a_file_and_is_never_shown() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    std::fs::write(&path, "feedfacefeedfacefeedfacefeedface\n").unwrap();
    let file = ("TWILIO_AUTH_TOKEN_FILE", path.to_str().unwrap());
    let config = read(&[TWILIO[0], file, TWILIO[2], PUBLIC]).unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("feedface"), "{shown}");
    let Gateway::Twilio(twilio) = &config.gateway else {
        panic!("no Twilio")
    };
    assert_eq!(twilio.auth_token.expose(), "feedfacefeedfacefeedfacefeedface");
    let both = read(&[TWILIO[0], TWILIO[1], file, TWILIO[2], PUBLIC]).unwrap_err();
    assert_eq!(settings(&both), ["TWILIO_AUTH_TOKEN_FILE"]);
    let nowhere = read(&[
        TWILIO[0],
        ("TWILIO_AUTH_TOKEN_FILE", "/nowhere/token"),
        TWILIO[2],
        PUBLIC,
    ])
    .unwrap_err();
    assert!(settings(&nowhere).contains(&"TWILIO_AUTH_TOKEN_FILE"));
}

#[test]
fn no_mistake_repeats_a_secret() {
    let canary = "canary-7f3e";
    for variable in VARIABLES.iter().filter(|variable| variable.secret) {
        let text = match read(&[(variable.name, canary)]) {
            Ok(config) => format!("{config:?}"),
            Err(mistakes) => Mistakes(mistakes).to_string(),
        };
        assert!(!text.contains(canary), "{}", variable.name);
    }
}

#[test]
fn an_empty_value_is_an_absent_one() {
    assert!(matches!(
        read(&[("TWILIO_AUTH_TOKEN", "")]).unwrap().gateway,
        Gateway::Simulator
    ));
    assert!(
        read(&[("THUNDERBIRD_METRICS_BIND", "")])
            .unwrap()
            .listen
            .metrics
            .is_none()
    );
}

#[test]
fn the_page_in_docs_is_the_table() {
    let written = include_str!("../../../../docs/configuration.md");
    assert!(
        written == variable::page(),
        "run: cargo run -- generate configuration > docs/configuration.md"
    );
}

#[test]
fn forecasts_are_off_until_a_provider_is_named() {
    assert_eq!(read(&[]).unwrap().forecasts.sources, []);
    let both = [
        ("THUNDERBIRD_FORECASTS", "open-meteo, met-norway"),
        ("THUNDERBIRD_FORECAST_CONTACT", "operator@example.org"),
        ("THUNDERBIRD_OPEN_METEO_KEY", "a-customers-key"),
    ];
    let forecasts = read(&both).unwrap().forecasts;
    assert_eq!(forecasts.sources, [Source::OpenMeteo, Source::MetNorway]);
    assert_eq!(forecasts.open_meteo_url, "https://customer-api.open-meteo.com");
    assert_eq!(forecasts.met_norway_url, "https://api.met.no");
    assert!(!format!("{forecasts:?}").contains("a-customers-key"));
}

#[test]
fn a_provider_that_cannot_be_asked_as_it_wants_is_a_mistake() {
    for (wrong, setting) in [
        (&[("THUNDERBIRD_FORECASTS", "bom")][..], "THUNDERBIRD_FORECASTS"),
        (
            &[("THUNDERBIRD_FORECASTS", "open-meteo,open-meteo")],
            "THUNDERBIRD_FORECASTS",
        ),
        (
            &[("THUNDERBIRD_FORECASTS", "met-norway")],
            "THUNDERBIRD_FORECAST_CONTACT",
        ),
        (
            &[("THUNDERBIRD_FORECAST_CONTACT", "somebody")],
            "THUNDERBIRD_FORECAST_CONTACT",
        ),
        (
            &[("THUNDERBIRD_OPEN_METEO_URL", "http://weather.example.org")],
            "THUNDERBIRD_OPEN_METEO_URL",
        ),
        (
            &[("THUNDERBIRD_MET_NORWAY_URL", "https://api.met.no/?key=1")],
            "THUNDERBIRD_MET_NORWAY_URL",
        ),
    ] {
        assert_eq!(settings(&read(wrong).unwrap_err()), [setting], "{wrong:?}");
    }
    let mut real = TWILIO.to_vec();
    real.extend([PUBLIC, ("THUNDERBIRD_FORECASTS", "simulated")]);
    assert_eq!(settings(&read(&real).unwrap_err()), ["THUNDERBIRD_FORECASTS"]);
    assert!(read(&[("THUNDERBIRD_FORECASTS", "simulated")]).is_ok());
}
