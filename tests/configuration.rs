//! What the binary says to a configuration, and to the files that it names.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{path::Path, process::Output};

use thunderbird_testkit::{
    eventually_holds,
    service::{Service, ServiceBuilder},
};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");

/// Exit code and what was said on standard error.
fn refused(output: &Output) -> (Option<i32>, String) {
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// Waits until the service has printed `text`.
async fn said(service: &Service, text: &str) {
    eventually_holds(&format!("{text:?} in the output"), async || {
        service.output().contains(text)
    })
    .await;
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn every_mistake_is_reported_at_once_and_nothing_is_touched() {
    let builder = Service::builder(BINARY)
        .env("THUNDERBIRD_BIND", "here")
        .env("THUNDERBIRD_PUBLIC_URL", "http://sms.example.org/path")
        .env("THUNDERBIRD_REGISTRATON", "closed")
        .env("THUNDERBIRD_ARGON2", "m=1,t=1,p=1")
        .env("THUNDERBIRD_LIMIT_SMS_PER_DAY", "0")
        .env("THUNDERBIRD_CORS_ORIGINS", "*")
        .env("TWILIO_AUTH_TOKEN", "canary")
        .env("DATABASE_URL", "postgres://u:canary@localhost/tb");
    let (code, said) = refused(&builder.run(&["serve"]));
    assert_eq!(code, Some(78), "{said}");
    for setting in [
        "THUNDERBIRD_BIND:",
        "THUNDERBIRD_PUBLIC_URL:",
        "THUNDERBIRD_REGISTRATON: there is no such variable; did you mean THUNDERBIRD_REGISTRATION?",
        "THUNDERBIRD_ARGON2:",
        "THUNDERBIRD_LIMIT_SMS_PER_DAY:",
        "THUNDERBIRD_CORS_ORIGINS:",
        "TWILIO_AUTH_TOKEN:",
        "TWILIO_ACCOUNT_SID:",
        "TWILIO_PHONE_NUMBER:",
        "DATABASE_URL:",
    ] {
        assert!(said.contains(setting), "{setting} in {said}");
    }
    assert!(!said.contains("canary"), "{said}");
    assert!(is_empty(builder.folder()));
}

#[test]
fn each_of_these_set_ups_is_refused_by_name() {
    let twilio = [
        ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef"),
        ("TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef"),
        ("TWILIO_PHONE_NUMBER", "+61491570006"),
        ("THUNDERBIRD_PUBLIC_URL", "https://sms.example.org"),
    ];
    let public = &twilio[3..];
    for (environment, more, setting) in [
        (&twilio[..2], &[][..], "TWILIO_PHONE_NUMBER"),
        (&twilio[1..2], &[], "TWILIO_ACCOUNT_SID"),
        (public, &[], "no gateway configured"),
        (
            &[],
            &[("THUNDERBIRD_PUBLIC_URL", "http://sms.example.org")],
            "must begin with https",
        ),
        (
            &twilio,
            &[("THUNDERBIRD_PUBLIC_URL", "https://sms.example.org/hook")],
            "THUNDERBIRD_PUBLIC_URL",
        ),
        (
            &twilio,
            &[("TWILIO_API_KEY_SID", "SK0123456789abcdef0123456789abcdef")],
            "TWILIO_API_KEY_SECRET",
        ),
        (
            &twilio,
            &[(
                "TWILIO_MESSAGING_SERVICE_SID",
                "AC0123456789abcdef0123456789abcdef",
            )],
            "TWILIO_MESSAGING_SERVICE_SID",
        ),
        (
            &[],
            &[("THUNDERBIRD_BIND", "0.0.0.0:0")],
            "THUNDERBIRD_PUBLIC_URL",
        ),
        (&[], &[("THUNDERBIRD_METRICS_BIND", "0.0.0.0:9464")], "loopback"),
        (&[], &[("THUNDERBIRD_NONSENSE", "1")], "THUNDERBIRD_NONSENSE"),
    ] {
        let mut builder = Service::builder(BINARY);
        for (name, value) in environment.iter().chain(more) {
            builder = builder.env(name, value);
        }
        let (code, said) = refused(&builder.run(&[]));
        assert_eq!(code, Some(78), "{setting}: {said}");
        assert!(said.contains(setting), "{setting} in {said}");
        assert!(is_empty(builder.folder()), "{setting}");
    }
}

#[test]
fn a_value_that_means_nothing_is_refused_before_anything_is_made() {
    for (name, value, advice) in [
        (
            "TWILIO_PHONE_NUMBER",
            ",",
            "TWILIO_PHONE_NUMBER: must be one or several",
        ),
        ("THUNDERBIRD_SMS_REGIONS", " , ", "at least one region"),
        (
            "THUNDERBIRD_PUBLIC_URL",
            "https://*.example.org",
            "must name one host",
        ),
        (
            "THUNDERBIRD_CORS_ORIGINS",
            "https://*.example.org",
            "is not an origin",
        ),
        ("DATABASE_URL", "sqlite://", "names no file"),
        ("THUNDERBIRD_LOG", "inof", "THUNDERBIRD_LOG: must be a level"),
        ("THUNDERBIRD_KEYS", "canary", "THUNDERBIRD_KEYS: is no key ring"),
        (
            "THUNDERBIRD_ROUTES_DIR",
            "nowhere",
            "THUNDERBIRD_ROUTES_DIR: nowhere",
        ),
        (
            "THUNDERBIRD_DB_PATH",
            "nowhere/hike.db",
            "THUNDERBIRD_DB_PATH must name a file",
        ),
    ] {
        let builder = Service::builder(BINARY).env(name, value);
        let (code, said) = refused(&builder.run(&[]));
        assert_eq!(code, Some(78), "{name}: {said}");
        assert!(said.contains(advice), "{advice} in {said}");
        assert!(!said.contains("canary"), "{said}");
        assert!(is_empty(builder.folder()), "{name}");
    }
}

#[test]
fn two_spellings_of_one_file_are_one() {
    let builder = Service::builder(BINARY)
        .env("THUNDERBIRD_DB_PATH", "hike.db")
        .env("DATABASE_URL", "sqlite://./hike.db");
    let status = builder.run(&["migrate", "status"]);
    assert_eq!(status.status.code(), Some(0), "{status:?}");
}

#[test]
fn a_key_written_like_a_variable_is_told_its_name() {
    let builder = with_file("thunderbird.toml", b"THUNDERBIRD_DB_PATH = \"hike.db\"\n");
    let (code, said) = refused(&builder.run(&["migrate", "status"]));
    assert_eq!(code, Some(78));
    assert!(said.contains("did you mean db_path?"), "{said}");
}

#[test]
fn asking_for_administrators_makes_no_database() {
    let builder = Service::builder(BINARY);
    for command in [
        &["admin", "list"][..],
        &["admin", "list", "--json"],
        &["admin", "reset-totp", "ada"],
        &["admin", "password", "ada", "--password-file", "/dev/null"],
    ] {
        let (code, said) = refused(&builder.run(command));
        assert_eq!(code, Some(78), "{said}");
        assert!(said.contains("does not exist"), "{said}");
        assert!(is_empty(builder.folder()), "{command:?}");
    }
}

fn with_file(name: &str, content: &[u8]) -> ServiceBuilder {
    let builder = Service::builder(BINARY);
    std::fs::write(builder.folder().join(name), content).unwrap();
    builder
}

#[test]
fn a_file_that_is_something_else_is_left_alone() {
    for (name, content, advice) in [
        (
            "thunderbird.db",
            &b"this is no database at all"[..],
            "THUNDERBIRD_DB_PATH",
        ),
        ("thunderbird.db-wal", b"left over", "thunderbird.db-wal"),
        ("thunderbird.db-journal", b"left over", "thunderbird.db-journal"),
        (
            "thunderbird.db.legacy-20261122T000000Z",
            b"left over",
            "thunderbird.db.legacy-",
        ),
        ("thunderbird.db.adopting", b"half", "thunderbird adopt"),
    ] {
        let builder = with_file(name, content);
        let (code, said) = refused(&builder.run(&["serve"]));
        assert_eq!(code, Some(78), "{name}: {said}");
        assert!(said.contains(advice), "{name}: {said}");
        assert_eq!(
            std::fs::read(builder.folder().join(name)).unwrap(),
            content,
            "{name}"
        );
    }
}

#[test]
fn usage_is_2_and_help_is_sentences() {
    let builder = Service::builder(BINARY);
    assert_eq!(builder.run(&["fly"]).status.code(), Some(2));
    assert_eq!(builder.run(&["serve", "--sideways"]).status.code(), Some(2));
    let help = builder.run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("serve"), "{help}");
    for command in ["serve", "keys rotate", "admin create", "migrate", "phone"] {
        let arguments: Vec<_> = command.split(' ').chain(["--help"]).collect();
        let help = String::from_utf8(builder.run(&arguments).stdout).unwrap();
        let (about, rest) = help.split_once("\n\nUsage:").unwrap();
        assert!(about.ends_with('.'), "{command}: {about}");
        let words = rest.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("in the working directory."), "{command}: {words}");
        assert!(
            words.contains("whatever the configuration says."),
            "{command}: {words}"
        );
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = builder.run(&["completions", shell]);
        assert!(script.status.success() && !script.stdout.is_empty());
    }
    assert!(is_empty(builder.folder()));
}

