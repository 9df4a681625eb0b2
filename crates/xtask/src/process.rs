//! Running other programs from the repository's root.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::failure::Failure;

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Every file that git tracks or would track, relative to the root.
pub fn files() -> Result<Vec<PathBuf>, Failure> {
    let listed =
        output(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let root = root();
    Ok(listed
        .lines()
        .map(PathBuf::from)
        .filter(|path| root.join(path).is_file())
        .collect())
}

/// The folders of the crates, by name.
pub fn crates() -> Result<Vec<String>, Failure> {
    let folder = root().join("crates");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(Failure::file(&folder))? {
        let entry = entry.map_err(Failure::file(&folder))?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The text of a tracked file.
pub fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(root().join(path)).map_err(Failure::file(path))
}

/// Runs a command in the root, its output shown.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let told = tell(command);
    let status = command
        .current_dir_or_root()
        .status()
        .map_err(Failure::file(command.get_program()))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Command {
            command: told,
            output: String::new(),
        })
    }
}

/// Runs a command in the root and takes its standard output.
pub fn output(command: &mut Command) -> Result<String, Failure> {
    let told = tell(command);
    let output = command
        .current_dir_or_root()
        .stdin(Stdio::null())
        .output()
        .map_err(Failure::file(command.get_program()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        let said = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
        Err(Failure::Command {
            command: told,
            output: said,
        })
    }
}

/// A program of the PATH or of `target/tools/bin`, where CI installs its own.
pub fn tool(name: &'static str, how: &'static str) -> Result<PathBuf, Failure> {
    let own = root().join("target/tools/bin").join(name);
    if own.is_file() {
        return Ok(own);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
        .ok_or(Failure::Tool { tool: name, how })
}

/// Arguments of cargo for a suite of the server: follow with `--test <name>`. The whole workspace is selected, as in
/// `cargo test --workspace`: with one package alone the dependencies have other features, and are compiled a second time.
pub const SERVER_TESTS: [&str; 3] = ["test", "--locked", "--workspace"];

/// The binary of the working tree, built for tests.
pub fn debug_binary() -> Result<PathBuf, Failure> {
    run(cargo()
        .args(SERVER_TESTS)
        .args(["--quiet", "--no-run", "--test", "generated"]))?;
    // A guide that is tried in a scratch copy builds into the directory of the checkout.
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("debug/thunderbird"))
}

/// The binary that `first-run` released, if no file of the repository has changed since; else the working tree's own.
pub fn service_binary() -> Result<PathBuf, Failure> {
    let released = root().join("target/first-run/release/thunderbird");
    let changed = |file: &Path| fs::metadata(file).and_then(|facts| facts.modified()).ok();
    let newest = files()?
        .iter()
        .filter_map(|file| changed(&root().join(file)))
        .max();
    let binary = if changed(&released) > newest {
        released
    } else {
        debug_binary()?
    };
    println!("the binary is {}", binary.display());
    Ok(binary)
}

/// `cargo`, the one that runs this.
pub fn cargo() -> Command {
    unnested(Command::new(
        env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
    ))
}

/// The command without what `cargo run` told us about ourselves: some build scripts look at it, and would build
/// everything anew each time it changes.
pub fn unnested(mut command: Command) -> Command {
    let about_us = [
        "CARGO_MANIFEST",
        "CARGO_PKG_",
        "CARGO_CRATE_",
        "CARGO_BIN_",
        "CARGO_PRIMARY_",
    ];
    for (name, _) in env::vars_os() {
        let told = name.to_string_lossy();
        if about_us.iter().any(|start| told.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    command
}

fn tell(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

trait InRoot {
    fn current_dir_or_root(&mut self) -> &mut Self;
}

impl InRoot for Command {
    fn current_dir_or_root(&mut self) -> &mut Self {
        if self.get_current_dir().is_none() {
            self.current_dir(root());
        }
        self
    }
}
