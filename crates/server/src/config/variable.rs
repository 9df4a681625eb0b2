//! The table of everything that can be configured. docs/configuration.md is printed from it.

/// One variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name in the environment and in `.env`.
    pub name: &'static str,
    /// What stands when nobody says otherwise; empty for nothing.
    pub default: &'static str,
    /// One line for the reader of the documentation.
    pub meaning: &'static str,
    /// Whether the value is a secret: never printed, and readable from the file that `NAME_FILE` names.
    pub secret: bool,
    /// Whether an empty value means something else than an absent one.
    pub may_be_empty: bool,
}

const fn plain(name: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable {
        name,
        default,
        meaning,
        secret: false,
        may_be_empty: false,
    }
}

const fn secret(name: &'static str, meaning: &'static str) -> Variable {
    Variable {
        name,
        default: "",
        meaning,
        secret: true,
        may_be_empty: false,
    }
}

impl Variable {
    /// Its key in `thunderbird.toml`: lower case, without `THUNDERBIRD_`.
    pub fn key(&self) -> String {
        self.name.trim_start_matches("THUNDERBIRD_").to_ascii_lowercase()
    }
}

/// Where the service listens.
pub const BIND: &str = "THUNDERBIRD_BIND";
/// What the world calls it.
pub const PUBLIC_URL: &str = "THUNDERBIRD_PUBLIC_URL";
/// Who is responsible for what the service holds about people.
pub const HOLDER: &str = "THUNDERBIRD_HOLDER";
/// The database, as the Python version named it.
pub const DB_PATH: &str = "THUNDERBIRD_DB_PATH";
/// The database, as the diesel command names it.
pub const DATABASE_URL: &str = "DATABASE_URL";
/// How many connections one source may have open.
pub const CONNECTIONS_PER_SOURCE: &str = "THUNDERBIRD_LIMIT_CONNECTIONS_PER_SOURCE";
/// Where the metrics are read.
pub const METRICS_BIND: &str = "THUNDERBIRD_METRICS_BIND";
/// What is logged.
pub const LOG: &str = "THUNDERBIRD_LOG";