#[tokio::test]
async fn the_file_in_the_working_directory_and_dotenv_are_read() {
    let builder = with_file(
        "thunderbird.toml",
        b"db_path = 'toml.db'\nregistration = 'open'\n",
    );
    std::fs::write(builder.folder().join(".env"), "THUNDERBIRD_REGISTRATION=closed\n").unwrap();
    let service = builder.start().await;
    assert!(service.folder().join("toml.db").exists());
    said(&service, "registration   closed").await;
}

#[tokio::test]
async fn the_first_screen_names_the_port_that_the_metrics_took() {
    let service = Service::builder(BINARY)
        .env("THUNDERBIRD_METRICS_BIND", "127.0.0.1:0")
        .start()
        .await;
    said(&service, "/metrics").await;
    let output = service.output();
    let line = output.lines().find(|line| line.ends_with("/metrics")).unwrap();
    let url = line.split_whitespace().last().unwrap();
    assert!(!url.contains(":0/"), "{line}");
    let read = service.http().get(url).send().await.unwrap();
    assert_eq!(read.status(), 200);
}

#[tokio::test]
async fn the_metrics_port_may_be_taken_only_by_default() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let builder = Service::builder(BINARY).env("THUNDERBIRD_METRICS_BIND", &address);
    let (code, said) = refused(&builder.run(&["serve"]));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("THUNDERBIRD_METRICS_BIND"), "{said}");
}

