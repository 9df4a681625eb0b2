//! The few statistics that the report needs.

use std::time::Duration;

/// The time that `percent` of the answers stayed under, in milliseconds, from times in order; 0 when there are none.
pub fn percentile(sorted: &[Duration], percent: f64) -> f64 {
    let rank = (percent / 100.0 * sorted.len() as f64).ceil();
    // A rank is a small number: it is a place in a list that is in memory.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the length"
    )]
    let place = (rank as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(place).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

/// The middle of some figures; the mean of the two in the middle when their number is even; 0 when there are none.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
    if sorted.len() % 2 == 1 {
        at(middle)
    } else {
        f64::midpoint(at(middle.saturating_sub(1)), at(middle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(times: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        times.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let hundred = millis(1..=100);
        for (percent, expected) in [
            (1.0, 1.0),
            (50.0, 50.0),
            (99.0, 99.0),
            (99.1, 100.0),
            (100.0, 100.0),
        ] {
            assert!(
                (percentile(&hundred, percent) - expected).abs() < 1e-9,
                "{percent}"
            );
        }
        assert!((percentile(&millis([7]), 99.0) - 7.0).abs() < 1e-9);
        assert!(percentile(&[], 99.0).abs() < 1e-9);
    }

    #[test]
    fn a_median_does_not_depend_on_order_or_on_one_wild_figure() {
        assert!((median(&[9.0, 1.0, 5.0]) - 5.0).abs() < 1e-9);
        assert!((median(&[9_000.0, 1.0, 5.0, 7.0]) - 6.0).abs() < 1e-9);
        assert!((median(&[]) - 0.0).abs() < 1e-9);
    }
}
