//! Runs every fuzz target for a while. Not part of `ci`: the build alone takes minutes. What was found before, and
//! every seed, is replayed by `cargo test`.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    failure::{Failure, none},
    process::{output, root, run, tool, unnested},
};

/// How long each target runs when nobody says otherwise.
const SECONDS: u64 = 60;

/// Longest input: about what a webhook or a page of settings has.
const LONGEST: u32 = 4_096;

/// `fuzz [seconds] [target..]`: builds once, then runs each target, or those named, one after the other.
pub fn check(arguments: &[String]) -> Result<(), Failure> {
    let (seconds, names) = read(arguments)?;
    let fuzzer = tool(
        "cargo-fuzz",
        "cargo install --locked cargo-fuzz@0.13.2 --root target/tools",
    )?;
    let host = nightly_host()?;
    build(&fuzzer)?;
    let programs = root().join("target/fuzz").join(host).join("release");
    let mut findings = Vec::new();
    for name in names {
        findings.extend(one(&programs, &name, seconds)?);
    }
    none(findings)
}

fn read(arguments: &[String]) -> Result<(u64, Vec<String>), Failure> {
    let (seconds, names) = match arguments.split_first() {
        Some((first, rest)) => match first.parse() {
            Ok(seconds) => (seconds, rest),
            Err(_) => (SECONDS, arguments),
        },
        None => (SECONDS, arguments),
    };
    let known = targets()?;
    if let Some(stranger) = names.iter().find(|name| !known.contains(name)) {
        let known = known.join(", ");
        return Err(Failure::found(format!(
            "there is no fuzz target {stranger}; there are {known}"
        )));
    }
    let names = if names.is_empty() { known } else { names.to_vec() };
    Ok((seconds, names))
}

fn targets() -> Result<Vec<String>, Failure> {
    let folder = root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(Failure::file(&folder))? {
        let path = entry.map_err(Failure::file(&folder))?.path();
        names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    names.sort_unstable();
    Ok(names)
}

/// The nightly toolchain's own machine, which it names its folder after.
fn nightly_host() -> Result<String, Failure> {
    let about = output(Command::new("rustup").args(["run", "nightly", "rustc", "-vV"]));
    let about = about.map_err(|_| Failure::Tool {
        tool: "A nightly toolchain",
        how: "rustup toolchain install nightly --profile minimal",
    })?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::found("rustc does not say for which machine it compiles"))
}

/// With the versions of the workspace, so that what is fuzzed is what ships; with checks for overflow, and without
/// AddressSanitizer: no crate of ours has unsafe code, and inputs are tried twice as fast.
fn build(fuzzer: &Path) -> Result<(), Failure> {
    let lock = root().join("fuzz/Cargo.lock");
    fs::copy(root().join("Cargo.lock"), &lock).map_err(Failure::file(&lock))?;
    let mut command = unnested(Command::new("rustup"));
    for outer in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(outer);
    }
    run(command
        .args(["run", "nightly"])
        .arg(fuzzer)
        .args(["build", "--fuzz-dir", "fuzz", "--sanitizer", "none"])
        .args(["--target-dir", "target/fuzz"]))
}

/// Runs one target; what it found, if anything, lies among the regressions then.
fn one(programs: &Path, name: &str, seconds: u64) -> Result<Option<String>, Failure> {
    let corpus = folder(&format!("target/fuzz/corpus/{name}"))?;
    let seeds = folder(&format!("fuzz/seeds/{name}"))?;
    let regressions = folder(&format!("fuzz/regressions/{name}"))?;
    let log = root().join(format!("target/fuzz/{name}.log"));
    let said = File::create(&log).map_err(Failure::file(&log))?;
    let program = programs.join(name);
    let status = Command::new(&program)
        .args([&corpus, &seeds, &regressions])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-artifact_prefix={}/found-", regressions.display()))
        .args(["-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1"])
        .current_dir(root())
        .stderr(said)
        .status()
        .map_err(Failure::file(&program))?;
    // Git keeps no empty folder, and nobody needs one.
    let _ = fs::remove_dir(&regressions);
    let told = fs::read_to_string(&log).map_err(Failure::file(&log))?;
    let tried = figure(&told, "stat::number_of_executed_units:");
    let memory = figure(&told, "stat::peak_rss_mb:");
    let verdict = if status.success() { "ok" } else { "FAILED" };
    println!("{name:16} {tried:>9} inputs  {memory:>4} MiB  {verdict}");
    Ok((!status.success()).then(|| {
        format!(
            "{name}: see {}. What broke it lies in fuzz/regressions/{name}; \
             `cargo test -p thunderbird-fuzzing` replays it. Mend the parser, name the file after what it is, keep it.",
            log.display()
        )
    }))
}

fn folder(inside: &str) -> Result<PathBuf, Failure> {
    let folder = root().join(inside);
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    Ok(folder)
}

fn figure<'a>(told: &'a str, name: &str) -> &'a str {
    let line = told.lines().find_map(|line| line.strip_prefix(name));
    line.map_or("-", str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn seconds_and_targets_may_be_left_out() {
        let all = targets().unwrap();
        assert_eq!(read(&[]).unwrap(), (SECONDS, all.clone()));
        assert_eq!(read(&arguments(&["5"])).unwrap(), (5, all));
        let two = arguments(&["webhook", "json"]);
        assert_eq!(read(&two).unwrap(), (SECONDS, two.clone()));
        assert_eq!(
            read(&arguments(&["5", "json"])).unwrap(),
            (5, arguments(&["json"]))
        );
        assert!(read(&arguments(&["5", "no_such_target"])).is_err());
    }

    #[test]
    fn a_figure_is_read_out_of_what_libfuzzer_says() {
        let told = "#1 DONE\nstat::number_of_executed_units: 4711\nstat::peak_rss_mb:   60\n";
        assert_eq!(figure(told, "stat::number_of_executed_units:"), "4711");
        assert_eq!(figure(told, "stat::slowest_unit_time_sec:"), "-");
    }
}
