//! Reads what a command needs beyond [`SenderState`]. A text whose row of the table names nothing reads nothing.

use super::{
    command::{Meaning, ParsedText},
    context::Prepared,
    inbound::SenderState,
    verb::Prepare,
};
use crate::{
    opt_out::Answering,
    phone::{Phones, TextedBy},
    phone_number::PhoneNumber,
    port::Fault,
    time::Timestamp,
};

/// Reads what the command of `text` names in its row of the table.
///
/// # Errors
///
/// A [`Fault`] of the store.
pub(super) async fn prepare(
    phones: &Phones,
    text: &ParsedText,
    phone: &PhoneNumber,
    (sender, answering): (&SenderState, Answering),
    at: Timestamp,
) -> Result<Prepared, Fault> {
    let (Some(what), Meaning::Command(_, args)) = (text.prepare(), &text.meaning) else {
        return Ok(Prepared::Nothing);
    };
    let by = TextedBy {
        phone,
        user: sender.user.as_ref().map(|stored| stored.id),
        linked: sender.linked_account,
        answering,
        at,
    };
    let answer = match what {
        Prepare::Link => phones.start_by_text(&by, &args.words).await?,
        Prepare::Confirm => phones.confirm_by_text(&by, &args.words).await?,
        Prepare::Unlink => phones.release_by_text(&by).await?,
    };
    Ok(Prepared::Phone(Box::new(answer)))
}
