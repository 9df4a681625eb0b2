//! NAME: another trail name, under the rules and with the doubts of the registration.

use crate::{
    messages,
    sms::{
        command::{Args, ParsedText},
        context::TextContext,
        decision::{Decision, Effects},
        doubt::is_doubtful_name,
    },
    user::{StoredUser, TrailName, rename},
};

/// Changes the trail name. A doubtful name needs the longer form `NAME IS <name>`, which is never doubted.
pub fn run(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let text = given(args);
    let Some(name) = TrailName::parse(&text.typed) else {
        return Decision::say(messages::onboarding::not_renamed());
    };
    if !is_confirmed(args) && is_doubtful_name(&text) {
        return Decision::say(messages::onboarding::rename_doubted(name.as_str()));
    }
    let reply = messages::onboarding::renamed(name.as_str());
    let (user, audit) = rename(hiker, name, &context.moment()).unzip();
    Decision::say(reply).with(Effects {
        user,
        audit: audit.into_iter().collect(),
        ..Effects::default()
    })
}

/// The name in the text, as if it were a text of its own.
pub(in crate::sms) fn given(args: &Args) -> ParsedText {
    let typed = args.tail.as_str();
    let name = if is_confirmed(args) {
        typed.get("is".len()..).unwrap_or_default().trim()
    } else {
        typed
    };
    ParsedText::parse(name)
}

/// Whether the text has the form that is not doubted.
pub(in crate::sms) fn is_confirmed(args: &Args) -> bool {
    args.words.len() > 1 && args.first() == "IS"
}
