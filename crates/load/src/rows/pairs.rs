//! Whether time tells a known address from an unknown one.

use std::time::Instant;

use super::Bench;
use crate::{
    client::talk::Talk,
    site::sign_in,
    statistics::median,
    table::{Asked, Row},
};

/// Measures and judges it: one client asks for a known and an unknown address in turn, each address once, so that no
/// throttle joins in. Which of the two comes first changes from pair to pair.
pub fn run(bench: &mut Bench<'_>) {
    let Some(site) = bench.sites.first() else { return };
    let mut talk = Talk::to(site.address);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for (pair, email) in (0..bench.options.pairs).zip(site.emails.iter().rev()) {
        let stranger = format!("hiker-{pair:07}@example.net");
        let mut ask = |email: &str, times: &mut Vec<f64>| {
            let request = sign_in(email, "not the password");
            let began = Instant::now();
            let answer = talk.ask(&request);
            times.push(began.elapsed().as_secs_f64());
            assert_eq!(answer.status, 401, "{}", answer.body);
        };
        if pair % 2 == 0 {
            ask(email, &mut known);
            ask(&stranger, &mut unknown);
        } else {
            ask(&stranger, &mut unknown);
            ask(email, &mut known);
        }
    }
    let (with, without) = (median(&known) * 1_000.0, median(&unknown) * 1_000.0);
    let name = "sign-in for a known and an unknown address, medians apart by";
    let row = Row::judge(
        name,
        (with / without - 1.0).abs() * 100.0,
        "%",
        Asked::AtMost(5.0),
    );
    let pairs = known.len();
    bench
        .table
        .add(row.with(format!("{with:.1} and {without:.1} ms, {pairs} pairs")));
}
