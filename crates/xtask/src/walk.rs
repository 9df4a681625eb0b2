//! The examples of README, API guide and the page of forecasts, run beside a service that is started for them.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    failure::{Failure, none},
    needs,
    process::run,
    tour::{CLOSED, Tour},
};

/// How long the service may take until it is ready, its first build included, in seconds.
const PATIENCE: u32 = 1_200;

/// The pages whose examples are run.
const PAGES: [&str; 3] = ["README.md", "docs/api.md", "docs/forecasts.md"];

/// What the service and the examples are cut off from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Nothing.
    None,
    /// Every network but a loopback of its own.
    Network,
    /// That, and mounts and processes as well.
    Everything,
}

impl Isolation {
    /// Arguments of `unshare`.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Network => &["--map-root-user", "--net"],
            Self::Everything => &[
                "--map-root-user",
                "--net",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
            ],
        }
    }

    /// A command that is cut off like this; its arguments follow.
    pub fn command(self, program: impl AsRef<OsStr>) -> Command {
        if self == Self::None {
            return Command::new(program);
        }
        let mut command = Command::new("unshare");
        command.args(self.arguments()).arg(program);
        command
    }
}

/// One walk through the examples.
pub struct Walk<'a> {
    /// Where what is printed goes.
    pub scratch: &'a Path,
    /// Where the commands are typed.
    pub folder: &'a Path,
    /// The command that starts the service.
    pub start: &'a str,
    /// What all of it is cut off from.
    pub isolation: Isolation,
}

impl Walk<'_> {
    /// Starts the service, runs every example beside it, stops it, compares.
    pub fn run(&self) -> Result<(), Failure> {
        let curl = needs::CURL.path()?;
        let bash = needs::BASH.path()?;
        let python = needs::PYTHON.path()?;
        let tour = Tour::of(&PAGES, "tour")?;
        let file = self.scratch.join("tour.sh");
        let script = self.script(&tour.script(self.scratch)?);
        fs::write(&file, script).map_err(Failure::file(&file))?;
        let mut command = self.isolation.command(bash);
        emptied(&mut command, self.scratch, &[curl, python])?;
        let outcome = run(command.arg(&file).current_dir(self.folder));
        let complaints = tour.complaints(self.scratch);
        if outcome.is_err() {
            let log = fs::read_to_string(self.scratch.join("serve.log")).unwrap_or_default();
            return Err(Failure::Found(
                [complaints, vec![format!("the service said:\n{log}")]].concat(),
            ));
        }
        none(complaints)
    }

    fn script(&self, steps: &str) -> String {
        let loopback = if self.isolation == Isolation::None {
            "echo 'the network could not be cut off'"
        } else {
            "ip link set lo up"
        };
        let (start, log) = (self.start, self.scratch.join("serve.log"));
        format!(
            "set -euo pipefail
{loopback}
{start} > '{log}' 2>&1 &
service=$!
terminals=
trap 'kill $service 2>/dev/null || true' EXIT
for second in $(seq {PATIENCE}); do
  curl --silent --fail --output /dev/null http://127.0.0.1:8080/readyz && break
  kill -0 $service
  sleep 1
done
{steps}
sleep 2
touch '{closed}'
[ -z \"$terminals\" ] || wait $terminals
kill -TERM $service
wait $service
",
            log = log.display(),
            closed = self.scratch.join(CLOSED).display()
        )
    }
}

/// An environment with nothing but the way to the tools.
pub fn emptied(command: &mut Command, home: &Path, tools: &[PathBuf]) -> Result<(), Failure> {
    let users = PathBuf::from(env::var_os("HOME").unwrap_or_default());
    let own =
        |name: &str, fallback: &str| env::var_os(name).map_or_else(|| users.join(fallback), PathBuf::from);
    let mut path = vec![own("CARGO_HOME", ".cargo").join("bin")];
    path.extend(["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"].map(PathBuf::from));
    path.extend(
        tools
            .iter()
            .filter_map(|tool| tool.parent())
            .map(Path::to_path_buf),
    );
    let path = env::join_paths(path).map_err(|error| Failure::found(error.to_string()))?;
    command
        .env_clear()
        .env("PATH", path)
        .env("HOME", home)
        .env("CARGO_HOME", own("CARGO_HOME", ".cargo"))
        .env("RUSTUP_HOME", own("RUSTUP_HOME", ".rustup"))
        .env("CARGO_NET_OFFLINE", "true");
    Ok(())
}
