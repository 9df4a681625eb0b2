//! What runs for each command, and who may use it.

use super::{
    answer,
    command::Args,
    context::TextContext,
    decision::Decision,
    keyword::{RESUME_WORDS, STOP_PHRASES, STOP_WORDS},
    verb::Verb,
};
use crate::user::StoredUser;

/// What runs, and who may use it. A handler only decides: it reads nothing and sends nothing.
#[derive(Debug, Clone, Copy)]
pub enum Handler {
    /// Every sender may use the command.
    Anyone(fn(&TextContext<'_>, &Args) -> Decision),
    /// Only a registered hiker may use the command, and the handler receives the hiker. Others are asked to text
    /// START.
    Hiker(fn(&TextContext<'_>, &StoredUser, &Args) -> Decision),
}

impl Verb {
    /// What runs for the command, and for whom. A command without a handler does not compile.
    pub fn handler(self) -> Handler {
        match self {
            Self::Help => Handler::Anyone(answer::help::run),
            Self::Start => Handler::Anyone(answer::start::run),
            Self::Status => Handler::Hiker(answer::status::run),
            Self::Route => Handler::Hiker(answer::route::run),
            Self::Name => Handler::Hiker(answer::name::run),
            Self::CheckIn => Handler::Hiker(answer::check_in::run),
            Self::Out => Handler::Hiker(answer::deadline::out),
            Self::Late => Handler::Hiker(answer::deadline::late),
            Self::Back => Handler::Anyone(answer::deadline::back),
            Self::Alert => Handler::Hiker(answer::alert::run),
            Self::Acting => Handler::Anyone(answer::alarm::acting),
            Self::Found => Handler::Anyone(answer::alarm::found),
            Self::Ready => Handler::Anyone(answer::relation::ready),
            Self::Decline => Handler::Anyone(answer::relation::decline),
            Self::Undo => Handler::Hiker(answer::undo::run),
            Self::Safe => Handler::Hiker(answer::safe::add),
            Self::SafeList => Handler::Hiker(answer::safe::list),
            Self::SafeDel => Handler::Hiker(answer::safe::remove),
            Self::Link | Self::Confirm | Self::Unlink => Handler::Anyone(answer::link::run),
            Self::Cast => Handler::Hiker(answer::cast::run),
        }
    }

    /// Whether the sender may use the command at all.
    pub fn is_for(self, context: &TextContext<'_>) -> bool {
        matches!(self.handler(), Handler::Anyone(_)) || context.user().is_some()
    }
}

/// What the page says of contacts who are no hikers themselves.
const CONTACTS: &str = "\n## What a contact can text\n\nA contact is a person whom a hiker has chosen. Every answer is about \
                        hikers that chose the number, and repeats what the contact was sent before; it never says more.\n\n\
                        | text | effect |\n|---|---|\n\
                        | `STATUS`, `WHERE`, `HELP`, a question (`is Sam ok?`, `where is he`, `who is this`), or anything that is \
                        no courtesy | Our last text about each hiker, word for word, with the last one about a promised time that still stands, and who to call. A hiker's name in \
                        the text asks for that hiker only. |\n\
                        | `STOP` and its aliases | Ends every text. A hiker whose last reachable contact this was gets one \
                        text about it. |\n\
                        | `READY`, `DECLINE` | See above: agrees to be alerted, or ends being the contact of one hiker. |\n\
                        | `START`, `UNSTOP`, `YES` | Our texts go on. Nothing else happens. |\n\
                        | `REGISTER` | Registers the contact as a hiker. |\n\
                        | a hikers' command (`CHECKIN PELIO`, `SAFE …`) | Nothing is done; the answer says so. |\n\
                        | a call for help | The emergency number. |\n\
                        | thanks, ok and the like | They need no answer and get no answer. |\n";

/// What the page says of satellite messengers.
const SATELLITE: &str = "\n## Satellite messengers\n\nA text by satellite from an ordinary phone (direct to cell) comes from the \
                         phone's own number, so everything above works; an answer can take minutes.\n\nA messenger with a \
                         number of its own (ZOLEO, SPOT X) can be registered with START as a phone can, if its country may \
                         be texted. The ending that it appends to a text (a place, a link, a name) is not read.\n\nA Garmin \
                         inReach texts from a number that many messengers share, and the next text can come from another one. \
                         It cannot be registered: START is refused, and the answer says why. Register your phone before the \
                         walk, set the time with OUT, and write down the two trip words of the answer. When you are out, text \
                         `BACK` and the two words from the messenger: that works from any number, also from one abroad. Our \
                         questions go to the phone, so a walker whose phone is off must not wait for them.\n";

/// The page of commands, in Markdown; `docs/sms-commands.md` is exactly this.
pub fn page() -> String {
    let mut page = String::from(
        "# What a hiker can text\n\nGenerated from the table in `crates/domain/src/sms/verb.rs`; \
         `cargo xtask pages` writes it again.\n\nUpper and lower case are the same; punctuation between words counts as a \
         blank. A word in `<>` is needed, one in `[]` \
         may be left out.\n\n| text | aliases | who | effect |\n|---|---|---|---|\n",
    );
    page.extend(Verb::ALL.iter().map(|verb| row(*verb)));
    let (stop, more_stop) = STOP_WORDS
        .split_first()
        .map_or(("", String::new()), |(first, rest)| {
            (*first, [rest, &STOP_PHRASES].concat().join(", "))
        });
    page.extend([
        format!(
            "| `{stop}` | {more_stop} | anyone | As the only word, at any time: ends any conversation and every text to \
             the number. |\n"
        ),
        format!("| `{}` | | anyone | As the only word: lifts an opt-out. |\n", RESUME_WORDS.join("`, `")),
        "| `<camp code>` | | registered hikers | Nothing is done; the answer is a hint to text CHECKIN. Likewise for a \
         peak's code, and for the beginning of a code. |\n"
            .to_owned(),
        "| a call for help (`SOS`, `need help`, `I am lost`, …) | | anyone | In every state, also after STOP: the emergency \
         number, and that no person reads the texts and no contact got one. |\n"
            .to_owned(),
        "| a failed check-in (`CHECKIN pelion`, `at pelio`, `Chekin Pelio`, …) | | registered hikers | Nothing is done. The \
         answer says so and has the line to copy; at a prompt too. |\n"
            .to_owned(),
        "| thanks, ok and the like; a reaction to one of our texts | | anyone | They need no answer and get no answer; after the \
         question whether a hiker is out, the answer is what would count. |\n"
            .to_owned(),
        "| anything else | | anyone | Nothing is done. Hikers and contacts are always answered; strangers at most once in 10 minutes. |\n"
            .to_owned(),
        CONTACTS.to_owned(),
        SATELLITE.to_owned(),
    ]);
    page
}

fn row(verb: Verb) -> String {
    let entry = verb.entry();
    let who = match verb.handler() {
        Handler::Anyone(_) => "anyone",
        Handler::Hiker(_) => "registered hikers",
    };
    let words = entry.words.get(1..).unwrap_or_default();
    let aliases: Vec<&str> = words.iter().chain(entry.phrases).copied().collect();
    let aliases = aliases.join(", ");
    format!("| `{}` | {aliases} | {who} | {} |\n", entry.usage, entry.effect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_page_is_the_generated_one() {
        assert_eq!(include_str!("../../../../docs/sms-commands.md"), page());
    }
}
