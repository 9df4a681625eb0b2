//! The API's description is true: what schemathesis makes up from it, with and without an account and Twilio's signature,
//! is answered as described, and never with a failure of ours.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    failure::{Failure, none},
    needs,
    process::{debug_binary, output, root, run},
};

const VERSION: &str = "4.32.5";

/// The same requests every time.
const SEED: &str = "20261122";
/// Cases made up per operation in the random phase; the coverage phase has as many as the description asks for.
const CASES: &str = "12";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

/// Signs webhooks; everything here is made up.
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SETTINGS: [(&str, &str); 11] = [
    ("THUNDERBIRD_BIND", "127.0.0.1:0"),
    ("THUNDERBIRD_ARGON2", "m=19456,t=2,p=1"),
    ("THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR", "1000000"),
    ("THUNDERBIRD_LIMIT_SESSIONS_PER_HOUR", "1000000"),
    ("THUNDERBIRD_LIMIT_WRITES_PER_MINUTE", "1000000"),
    ("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "1000000"),
    ("THUNDERBIRD_LIMIT_SMS_PER_HOUR", "1000000"),
    ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef"),
    ("TWILIO_AUTH_TOKEN", TOKEN),
    ("TWILIO_PHONE_NUMBER", "+61491579455"),
    ("TWILIO_API_BASE_URL", "http://127.0.0.1:1"),
];

/// What must have been answered at least once, or the doors were never passed.
const REACHED: [(&str, &str, &str); 6] = [
    ("GET", "/api/user", "200"),
    ("POST", "/api/user/checkins", "201"),
    ("POST", "/api/user/contacts", "201"),
    ("GET", "/auth/me/export", "200"),
    ("POST", "/webhook/sms/inbound", "200"),
    ("POST", "/webhook/sms/status", "204"),
];

/// Runs it twice over every operation: as a stranger, and as somebody who belongs.
pub fn check() -> Result<(), Failure> {
    let tool = root().join("target/tools/schemathesis/bin/schemathesis");
    let version = output(Command::new(&tool).arg("--version"));
    if !version.is_ok_and(|version| version.contains(VERSION)) {
        return Err(Failure::Tool {
            tool: "schemathesis 4.32.5",
            how: needs::SCHEMATHESIS.how,
        });
    }
    let scratch = TempDir::new().map_err(Failure::file("scratch"))?;
    let service = Service::start(&debug_binary()?, scratch.path())?;
    for token in [None, Some(TOKEN)] {
        println!(
            "{}",
            if token.is_some() {
                "with an account"
            } else {
                "as a stranger"
            }
        );
        run(made_up(&tool, &service, token).current_dir(scratch.path()))?;
    }
    none(service.complaints()?)
}

fn made_up(tool: &Path, service: &Service, token: Option<&str>) -> Command {
    let mut command = Command::new(tool);
    command
        .args(["run", "--no-color", "--warnings", "off", "--continue-on-failure"])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--generation-database",
            "none",
        ])
        .args(["--seed", SEED, "--max-examples", CASES, "--checks", CHECKS])
        .args(["--url", &service.base])
        .arg(root().join("docs/openapi.json"))
        .env("PYTHONPATH", root().join("tests/schemathesis"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("THUNDERBIRD_FUZZ_BASE", &service.base)
        .envs(
            SETTINGS
                .iter()
                .filter(|(name, _)| name.starts_with("TWILIO_"))
                .copied(),
        );
    if let Some(token) = token {
        command.env("THUNDERBIRD_FUZZ_TOKEN", token);
    }
    command
}

/// The real binary; ended when dropped.
struct Service {
    child: Child,
    /// Held open: what it says at the start is no reason to fail.
    _said: Box<dyn std::io::BufRead>,
    base: String,
    metrics: String,
    log: PathBuf,
}

impl Service {
    fn start(binary: &Path, folder: &Path) -> Result<Self, Failure> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let metrics = free.map_err(Failure::file("loopback"))?.to_string();
        let log = folder.join("serve.log");
        let mut child = Command::new(binary)
            .current_dir(folder)
            .env_clear()
            .envs(SETTINGS.iter().copied().collect::<BTreeMap<_, _>>())
            .env("THUNDERBIRD_METRICS_BIND", &metrics)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).map_err(Failure::file(&log))?)
            .spawn()
            .map_err(Failure::file(binary))?;
        let said = child.stdout.take();
        let said = said.ok_or_else(|| Failure::found("the service has no standard output"))?;
        let mut said: Box<dyn std::io::BufRead> = Box::new(BufReader::new(said));
        let mut line = String::new();
        said.read_line(&mut line).map_err(Failure::file(binary))?;
        let base = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let Some(base) = base else {
            let log = fs::read_to_string(&log).unwrap_or_default();
            return Err(Failure::found(format!("the service did not start:\n{log}")));
        };
        Ok(Self {
            child,
            _said: said,
            base,
            metrics,
            log,
        })
    }

    /// What the service itself counted: no failure, and every door passed.
    fn complaints(&self) -> Result<Vec<String>, Failure> {
        let text = self.counted().map_err(Failure::file("the metrics"))?;
        let counted = |line: &&str| line.starts_with("thunderbird_http_requests_total{");
        let mut complaints: Vec<String> = text
            .lines()
            .filter(counted)
            .filter(|line| line.contains("status=\"5"))
            .map(|line| format!("{line}; the log ends:\n{}", self.last_lines()))
            .collect();
        for (method, route, status) in REACHED {
            let labels = format!("{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
            if !text.lines().any(|line| line.contains(&labels)) {
                complaints.push(format!("{method} {route} was never answered {status}"));
            }
        }
        Ok(complaints)
    }

    fn counted(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.metrics)?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: metrics\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    }

    fn last_lines(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let errors: Vec<&str> = log.lines().filter(|line| line.contains("\"ERROR\"")).collect();
        errors.join("\n")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
