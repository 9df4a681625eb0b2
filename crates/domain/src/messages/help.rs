//! What HELP says, and what is said to whoever is not understood.

/// HELP: the emergency number, then what can be texted.
pub fn help(emergency: &str, lines: &[&str]) -> String {
    format!("Emergency: call {emergency}\n{}", lines.join("\n"))
}

/// A command's word with something that it cannot be followed by.
pub fn misused(usage: &str) -> String {
    format!("Nothing was done and nobody was told. The command is:\n{usage}")
}

/// Anything else.
pub fn unknown(emergency: &str) -> String {
    format!("Not understood. Text HELP for what you can text. In an emergency call {emergency}.")
}

/// A command that needs a registration.
pub fn unregistered() -> String {
    "You are not registered yet. Text START to register.".to_owned()
}
