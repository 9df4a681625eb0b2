//! Where the database is: the URL, and whether the way there is encrypted.

use std::{fmt, net::IpAddr, path::Path, str::FromStr, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a connection may take to come about, and how long sent bytes may stay unacknowledged.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A server that says nothing for so long is asked; after so many questions without an answer the connection is lost.
/// Without these the thread of a write would wait for two hours for a machine that is gone.
const KEEPALIVES: [&str; 3] = [
    "keepalives_idle=10",
    "keepalives_interval=5",
    "keepalives_retries=3",
];

/// What may stand behind the question mark and is handed to the driver as it is.
const PARAMETERS: [&str; 13] = [
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "password",
    "port",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Why a URL cannot be used. No message repeats any part of it: where a password holds an `@`, a `?` or an `&` that is not
/// encoded, each part may be a piece of the password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It is no PostgreSQL URL.
    #[error("a PostgreSQL URL begins with postgres:// or postgresql://")]
    Scheme,
    /// It is not clear where the password ends.
    #[error("the database URL has an @ too many: in a name or a password write %40 for @ and %3F for ?")]
    Unencoded,
    /// A parameter that would be passed over.
    #[error(
        "the database URL has an unknown parameter (in a password write %26 for &); known are sslmode, sslrootcert, {}",
        PARAMETERS.join(", ")
    )]
    Parameter,
    /// A part cannot be read.
    #[error(
        "the database URL cannot be read: write postgres://USER:PASSWORD@HOST:PORT/NAME, with numbers for ports and times"
    )]
    Unreadable,
    /// There is no host.
    #[error("the database URL names no host")]
    NoHost,
    /// There is no database name.
    #[error("the database URL names no database")]
    NoDatabase,
    /// A mode that promises less than it seems to, or none at all.
    #[error(
        "this sslmode is not known: write require, verify-ca or verify-full (all three verify), or disable"
    )]
    SslMode,
    /// Passwords and texts would cross a network as they are.
    #[error("the database is on another host: add sslrootcert=FILE for TLS, or write out sslmode=disable")]
    PlainText,
    /// TLS without anything to verify against.
    #[error("TLS needs sslrootcert=FILE: the certificate that the server's is verified with")]
    NoRoot,
    /// The root certificate cannot be read.
    #[error("the certificates of sslrootcert cannot be read: {0}")]
    Root(String),
    /// The TLS library refuses the certificates.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// A database's address, checked.
#[derive(Clone)]
pub struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.config.get_dbname().unwrap_or_default();
        write!(f, "Address({:?}, {name})", self.config.get_hosts())
    }
}

