//! Every seed, and every input that a fuzz target ever failed on, keeps its parser's promise.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use thunderbird_fuzzing::{TARGETS, Target};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort_unstable();
    files
}

fn names(folder: &str) -> BTreeSet<String> {
    files(&fuzz().join(folder))
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn targets() -> BTreeSet<String> {
    TARGETS.iter().map(|target| target.name.to_owned()).collect()
}

/// The inputs that broke the promise.
fn broken(target: &Target, folder: &str) -> Vec<String> {
    files(&fuzz().join(folder).join(target.name))
        .into_iter()
        .filter(|path| {
            let bytes = fs::read(path).unwrap();
            catch_unwind(AssertUnwindSafe(|| (target.check)(&bytes))).is_err()
        })
        .map(|path| path.display().to_string())
        .collect()
}

fn replay(folder: &str) {
    let broken: Vec<String> = TARGETS.iter().flat_map(|target| broken(target, folder)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_seed_keeps_its_promise() {
    replay("seeds");
}

#[test]
fn what_was_found_once_is_not_found_again() {
    replay("regressions");
}

#[test]
fn every_target_has_seeds_and_a_program_that_only_calls_it() {
    assert_eq!(names("seeds"), targets());
    assert_eq!(names("fuzz_targets"), targets());
    assert!(names("regressions").is_subset(&targets()));
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for Target { name, .. } in TARGETS {
        let seeds = files(&fuzz().join("seeds").join(name));
        assert!(seeds.len() >= 3, "{name} has too few seeds");
        assert!(
            seeds.iter().all(|seed| fs::metadata(seed).unwrap().len() <= 8192),
            "{name}"
        );
        let program = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        let expected = format!(
            "#![no_main]\nlibfuzzer_sys::fuzz_target!(|input: &[u8]| thunderbird_fuzzing::{name}::check(input));\n"
        );
        assert_eq!(program, expected);
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
    }
}

#[test]
fn targets_stand_in_the_order_of_their_names() {
    assert!(TARGETS.is_sorted_by_key(|target| target.name));
    assert!(TARGETS.iter().all(|target| !target.promise.is_empty()));
}
