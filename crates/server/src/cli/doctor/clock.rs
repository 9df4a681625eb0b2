//! This machine's clock, against what others say.

use std::{path::Path, time::Duration};

use thunderbird_adapters::store::survey;
use thunderbird_domain::time::Timestamp;

use super::finding::Findings;

/// Tokens live by the clock, and Twilio's status callbacks are put in order by it.
const BEARABLE: Duration = Duration::from_mins(2);
const FIX: &str = "switch on time synchronisation (timedatectl set-ntp true)";

/// Nothing can have been written in the future.
pub fn against_the_database(database: &Path, is_sound: bool, now: Timestamp, findings: &mut Findings) {
    let newest = if is_sound {
        survey::newest(database).ok().flatten()
    } else {
        None
    };
    if let Some(newest) = newest.filter(|newest| newest.since(now) > BEARABLE) {
        findings.problem(
            "clock",
            format!("it is {now} here, but the database was written at {newest}: the clock is wrong; {FIX}"),
        );
    }
}

/// Twilio's clock is right.
pub fn against_twilio(theirs: Timestamp, ours: Timestamp, findings: &mut Findings) {
    let apart = theirs.since(ours).max(ours.since(theirs));
    if apart > BEARABLE {
        let minutes = apart.as_secs() / 60;
        findings.problem(
            "clock",
            format!("this machine is {minutes} minutes off Twilio's clock; {FIX}"),
        );
    } else {
        findings.ok("clock", "agrees with Twilio's");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_off_is_a_problem_in_both_directions() {
        let now = Timestamp::from_micros(1_763_000_000_000_000);
        for (theirs, is_wrong) in [
            (now.plus(Duration::from_hours(1)), true),
            (now.minus(Duration::from_hours(1)), true),
            (now.plus(Duration::from_secs(5)), false),
        ] {
            let mut findings = Findings::default();
            against_twilio(theirs, now, &mut findings);
            assert_eq!(findings.has_problem(), is_wrong);
        }
    }
}
