//! The workspace's own edges, read from `cargo metadata`.

use std::path::Path;

use serde_json::Value;

use crate::{
    failure::Failure,
    process::{cargo, output},
};

/// Which crate of the workspace may depend on which, in code that ships and in tests.
struct Edges {
    of: &'static str,
    ships: &'static [&'static str],
    tests: &'static [&'static str],
}

const EDGES: [Edges; 7] = [
    Edges {
        of: "domain",
        ships: &[],
        tests: &["testkit"],
    },
    Edges {
        of: "adapters",
        ships: &["domain"],
        tests: &["testkit"],
    },
    Edges {
        of: "server",
        ships: &["adapters", "domain"],
        tests: &["testkit"],
    },
    Edges {
        of: "testkit",
        ships: &["domain"],
        tests: &[],
    },
    Edges {
        of: "load",
        ships: &["domain", "testkit"],
        tests: &[],
    },
    Edges {
        of: "fuzzing",
        ships: &["server", "adapters", "domain", "testkit"],
        tests: &[],
    },
    Edges {
        of: "xtask",
        ships: &[],
        tests: &[],
    },
];

/// The crates that the domain may use: values and pure computing, nothing that does I/O.
const DOMAIN_MAY_USE: [&str; 11] = [
    "email_address",
    "futures-util",
    "idna",
    "jiff",
    "rlibphonenumber",
    "sha2",
    "strsim",
    "subtle",
    "thiserror",
    "unicode-normalization",
    "zeroize",
];

/// Frameworks and clients, and the only crates of ours that may depend on them in code that ships.
const ONLY_FROM: [(&str, &[&str]); 6] = [
    ("diesel", &["adapters", "load"]),
    ("diesel_migrations", &["adapters"]),
    ("lettre", &["adapters"]),
    ("libsqlite3-sys", &["adapters", "load"]),
    ("reqwest", &["adapters", "testkit", "load"]),
    ("actix-web", &["server"]),
];

/// One dependency of one of our crates.
struct Edge {
    from: String,
    to: String,
    ships: bool,
}

/// Every edge of the workspace under `root` that points the wrong way.
pub fn findings(root: &Path) -> Result<Vec<String>, Failure> {
    let command = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let text = output(cargo().args(command).current_dir(root))?;
    let metadata: Value =
        serde_json::from_str(&text).map_err(|error| Failure::found(format!("cargo metadata: {error}")))?;
    let mut findings = Vec::new();
    let ours = ours(&metadata);
    if ours.len() != EDGES.len() {
        findings.push(format!(
            "the workspace has the crates {ours:?}; layers knows {}",
            EDGES.len()
        ));
    }
    findings.extend(edges(&metadata).iter().filter_map(|edge| complaint(edge, &ours)));
    Ok(findings)
}

fn short(name: &str) -> String {
    name.strip_prefix("thunderbird-").unwrap_or(name).to_owned()
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata
        .get("packages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn ours(metadata: &Value) -> Vec<String> {
    packages(metadata)
        .map(|package| short(&text(package, "name")))
        .collect()
}

fn edges(metadata: &Value) -> Vec<Edge> {
    packages(metadata)
        .flat_map(|package| {
            let dependencies = package
                .get("dependencies")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            dependencies.map(|dependency| Edge {
                from: short(&text(package, "name")),
                to: text(dependency, "name"),
                ships: text(dependency, "kind") != "dev",
            })
        })
        .collect()
}

fn complaint(edge: &Edge, ours: &[String]) -> Option<String> {
    let Edge { from, to, ships } = edge;
    let target = short(to);
    if ours.contains(&target) {
        let known = EDGES.iter().find(|edges| edges.of == from.as_str())?;
        let allowed =
            known.ships.contains(&target.as_str()) || (!ships && known.tests.contains(&target.as_str()));
        return (!allowed).then(|| format!("{from} must not depend on {target}"));
    }
    if !ships {
        return None;
    }
    if from == "domain" && !DOMAIN_MAY_USE.contains(&to.as_str()) {
        return Some(format!(
            "domain must not depend on {to}: it is not on the domain's list"
        ));
    }
    let (_, owners) = ONLY_FROM.iter().find(|(name, _)| name == to)?;
    (!owners.contains(&from.as_str())).then(|| format!("{from} must not depend on {to}: only {owners:?} may"))
}
