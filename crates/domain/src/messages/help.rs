//! What HELP says, and the answers to texts that are no command.

/// HELP: the emergency number, then what can be texted.
pub fn help(emergency: &str, lines: &[&str]) -> String {
    format!("Emergency: call {emergency}\n{}", lines.join("\n"))
}

/// A command's word with something that it cannot be followed by.
pub fn misused(usage: &str) -> String {
    format!("Nothing was done and nobody was told. The command is:\n{usage}")
}

/// CHECKIN without a code that can be guessed: the form, as a line to copy.
pub fn misused_check_in(camp: Option<&str>) -> String {
    let code = camp.unwrap_or("<camp code>");
    format!(
        "Nobody was told. To check in, text the word and the code of your camp, such as\nCHECKIN {code}\nText ROUTE for the codes."
    )
}

/// The first answer to a text that is no command. It teaches MENU, because carriers answer HELP by themselves.
pub fn unknown(emergency: &str) -> String {
    format!(
        "Not understood, and nobody was told. Text MENU for what you can text. In an emergency call {emergency}."
    )
}

/// The answer to another text of this kind within ten minutes: shorter, because the first one said more.
pub fn unknown_again(emergency: &str) -> String {
    format!("Not understood. Nobody was told. Text MENU. Emergency: call {emergency}.")
}

/// The answer to a call for help. It says the truth first: no person reads the text. `told` says whether contacts know
/// of it, and how they can be asked.
pub fn distress(emergency: &str, told: &str) -> String {
    format!(
        "Nobody reads this number. {} No voice signal: use a PLB or satellite SOS. {told}",
        call(emergency)
    )
}

/// The one answer an hour to a phone whose country may not be texted.
pub fn foreign(emergency: &str) -> String {
    format!(
        "Thunderbird cannot text numbers of your country, and nobody reads this number. In an emergency: {}",
        call(emergency)
    )
}

/// 112 works on every mobile network (3GPP TS 22.101, section 10.1), so it is named next to the national number.
pub(super) fn call(emergency: &str) -> String {
    if emergency == "112" {
        "CALL 112.".to_owned()
    } else {
        format!("CALL {emergency} or 112.")
    }
}

/// The answer to a greeting, and to the question what this number is.
pub fn greeting(emergency: &str, is_hiker: bool) -> String {
    let next = if is_hiker {
        "Text MENU for what you can text."
    } else {
        "To register text START."
    };
    format!(
        "This is Thunderbird: hikers text where they camp, and their contacts are told. {next} Nobody reads this \
         number; in an emergency call {emergency}."
    )
}

/// The same to a stranger who reports an arrival or other news.
pub fn greeting_untold(emergency: &str) -> String {
    format!("Nobody was told. {}", greeting(emergency, false))
}

/// The answer to a text that asks for silence in words that are no carrier's word.
pub fn to_stop() -> String {
    "To get no more texts from Thunderbird reply with one word:\nSTOP".to_owned()
}

/// The answer to news that a contact would want to hear, and that was not passed on.
pub fn news(camp: Option<&str>) -> String {
    let code = camp.unwrap_or("<camp code>");
    format!("Nobody was told. To tell your contacts where you are, text\nCHECKIN {code}")
}

/// SAFE alone: it can be news, and the beginning of a command.
pub fn news_or_contact(camp: Option<&str>, usage: &str) -> String {
    format!("{}\nTo add a contact:\n{usage}", news(camp))
}

/// A text that came twice within a minute; only the first one was carried out.
pub fn repeated() -> String {
    "That text came twice. It was carried out once.".to_owned()
}

/// A command that needs a registration; `tells` says whether it would have told contacts.
pub fn unregistered(tells: bool) -> String {
    let untold = if tells { "Nobody was told. " } else { "" };
    format!("{untold}You are not registered yet. Text START to register.")
}