impl Address {
    /// What the driver connects by.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// How to encrypt the way there; `None` where it is plain.
    pub(super) fn tls(&self) -> Option<&MakeRustlsConnect> {
        self.tls.as_ref()
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(url: &str) -> Result<Self, AddressError> {
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(AddressError::Scheme);
        }
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        if query.contains('@') || place.matches('@').count() > 1 {
            return Err(AddressError::Unencoded);
        }
        let mut driver = KEEPALIVES.to_vec();
        let (mut mode, mut root) = (None, None);
        for pair in query.split('&') {
            // A plus sign stands for itself, as in libpq.
            let plain = pair.replace('+', "%2B");
            let Some((name, value)) = form_urlencoded::parse(plain.as_bytes()).next() else {
                continue;
            };
            match name.as_ref() {
                "sslmode" => mode = Some(Mode::parse(&value)?),
                "sslrootcert" => root = Some(value.into_owned()),
                known if PARAMETERS.contains(&known) => driver.push(pair),
                _ => return Err(AddressError::Parameter),
            }
        }
        // The driver's own words repeat what it cannot read.
        let config = format!("{place}?{}", driver.join("&")).parse();
        let mut config: Config = config.map_err(|_| AddressError::Unreadable)?;
        if config.get_hosts().is_empty() {
            return Err(AddressError::NoHost);
        }
        let has_at = |host: &Host| matches!(host, Host::Tcp(name) if name.contains('@'));
        if config.get_hosts().iter().any(has_at) {
            return Err(AddressError::Unencoded);
        }
        if config.get_dbname().is_none() {
            return Err(AddressError::NoDatabase);
        }
        let tls = encryption(&config, mode, root.as_deref())?;
        config.ssl_mode(if tls.is_some() {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(PATIENCE);
        }
        Ok(Self { config, tls })
    }
}

/// What `sslmode` asks for.
#[derive(Clone, Copy)]
enum Mode {
    Plain,
    Verified,
}

impl Mode {
    /// `allow` and `prefer` encrypt only as long as no attacker prevents it.
    fn parse(word: &str) -> Result<Self, AddressError> {
        match word {
            "disable" => Ok(Self::Plain),
            "require" | "verify-ca" | "verify-full" => Ok(Self::Verified),
            _ => Err(AddressError::SslMode),
        }
    }
}

fn encryption(
    config: &Config,
    mode: Option<Mode>,
    root: Option<&str>,
) -> Result<Option<MakeRustlsConnect>, AddressError> {
    let is_far = !config.get_hosts().iter().all(is_near);
    match (mode, root, is_far) {
        (Some(Mode::Plain), ..) | (None, None, false) => Ok(None),
        (Some(Mode::Verified) | None, Some(root), _) => verified(Path::new(root)).map(Some),
        (Some(Mode::Verified), None, _) => Err(AddressError::NoRoot),
        (None, None, true) => Err(AddressError::PlainText),
    }
}

/// Whether what is sent stays on this machine.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

fn verified(root: &Path) -> Result<MakeRustlsConnect, AddressError> {
    let unreadable = |error: &dyn fmt::Display| AddressError::Root(error.to_string());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(root).map_err(|error| unreadable(&error))? {
        roots.add(certificate.map_err(|error| unreadable(&error))?)?;
    }
    if roots.is_empty() {
        return Err(AddressError::Root("there is none in the file".to_owned()));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::Address;

    fn refused(url: &str) -> String {
        url.parse::<Address>()
            .err()
            .map_or_else(|| "taken".to_owned(), |error| error.to_string())
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_a_sentence_of_its_own() {
        for (url, sentence) in [
            (
                "sqlite://x",
                "a PostgreSQL URL begins with postgres:// or postgresql://",
            ),
            (
                "postgres://u@localhost/d?options=-c",
                "the database URL has an unknown parameter (in a password write %26 for &); known are sslmode, \
                 sslrootcert, channel_binding, connect_timeout, dbname, host, keepalives, keepalives_idle, \
                 keepalives_interval, keepalives_retries, password, port, target_session_attrs, tcp_user_timeout, user",
            ),
            ("postgres:///d?user=u", "the database URL names no host"),
            ("postgres://u@localhost", "the database URL names no database"),
            (
                "postgres://u@db.example.org/d",
                "the database is on another host: add sslrootcert=FILE for TLS, or write out sslmode=disable",
            ),
            (
                "postgres://u@127.0.0.1,10.0.0.1/d",
                "the database is on another host: add sslrootcert=FILE for TLS, or write out sslmode=disable",
            ),
            (
                "postgres://u@localhost/d?sslmode=prefer",
                "this sslmode is not known: write require, verify-ca or verify-full (all three verify), or disable",
            ),
            (
                "postgres://u@db.example.org/d?sslmode=require",
                "TLS needs sslrootcert=FILE: the certificate that the server's is verified with",
            ),
        ] {
            assert_eq!(refused(url), sentence, "{url}");
        }
        let unreadable = refused("postgres://u@db.example.org/d?sslrootcert=/nowhere.pem");
        assert!(
            unreadable.starts_with("the certificates of sslrootcert cannot be read"),
            "{unreadable}"
        );
    }

    #[test]
    fn what_stays_on_this_machine_or_is_meant_to_be_plain_needs_no_tls() {
        for url in [
            "postgres://u@localhost/d",
            "postgresql://u:p@[::1]:5433/d?connect_timeout=3",
            "postgres://u@%2Frun%2Fpostgresql/d",
            "postgres:///d?host=/run/postgresql&user=u",
            "postgres://u@a.example,b.example/d?target_session_attrs=read-write&sslmode=disable",
        ] {
            let address: Result<Address, _> = url.parse();
            assert!(address.is_ok_and(|address| address.tls().is_none()), "{url}");
        }
    }

    #[test]
    fn no_form_of_an_address_shows_the_password() {
        let address: Result<Address, _> = "postgres://u:secret@localhost/d".parse();
        assert!(!format!("{address:?}").contains("secret"));
        for url in [
            "postgres://u:pa?secret@h/d",
            "postgres://u:pa?sslmode=secret@h/d",
            "postgres://u:p@secret@db.example.org/d",
            "postgres://u:p@secret/more@db.example.org/d",
            "postgres://u:p@p%40secret/d",
            "postgres://u@localhost/d?password=ab&secret",
            "postgres://u@localhost/d?password=ab&sslmode=secret",
            "postgres://u@localhost/d?password=ab&host=p%40secret",
            "postgres://u@localhost/d?port=secret",
            "postgres://u:secret/d",
            "postgres://u:p@localhost:secret/d",
            "postgres://secret/d",
        ] {
            let address: Result<Address, _> = url.parse();
            assert!(address.is_err(), "{url}");
            assert!(
                !format!("{address:?} {}", refused(url)).contains("secret"),
                "{url}"
            );
        }
    }

    #[test]
    fn a_password_among_the_parameters_is_the_one_that_was_meant() {
        let address: Address = "postgres://localhost/d?user=u&password=a%20b%2Bc+d%26%40"
            .parse()
            .unwrap();
        assert_eq!(address.config().get_password(), Some(&b"a b+c+d&@"[..]));
    }

    #[test]
    fn a_machine_that_is_gone_is_noticed_in_seconds_unless_the_url_says_otherwise() {
        let idle = |url: &str| {
            let address: Address = url.parse().unwrap();
            let config = address.config();
            let interval = config.get_keepalives_interval().unwrap();
            let questions = config.get_keepalives_retries().unwrap();
            (config.get_keepalives_idle() + interval * questions).as_secs()
        };
        assert_eq!(idle("postgres://u@localhost/d"), 25);
        assert_eq!(
            idle("postgres://u@localhost/d?keepalives_idle=100&keepalives_interval=2&keepalives_retries=7"),
            114
        );
    }
}
