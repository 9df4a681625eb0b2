//! What `mutate` bends in the rules of how old a number may be, and of what a question is answered.

use crate::mutations::Mutation;

const fn bend(file: &'static str, name: &'static str, from: &'static str, to: &'static str) -> Mutation {
    Mutation {
        name,
        folder: "forecast",
        file,
        from,
        to,
    }
}

/// Those of forecasts.
pub const MUTATIONS: &[Mutation] = &[
    bend(
        "age.rs",
        "numbers of an old run are shown",
        "run > OLDEST_RUN",
        "false",
    ),
    bend(
        "age.rs",
        "numbers that were checked ahead of our clock are shown",
        "forecast.checked > now.plus(CLOCKS_DIFFER)",
        "false",
    ),
    bend(
        "age.rs",
        "numbers that were not checked for a day are shown",
        "check > USABLE",
        "false",
    ),
    bend(
        "age.rs",
        "a forecast is fresh for a day",
        "check <= FRESH",
        "check <= USABLE",
    ),
    bend(
        "age.rs",
        "an expiry that has passed keeps a forecast fresh",
        "now < expires",
        "true",
    ),
    bend(
        "age.rs",
        "the age is that of the run",
        "Self::Old(check)",
        "Self::Old(run)",
    ),
    bend(
        "age.rs",
        "a provider's expiry counts for as long as it says",
        "expires.clamp(now.plus(least), now.plus(most))",
        "expires",
    ),
    bend(
        "look.rs",
        "what is too old answers a question",
        "Age::of(copy, now).is_usable()",
        "true",
    ),
    bend(
        "look.rs",
        "a forecast that has ended answers a question",
        "last.at > now",
        "true",
    ),
    bend(
        "look.rs",
        "numbers of two providers are mixed",
        "copy.source == source",
        "true",
    ),
    bend(
        "look.rs",
        "the age of several squares is that of the newest",
        "map(|copy| copy.checked).min()",
        "map(|copy| copy.checked).reduce(|one, other| if BENT { one.max(other) } else { one.min(other) })",
    ),
    bend(
        "round.rs",
        "a question whose time is over waits on",
        "now >= request.due_at || request.due_at.since(now) > PATIENCE",
        "false",
    ),
    bend(
        "forecast.rs",
        "hours of before the run are shown",
        "hour.at >= run",
        "true",
    ),
    bend(
        "forecast.rs",
        "a run of tomorrow is a forecast",
        "self.run > now.plus(CLOCKS_DIFFER)",
        "false",
    ),
];