#[tokio::test]
async fn the_port_may_be_taken() {
    let service = Service::builder(BINARY).start().await;
    let address = service.base_url().strip_prefix("http://").unwrap().to_owned();
    let other = Service::builder(BINARY).env("THUNDERBIRD_BIND", &address);
    let (code, said) = refused(&other.run(&["serve"]));
    assert_eq!(code, Some(1));
    assert!(
        said.contains("THUNDERBIRD_BIND") && said.contains(&address),
        "{said}"
    );
}

#[tokio::test]
async fn the_first_line_says_where_and_the_next_what_is_in_force() {
    let service = Service::builder(BINARY).start().await;
    said(&service, "Try next").await;
    let output = service.output();
    let first = output.lines().find(|line| !line.starts_with('{')).unwrap();
    assert_eq!(first, format!("listening on {}", service.base_url()));
    for said in [
        "database",
        "texts",
        "the simulator",
        "registration   open",
        "web origins    none",
        "thunderbird phone",
    ] {
        assert!(output.contains(said), "{said}: {output}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_made_is_nobody_elses() {
    use std::os::unix::fs::PermissionsExt as _;
    let service = Service::builder(BINARY).start().await;
    for entry in std::fs::read_dir(service.folder()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{:?} {mode:o}", entry.file_name());
    }
}

#[tokio::test]
async fn a_ring_that_does_not_fit_is_refused_with_the_two_ways_out() {
    let mut service = Service::builder(BINARY).start().await;
    service.terminate().await;
    let ring = service.folder().join("thunderbird.db.keys");
    let kept = std::fs::read(&ring).unwrap();
    std::fs::remove_file(&ring).unwrap();
    let (code, said) = refused(&service.run(&["serve"]));
    assert_eq!(code, Some(78), "{said}");
    assert!(said.contains("keys replace") && said.contains("backup"), "{said}");
    assert!(!ring.exists());
    std::fs::write(&ring, &kept).unwrap();
    let (code, said) = refused(&{
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&ring, std::fs::Permissions::from_mode(0o644)).unwrap();
        service.run(&["serve"])
    });
    assert_eq!(code, Some(78), "{said}");
    assert!(said.contains("600"), "{said}");
}