/// Every variable, in the order of the documentation.
pub const VARIABLES: &[Variable] = &[
    plain(
        BIND,
        "127.0.0.1:8080",
        "Address and port to listen on; port 0 takes a free one.",
    ),
    plain(
        PUBLIC_URL,
        "",
        "What Twilio signs and mail links use: scheme, host, optional port, nothing else. https unless the host is \
         loopback. Default: the address listened on. Must be set when THUNDERBIRD_BIND is not loopback.",
    ),
    plain(
        HOLDER,
        "",
        "Who is responsible for the data of hikers and contacts, with an address to write to: one line of at most 200 \
         characters, shown at /contacts. Default: the operator of the public URL.",
    ),
    plain(DB_PATH, "thunderbird.db", "The SQLite file."),
    plain(
        DATABASE_URL,
        "",
        "The same, as the diesel command reads it: a path, `sqlite://path` or `file:path`. The one from the higher \
         source wins; both in one source and different is a mistake.",
    ),
    plain(
        "THUNDERBIRD_KEYRING",
        "",
        "The key ring's file, mode 0600. Default: the database's path with `.keys`.",
    ),
    secret(
        "THUNDERBIRD_KEYS",
        "The key ring's content, instead of the file. `keys rotate` and `keys replace` refuse then.",
    ),
    plain(
        "TWILIO_ACCOUNT_SID",
        "",
        "The Twilio account (`AC…`). With the next two: texts go through Twilio. No `TWILIO_*` at all: the simulator.",
    ),
    secret(
        "TWILIO_AUTH_TOKEN",
        "The account's auth token: checks webhooks, and sends unless an API key is given.",
    ),
    plain(
        "TWILIO_PHONE_NUMBER",
        "",
        "One or several of our numbers in E.164, separated by commas; the first is what hikers are told.",
    ),
    plain(
        "TWILIO_MESSAGING_SERVICE_SID",
        "",
        "Send through this messaging service (`MG…`).",
    ),
    secret(
        "TWILIO_AUTH_TOKEN_NEXT",
        "A second token that webhooks may be signed with, while the token is rotated.",
    ),
    plain(
        "TWILIO_API_KEY_SID",
        "",
        "An API key (`SK…`) used for sending instead of the auth token.",
    ),
    secret("TWILIO_API_KEY_SECRET", "The API key's secret."),
    plain(
        "TWILIO_API_BASE_URL",
        "https://api.twilio.com",
        "Where Twilio's API is; plain http only for loopback.",
    ),
    plain(
        "THUNDERBIRD_VOICE",
        "off",
        "`on`: a contact who does not answer an alert within three minutes is called, through Twilio or on a phone of the \
         simulator. The first number of `TWILIO_PHONE_NUMBER` must be able to call; `doctor` says whether it is.",
    ),
    secret(
        "THUNDERBIRD_SMTP_URL",
        "The mail server, `smtp://` or `smtps://`, with user and password inside.",
    ),
    plain(
        "THUNDERBIRD_MAIL_FROM",
        "",
        "The sender of our mail: an address, or `Name <address>`.",
    ),
    secret(
        "THUNDERBIRD_WATCHDOG_URL",
        "A watchdog outside, such as a dead man's switch: it is asked for once a minute while promises are watched in time, and not otherwise. `https://`, plain http only for loopback.",
    ),
    secret(
        "THUNDERBIRD_PAGER_URL",
        "Where you are paged by HTTP: each page is one POST of JSON that ntfy and other webhooks read. `https://` or \
         `http://`; no redirect is followed. Default: no page is made.",
    ),
    plain(
        "THUNDERBIRD_PAGER_PRIVATE",
        "refused",
        "Whether the host of THUNDERBIRD_PAGER_URL may be this machine or in a private network: `refused` or `allowed`.",
    ),
    plain(
        "THUNDERBIRD_PAGER_MAIL",
        "",
        "A mailbox that gets the same pages by mail; needs a mail server, or the simulator.",
    ),
    plain(
        "THUNDERBIRD_DEFAULT_REGION",
        "AU",
        "Region of numbers written without a prefix.",
    ),
    plain(
        "THUNDERBIRD_SMS_REGIONS",
        "AU,NZ",
        "Regions whose mobiles may be texted.",
    ),
    plain(
        "THUNDERBIRD_CARRIER_KEYWORDS",
        "",
        "Who confirms STOP: `twilio` or `own`. Default: twilio with Twilio, own in the simulator.",
    ),
    plain(
        "THUNDERBIRD_CORS_ORIGINS",
        "",
        "Exact origins whose browsers may call /auth and /api, separated by commas.",
    ),
    plain(
        "THUNDERBIRD_TRUSTED_PROXIES",
        "",
        "Networks whose X-Forwarded-For is believed, separated by commas.",
    ),
    plain("THUNDERBIRD_REGISTRATION", "open", "`open` or `closed`."),
    plain(
        "THUNDERBIRD_ACCESS_TOKEN_MINUTES",
        "30",
        "Life of an access token, 1 to 60.",
    ),
    plain(
        "THUNDERBIRD_ARGON2",
        "m=65536,t=3,p=1",
        "Cost of a password hash: KiB, passes, lanes. At least m=19456,t=2,p=1.",
    ),
    plain(
        "THUNDERBIRD_HASH_THREADS",
        "",
        "Concurrent password hashes. Default: the number of cores.",
    ),
    plain(
        "THUNDERBIRD_ROUTES_DIR",
        "",
        "Directory of the operator's own routes, on top of the built-in ones.",
    ),
    plain(
        "THUNDERBIRD_FORECASTS",
        "",
        "Who makes the forecasts of CAST, in order, separated by commas: `open-meteo`, `met-norway`, or `simulated` with the \
         simulator. Default: no provider, and nothing is asked. Their terms are yours to accept: [forecasts](forecasts.md).",
    ),
    plain(
        "THUNDERBIRD_OPEN_METEO_URL",
        "https://api.open-meteo.com",
        "Where Open-Meteo's API is; with a key the default is `https://customer-api.open-meteo.com`. Plain http only for \
         loopback.",
    ),
    secret(
        "THUNDERBIRD_OPEN_METEO_KEY",
        "The key of a customer of Open-Meteo. Without one its use must not be commercial.",
    ),
    plain(
        "THUNDERBIRD_MET_NORWAY_URL",
        "https://api.met.no",
        "Where MET Norway's API is; plain http only for loopback.",
    ),
    plain(
        "THUNDERBIRD_FORECAST_CONTACT",
        "",
        "A mail address or an https URL that goes to providers of forecasts with each request, so that they can write to \
         you. Must be set for `met-norway`.",
    ),
    plain(
        "THUNDERBIRD_SMS_PRICE",
        "AUD 0.0515",
        "Price of a segment until Twilio's own is known.",
    ),
    Variable {
        name: METRICS_BIND,
        default: "127.0.0.1:9464",
        meaning: "Where Prometheus reads the metrics: a loopback address; empty switches it off.",
        secret: false,
        may_be_empty: true,
    },
    plain(
        LOG,
        "info",
        "What is logged: a level, or directives such as `info,thunderbird::access=debug`.",
    ),
    plain(
        "THUNDERBIRD_LOG_FORMAT",
        "",
        "`text` or `json`. Default: text on a terminal, json otherwise.",
    ),
    plain(
        CONNECTIONS_PER_SOURCE,
        "1000",
        "Connections that one source may have open, but never more than a quarter of all places; a trusted proxy may have any number.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_WRITES_PER_MINUTE",
        "120",
        "Requests that are no GET, per source and per account. Twilio's webhooks are not among them.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR",
        "10",
        "Registrations per source.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN",
        "20",
        "Failed sign-ins per source.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_SESSIONS_PER_HOUR",
        "60",
        "Sign-ins per account. A session that goes on with its refresh token does not sign in.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_RESETS_PER_HOUR",
        "3",
        "Password resets per e-mail address.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_SMS_PER_HOUR",
        "10",
        "Answers per unregistered sender; six times that when registered or in a conversation.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_OTP_SENDS_PER_DAY",
        "5",
        "Codes per number and account.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_OTP_PER_HOUR",
        "60",
        "Codes for the whole service.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR",
        "12",
        "Check-ins of one hiker that contacts get at once; later ones become one text about the newest.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_CHECKINS_PER_DAY",
        "40",
        "The same within a day.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY",
        "30",
        "Texts that hikers together make the service send to one number; each hiker has three more.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_CONTACTS_PER_DAY",
        "20",
        "New contacts of one hiker, and of one account.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR",
        "240",
        "New contacts for the whole service; each gets one text.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_FORECASTS_PER_DAY",
        "24",
        "Forecasts of one hiker.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_FORECAST_CALLS_PER_DAY",
        "5000",
        "Calls to each provider of forecasts, as it weighs them: a forecast of Open-Meteo is four. Four fifths are for \
         routes, a fifth for places in coordinates.",
    ),
    plain(
        "THUNDERBIRD_LIMIT_SMS_PER_DAY",
        "2000",
        "Texts that the whole service sends by itself, a hard stop: codes and notices get four fifths at most, check-ins \
         all of it. One hiker causes a tenth at most.",
    ),
];

/// The variable of this name.
pub fn find(name: &str) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.name == name)
}

/// The known name that `wrong` most looks like.
pub fn closest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::jaro_winkler(wrong, name), name))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

/// docs/configuration.md.
pub fn page() -> String {
    let mut page = String::from(include_str!("page_head.md"));
    for variable in VARIABLES {
        let default = if variable.default.is_empty() {
            "-".to_owned()
        } else {
            format!("`{}`", variable.default)
        };
        let secret = if variable.secret {
            " Secret: may come from the file that `NAME_FILE` names."
        } else {
            ""
        };
        let row = [
            "| `",
            variable.name,
            "` | ",
            &default,
            " | ",
            variable.meaning,
            secret,
            " |
",
        ];
        page.extend(row);
    }
    page
}
