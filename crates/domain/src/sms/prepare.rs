//! Reads what a command needs beyond [`SenderState`]. A text whose row of the table names nothing reads nothing.

use super::{
    command::Meaning, dispatch::Prepare, inbound::SenderState, parsed_text::ParsedText, receive::Messages,
};
use crate::{
    opt_out::Answering,
    phone::{TextAnswer, TextedBy},
    phone_number::PhoneNumber,
    port::Fault,
    time::Timestamp,
};

/// What was read for a command beyond [`SenderState`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prepared {
    /// Nothing more was needed.
    Nothing,
    /// What LINK, CONFIRM or UNLINK leads to.
    Phone(TextAnswer),
}

impl Prepared {
    /// Whether it was decided that the command stays without an answer.
    pub fn is_silent(&self) -> bool {
        matches!(self, Self::Phone(answer) if answer.reply.is_none())
    }
}

impl Messages {
    /// Reads what the command of `text` names in its row of the table.
    pub(super) async fn prepare(
        &self,
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
            Prepare::Link => self.phones.start_by_text(&by, &args.words).await?,
            Prepare::Confirm => self.phones.confirm_by_text(&by, &args.words).await?,
            Prepare::Unlink => self.phones.release_by_text(&by).await?,
        };
        Ok(Prepared::Phone(answer))
    }
}
