//! How many lines of the log strangers may cause. A flood of requests that are refused is cheap to refuse; a line for each
//! of them would fill a disk, and bury the lines that matter. What is left out is counted, here and in the metrics.

use std::sync::{Mutex, PoisonError};

use thunderbird_domain::time::Timestamp;

/// Lines of one kind in a second: with about 200 bytes each, 7 MB in an hour.
const A_SECOND: u32 = 10;

/// The kinds of lines that strangers cause at will, each with a pace of its own, so that none hides another.
#[derive(Debug, Default)]
pub struct LogPaces {
    /// Requests that were refused (4xx).
    pub refused: LogPace,
    /// Requests that were not served (5xx).
    pub failed: LogPace,
    /// Webhooks that Twilio did not sign.
    unsigned: LogPace,
}

impl LogPaces {
    /// A webhook that Twilio did not sign was refused.
    pub fn unsigned_webhook(&self, now: Timestamp, what: &'static str) {
        self.unsigned.line(now, |left_out| {
            tracing::warn!(event = "webhook.unsigned", left_out, "{what}");
        });
    }
}

/// Lets so many lines through in each second, and counts the others.
#[derive(Debug, Default)]
pub struct LogPace(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    second: i64,
    lines: u32,
    left_out: u64,
}

impl LogPace {
    /// Writes a line, unless this second has had its share. `write` gets the number of those that were left out since the
    /// last one, if any were.
    pub fn line(&self, now: Timestamp, write: impl FnOnce(Option<u64>)) {
        if let Some(left_out) = self.take(now) {
            write((left_out > 0).then_some(left_out));
        }
    }

    /// How many lines were left out before this one; `None` if this one is left out, too.
    fn take(&self, now: Timestamp) -> Option<u64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.second != now.as_seconds() {
            window.second = now.as_seconds();
            window.lines = 0;
        }
        if window.lines >= A_SECOND {
            window.left_out = window.left_out.saturating_add(1);
            return None;
        }
        window.lines = window.lines.saturating_add(1);
        Some(std::mem::take(&mut window.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_ten_lines_and_the_next_one_tells_of_the_others() {
        let pace = LogPace::default();
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        let mut told = Vec::new();
        for second in [7, 8, 7] {
            for _ in 0..25 {
                pace.line(at(second), |left_out| told.push(left_out));
            }
        }
        let one: Vec<Option<u64>> = vec![None; 9];
        let expected = [
            vec![None],
            one.clone(),
            vec![Some(15)],
            one.clone(),
            vec![Some(15)],
            one,
        ];
        assert_eq!(told, expected.concat());
    }
}
