//! A newcomer's first minutes: a fresh clone, nothing fetched after `cargo fetch`, an emptied environment, the
//! README's two commands and its tour as written.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    failure::{Failure, none},
    process::{cargo, output, root, run, tool},
    tour::Tour,
};

/// How long the first build may take, in seconds.
const PATIENCE: u32 = 1_200;

/// The pages whose examples are run.
const PAGES: [&str; 2] = ["README.md", "docs/api.md"];

/// Clones what is committed, builds it without a network, runs it, walks the tour, stops it.
pub fn check() -> Result<(), Failure> {
    let scratch = TempDir::new().map_err(Failure::file("scratch"))?;
    let clone = scratch.path().join("thunderbird");
    output(
        Command::new("git")
            .args(["clone", "--quiet", "--no-hardlinks"])
            .arg(root())
            .arg(&clone),
    )?;
    // Outside of the clone, so that a second run builds only what changed.
    let built = root().join("target/first-run");
    fs::create_dir_all(&built).map_err(Failure::file(&built))?;
    symlink(&built, clone.join("target")).map_err(Failure::file(&built))?;
    run(cargo().args(["fetch", "--locked"]).current_dir(&clone))?;
    walk(scratch.path(), &clone, "cargo run --release")
}

/// The same tour with the working tree's own debug build: for whoever edits a page.
pub fn tour() -> Result<(), Failure> {
    run(cargo().args(["build", "--locked", "--package", "thunderbird-server"]))?;
    let scratch = TempDir::new().map_err(Failure::file("scratch"))?;
    let folder = scratch.path().join("thunderbird");
    let released = folder.join("target/release");
    fs::create_dir_all(&released).map_err(Failure::file(&released))?;
    symlink(
        root().join("target/debug/thunderbird"),
        released.join("thunderbird"),
    )
    .map_err(Failure::file(&released))?;
    walk(scratch.path(), &folder, "target/release/thunderbird")
}

/// Starts the service in `folder`, runs every example beside it, stops it, compares.
fn walk(scratch: &Path, folder: &Path, start: &str) -> Result<(), Failure> {
    let curl = tool("curl", "apt-get install curl")?;
    let bash = tool("bash", "apt-get install bash")?;
    let python = tool("python3", "apt-get install python3")?;
    let tour = Tour::of(&PAGES)?;
    let cut_off = network_can_be_cut_off();
    let file = scratch.join("tour.sh");
    fs::write(&file, script(&tour.script(scratch)?, scratch, start, cut_off))
        .map_err(Failure::file(&file))?;
    let mut command = Command::new(if cut_off {
        Path::new("unshare")
    } else {
        bash.as_path()
    });
    if cut_off {
        command.args(["--net", "--map-root-user"]).arg(bash);
    }
    emptied(&mut command, scratch, &[curl, python])?;
    let outcome = run(command.arg(&file).current_dir(folder));
    let complaints = tour.complaints(scratch);
    if outcome.is_err() {
        let log = fs::read_to_string(scratch.join("serve.log")).unwrap_or_default();
        return Err(Failure::Found(
            [complaints, vec![format!("the service said:\n{log}")]].concat(),
        ));
    }
    none(complaints)
}

/// An environment with nothing but the way to the tools.
fn emptied(command: &mut Command, home: &Path, tools: &[PathBuf]) -> Result<(), Failure> {
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

/// Whether this machine lets us make a network namespace with nothing but a loopback interface in it.
fn network_can_be_cut_off() -> bool {
    let probe = ["--net", "--map-root-user", "ip", "link", "set", "lo", "up"];
    output(Command::new("unshare").args(probe)).is_ok()
}

fn script(steps: &str, scratch: &Path, start: &str, cut_off: bool) -> String {
    let loopback = if cut_off {
        "ip link set lo up"
    } else {
        "echo 'the network could not be cut off'"
    };
    let log = scratch.join("serve.log");
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
[ -z \"$terminals\" ] || wait $terminals
kill -TERM $service
wait $service
",
        log = log.display()
    )
}
