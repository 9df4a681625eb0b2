//! What we say about linking a phone to an account.

use super::account::MailWords;
use crate::phone::{LinkEndReason, LiveLink};

/// LINK without three words.
pub const LINK_USAGE: &str =
    "To link this phone to your web account, text LINK and the three words that the website shows you.";

/// LINK with words that no account shows.
pub const WORDS_UNKNOWN: &str = "These words are not known, or too old. The website can show you new ones.";

/// CONFIRM without exactly one word.
pub const CONFIRM_USAGE: &str = "Text CONFIRM and the one word that we texted you.";

/// CONFIRM with another word.
pub const WORD_WRONG: &str = "That is not the word that we texted you. Please try again.";

/// CONFIRM, but nothing was asked, or it was too long ago.
pub const NOTHING_TO_CONFIRM: &str =
    "There is nothing to confirm, or it is too late. Text LINK or UNLINK to begin again.";

/// The last wrong word that is borne.
pub const SILENCED: &str =
    "Too many wrong words. For one hour, LINK, UNLINK and CONFIRM from this phone are not answered.";

/// UNLINK from a phone without an account.
pub const NOT_LINKED: &str = "This phone is not linked to a web account.";

/// The phone was detached.
pub const UNLINKED: &str = "This phone is not linked to a web account any more.";

/// The account is no longer there to be linked to.
pub const ACCOUNT_GONE: &str = "That web account is not available any more. Nothing was changed.";

/// Carries a code to a number that an account has named. It names no account and carries no link: whoever owns the
/// number may be a stranger to whoever asked.
pub fn code(code: &str) -> String {
    format!(
        "Thunderbird code {code}. It links this phone to a web account, for 10 minutes. Never tell it to anybody; \
         if you did not ask for it, ignore it."
    )
}

/// Asks whoever texted an account's words whether they mean that account.
pub fn link_asked(masked_email: &str, word: &str) -> String {
    let word = word.to_ascii_uppercase();
    format!(
        "Link this phone to the web account {masked_email}? To agree, text\nCONFIRM {word}\nwithin 10 minutes. If \
         this is not your account, do nothing."
    )
}

/// Asks a phone whether it is to be detached.
pub fn unlink_asked(word: &str) -> String {
    let word = word.to_ascii_uppercase();
    format!("Detach this phone from its web account? To agree, text\nCONFIRM {word}\nwithin 10 minutes.")
}

/// The phone was linked.
pub fn linked(masked_email: &str) -> String {
    format!("This phone is now linked to the web account {masked_email}. Text UNLINK to undo this.")
}

/// What an account reads whose number is no longer its own, and why.
pub fn link_ended(link: &LiveLink, reason: LinkEndReason) -> MailWords {
    let number = link.phone.masked();
    let why = match reason {
        LinkEndReason::Web => "It was removed on the website.",
        LinkEndReason::Text => "It was removed by a text from that phone.",
        LinkEndReason::Transferred => "The owner of another account has proven to hold that number now.",
        LinkEndReason::Replaced => "Another number was linked to your account in its place.",
        LinkEndReason::AccountDeleted => "Your account was deleted.",
        LinkEndReason::Operator => "The operator of this service has removed it.",
    };
    let text = format!(
        "The phone {number} is no longer linked to your Thunderbird account.\n\n{why}\n\nIf you did not expect this, \
         sign in, change your password, and link your phone again.\n"
    );
    MailWords {
        subject: "A phone is no longer linked to your account",
        text,
    }
}
