//! LINK, UNLINK and CONFIRM: what they lead to is decided where links are, and said here.

use crate::{
    phone::{Phones, TextAnswer, TextedBy},
    port::Fault,
    sms::{
        case::{Case, Decision},
        command::{Args, Text},
        dispatch::Verb,
    },
};

/// What a text leads to, if it is one of the three.
///
/// # Errors
///
/// A [`Fault`] of the store.
pub async fn prepare(phones: &Phones, case: &Case<'_>) -> Result<Option<TextAnswer>, Fault> {
    let Text::Command(verb, args) = Text::parse(&case.message.body) else {
        return Ok(None);
    };
    let by = TextedBy {
        phone: case.phone,
        user: case.user().map(|stored| stored.id),
        linked: case.situation.linked_account,
        unanswerable: case.situation.opted_out || !case.is_textable,
        at: case.at,
    };
    Ok(match verb {
        Verb::Link => Some(phones.start_by_text(&by, &args.words).await?),
        Verb::Confirm => Some(phones.confirm_by_text(&by, &args.words).await?),
        Verb::Unlink => Some(phones.release_by_text(&by).await?),
        _ => None,
    })
}

/// Says and does what was decided; silence, where that was decided.
pub fn run(case: &Case<'_>, _: &Args) -> Decision {
    let Some(answer) = case.link.cloned() else {
        return Decision::default();
    };
    let secret_until = answer.reply.as_ref().and_then(|reply| reply.secret_until);
    Decision {
        reply: answer.reply.map(|reply| reply.text),
        secret_until,
        link: answer.change,
        outgoing: answer.outgoing,
        audit: answer.audit,
        ..Decision::default()
    }
}
