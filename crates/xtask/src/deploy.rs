//! The files of `deploy/`: what they name exists, and the unit is as hardened as it says.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use crate::{
    failure::{Failure, none},
    links::anchors,
    needs,
    process::{read, root, run},
};

const ALERTS: &str = "deploy/prometheus/alerts.yml";
const DASHBOARD: &str = "deploy/grafana/thunderbird.json";
const RUNBOOK: &str = "docs/operations.md";
const UNIT: &str = "deploy/systemd/thunderbird.service";

/// Every alert's section of the runbook and every metric of alerts and dashboard exist.
pub fn check() -> Result<(), Failure> {
    let alerts = read(Path::new(ALERTS))?;
    let dashboard = read(Path::new(DASHBOARD))?;
    let mut findings: Vec<String> = serde_json::from_str::<serde_json::Value>(&dashboard)
        .err()
        .map(|error| format!("{DASHBOARD}: {error}"))
        .into_iter()
        .collect();
    let anchors = anchors(&read(Path::new(RUNBOOK))?);
    let rules = alerts.matches("- alert:").count();
    let named: Vec<&str> = alerts
        .lines()
        .filter_map(|line| line.split_once("runbook: "))
        .map(|(_, to)| to)
        .collect();
    if named.len() != rules {
        findings.push(format!("{ALERTS}: {rules} alerts but {} runbooks", named.len()));
    }
    for link in named {
        let anchor = link.split_once('#').map_or("", |(_, anchor)| anchor);
        if !anchors.contains(anchor) {
            findings.push(format!("{ALERTS}: {link} is no section of {RUNBOOK}"));
        }
    }
    let known = exposed()?;
    for metric in metrics(&alerts).union(&metrics(&dashboard)) {
        if !known.iter().any(|name| name == metric) {
            findings.push(format!(
                "{metric} is not among the metrics that the service exposes"
            ));
        }
    }
    none(findings)
}

/// `systemd-analyze security` over the unit, offline: an exposure of at most 2.0.
pub fn unit() -> Result<(), Failure> {
    let analyze = needs::SYSTEMD_ANALYZE.path()?;
    run(Command::new(analyze).args(["security", "--offline=true", "--threshold=20", "--no-pager", UNIT]))
}

/// The metrics that a file names.
fn metrics(text: &str) -> BTreeSet<String> {
    let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    parts
        .filter_map(|part| part.strip_prefix("thunderbird_"))
        .map(str::to_owned)
        .collect()
}

/// The names in the source that writes them, without their common beginning.
fn exposed() -> Result<Vec<String>, Failure> {
    let folder = root().join("crates/server/src/metrics");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(Failure::file(&folder))? {
        let path = entry.map_err(Failure::file(&folder))?.path();
        let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
        names.extend(text.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_found_wherever_they_stand() {
        let found = metrics("sum(increase(thunderbird_a_total{x=\"y\"}[5m])) > 0, thunderbird_b");
        assert_eq!(found, BTreeSet::from(["a_total".to_owned(), "b".to_owned()]));
    }
}
