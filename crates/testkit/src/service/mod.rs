//! The real binary, started on a port of its own over a database of its own, killed and started again at will.
//!
//! ```ignore
//! let twilio = FakeTwilio::start().await;
//! let mut service = Service::builder(env!("CARGO_BIN_EXE_thunderbird")).twilio(&twilio).start().await;
//! let answer = service.text("+61491570006", "HELP").await;
//! assert!(answer.message().contains("000"));
//! service.kill();
//! service.start_again().await;
//! ```

pub mod client;
pub mod console;
mod lossy;
mod metrics;
pub mod phones;
mod simulator;
mod site;
mod text;
pub mod web;
mod world;

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use tempfile::TempDir;

pub use self::{
    client::Client,
    console::Operator,
    lossy::LossyNetwork,
    phones::{Contact, Hiker, Phone},
    site::Site,
    text::{Line, TextAnswer, Webhook},
    web::{WebAnswer, WebTokens},
    world::World,
};
use crate::{fake_smtp::FakeSmtp, fake_twilio::FakeTwilio};

/// How long a start, an answer or a stop may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// Collects how a service is to be started.
pub struct ServiceBuilder {
    binary: PathBuf,
    folder: Arc<TempDir>,
    environment: BTreeMap<String, String>,
    inside: Vec<String>,
}

/// A running service. Dropping it kills the process.
pub struct Service {
    binary: PathBuf,
    folder: Arc<TempDir>,
    environment: BTreeMap<String, String>,
    inside: Vec<String>,
    child: Option<Child>,
    base_url: String,
    output: Arc<Mutex<String>>,
    site: Site,
}

impl ServiceBuilder {
    /// Sets a variable of the service's environment, which is otherwise empty.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Leaves a variable out that is set otherwise.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// Sends through a fake Twilio instead of the simulator.
    #[must_use]
    pub fn twilio(mut self, twilio: &FakeTwilio) -> Self {
        self.environment.extend(twilio.environment());
        self
    }

    /// Sends mails through a fake mail server instead of into the simulator's mailbox.
    #[must_use]
    pub fn smtp(self, server: &FakeSmtp) -> Self {
        self.env("THUNDERBIRD_SMTP_URL", &server.url())
            .env("THUNDERBIRD_MAIL_FROM", "Thunderbird <thunderbird@example.org>")
    }

    /// Serves inside of another program, which this command line starts and which must become the service (`exec`),
    /// so that a signal reaches the service itself. The first word is a path: there is no `PATH`.
    #[must_use]
    pub fn inside(mut self, program: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.inside = program.into_iter().map(Into::into).collect();
        self
    }

    /// The folder the service runs in; files may be put there before it starts.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the service and waits until it listens.
    pub async fn start(self) -> Service {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let mut service = Service {
            binary: self.binary,
            folder: self.folder,
            environment: self.environment,
            inside: self.inside,
            child: None,
            base_url: String::new(),
            output: Arc::default(),
            site: Site::new(client),
        };
        service.start_again().await;
        service
    }

    /// Runs the binary with `arguments` in the service's folder and environment until it ends.
    pub fn run(&self, arguments: &[&str]) -> Output {
        command(&self.binary, &self.folder, &self.environment)
            .args(arguments)
            .output()
            .unwrap()
    }
}

fn command(binary: &Path, folder: &TempDir, environment: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(binary);
    command
        .current_dir(folder.path())
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null());
    command
}

