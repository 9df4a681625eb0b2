//! The large database against the empty one, measured in the same run.

use super::Bench;
use crate::table::{Asked, Row};

/// Figures of which more is better.
const RATES: [&str; 5] = [
    "account reads",
    "texts",
    "rows written by texts",
    "sign-ins",
    "outbox, texts to a Twilio that takes 50 ms",
];

/// Figures of which less is better.
const COSTS: [&str; 3] = ["start to ready", "idle memory", "text at half rate, p50"];

/// What does not depend on who else runs on the machine; nothing is asked of it.
const WORK: [&str; 2] = ["processor time of an account read", "processor time of a text"];

/// Judges it: within a fifth.
pub fn run(bench: &mut Bench<'_>) {
    let Some(large) = bench.sites.get(1).map(|site| site.suffix) else {
        return;
    };
    let rates = RATES.map(|name| (name, Some(Asked::AtLeast(0.8))));
    let costs = COSTS.map(|name| (name, Some(Asked::AtMost(1.2))));
    let work = WORK.map(|name| (name, None));
    for (name, asked) in rates.into_iter().chain(costs).chain(work) {
        let (empty, large) = (
            bench.table.value(name),
            bench.table.value(&format!("{name}{large}")),
        );
        if let Some((empty, large)) = empty.zip(large) {
            let row = Row::note(format!("growth: {name}"), large / empty, "x");
            let row = Row { asked, ..row };
            bench.table.add(row.with("large / empty"));
        }
    }
}
