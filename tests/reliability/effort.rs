//! How much is tried: a little whenever the tests run, everything by `cargo xtask reliability`.

/// The variable that asks for everything.
const VARIABLE: &str = "THUNDERBIRD_RELIABILITY";

/// `little`, or `all` when everything is asked for.
pub fn of<T>(little: T, all: T) -> T {
    #[expect(
        clippy::disallowed_methods,
        reason = "the size of a test is no configuration of the service"
    )]
    let asked = std::env::var(VARIABLE);
    if asked.is_ok_and(|asked| asked == "full") {
        all
    } else {
        little
    }
}

/// A figure for `docs/reliability.md`; `--nocapture` shows it.
pub fn figure(what: &str) {
    println!("figure: {what}");
}