impl Service {
    /// A service from `binary` (`env!("CARGO_BIN_EXE_thunderbird")`) in an empty folder: any free port, simulator,
    /// no metrics listener, password hashes at the configured floor.
    pub fn builder(binary: &str) -> ServiceBuilder {
        // Two providers are never in one process, so whoever is first has won; both are the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let environment = [
            ("THUNDERBIRD_BIND", "127.0.0.1:0"),
            ("THUNDERBIRD_METRICS_BIND", ""),
            ("THUNDERBIRD_ARGON2", "m=19456,t=2,p=1"),
            ("THUNDERBIRD_LOG", "debug"),
            ("THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR", "1000000"),
            ("THUNDERBIRD_LIMIT_SESSIONS_PER_HOUR", "1000000"),
            ("THUNDERBIRD_LIMIT_WRITES_PER_MINUTE", "1000000"),
            ("RUST_BACKTRACE", "1"),
        ];
        ServiceBuilder {
            binary: binary.into(),
            folder: Arc::new(tempfile::tempdir().unwrap()),
            environment: environment
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            inside: Vec::new(),
        }
    }

    /// Starts the binary (again) and waits until it listens.
    pub async fn start_again(&mut self) {
        assert!(self.child.is_none(), "the service runs already");
        let mut child = self.spawn();
        let (listening, heard) = tokio::sync::oneshot::channel();
        self.collect(child.stdout.take().unwrap(), Some(listening));
        self.collect(child.stderr.take().unwrap(), None);
        self.child = Some(child);
        match tokio::time::timeout(PATIENCE, heard).await {
            Ok(Ok(url)) => {
                self.site.moves_to(&url);
                self.base_url = url;
            }
            _ => panic!("the service did not start:\n{}", self.output()),
        }
    }

    /// Starts the binary (again) and kills it after this long, wherever it has come to.
    pub fn start_and_kill(&mut self, after: Duration) {
        assert!(self.child.is_none(), "the service runs already");
        let mut child = self.spawn();
        self.collect(child.stdout.take().unwrap(), None);
        self.collect(child.stderr.take().unwrap(), None);
        thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn spawn(&self) -> Child {
        let mut command = match self.inside.split_first() {
            None => command(&self.binary, &self.folder, &self.environment),
            Some((program, arguments)) => {
                let mut command = command(Path::new(program), &self.folder, &self.environment);
                command.args(arguments).arg(&self.binary);
                command
            }
        };
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Reads one of the process's streams to its end, keeps it, and tells the address when it is printed.
    fn collect(
        &self,
        stream: impl Read + Send + 'static,
        mut listening: Option<tokio::sync::oneshot::Sender<String>>,
    ) {
        let output = Arc::clone(&self.output);
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n') {
                let Ok(line) = line else { return };
                let line = String::from_utf8_lossy(&line).into_owned();
                if let Some(url) = line.strip_prefix("listening on ")
                    && let Some(listening) = listening.take()
                {
                    drop(listening.send(url.trim().to_owned()));
                }
                let mut output = output.lock().unwrap();
                output.push_str(&line);
                output.push('\n');
            }
        });
    }

    /// SIGKILL, between any two instructions.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("the service runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// SIGTERM, and waits until the service has drained and ended.
    pub async fn terminate(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the service runs");
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        tokio::task::spawn_blocking(move || child.wait().unwrap())
            .await
            .unwrap()
    }

    /// Waits until the process has ended by itself.
    pub async fn ends(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the service runs");
        let ended = crate::eventually("the end of the process", async || child.try_wait().unwrap()).await;
        drop(child);
        ended
    }

    /// The process id, for tools that watch it.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("the service runs").id()
    }

    /// `http://127.0.0.1:41234`
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The absolute address of `path`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// An HTTP client that follows no redirect.
    pub fn http(&self) -> &reqwest::Client {
        self.site.http()
    }

    /// The way to the service, for a client that outlives a start of it.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Everything the process has printed and logged, over all its lives.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// How many bytes the process has printed and logged, over all its lives.
    pub fn printed(&self) -> u64 {
        self.output.lock().unwrap().len() as u64
    }

    /// The folder the service runs in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("thunderbird.db")
    }

    /// Changes a variable for the next start.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// The value of a variable of the service's environment.
    pub(crate) fn env(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// Runs the binary with `arguments` in the service's folder and environment until it ends.
    pub fn run(&self, arguments: &[&str]) -> Output {
        command(&self.binary, &self.folder, &self.environment)
            .args(arguments)
            .output()
            .unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
        if thread::panicking() {
            let output = self.output();
            let tail: Vec<_> = output.lines().rev().take(40).collect();
            let tail: Vec<_> = tail.into_iter().rev().collect();
            drop(std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("the service's last lines:\n{}\n", tail.join("\n")).as_bytes(),
            ));
        }
    }
}
