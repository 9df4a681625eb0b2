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

/// Judges it: within a fifth.
pub fn run(bench: &mut Bench<'_>) {
    let Some(large) = bench.sites.get(1).map(|site| site.suffix) else {
        return;
    };
    let rates = RATES.map(|name| (name, Asked::AtLeast(0.8)));
    let costs = COSTS.map(|name| (name, Asked::AtMost(1.2)));
    for (name, asked) in rates.into_iter().chain(costs) {
        let (empty, large) = (
            bench.table.value(name),
            bench.table.value(&format!("{name}{large}")),
        );
        if let Some((empty, large)) = empty.zip(large) {
            let row = Row::judge(format!("growth: {name}"), large / empty, "x", asked);
            bench.table.add(row.with("large / empty"));
        }
    }
}
