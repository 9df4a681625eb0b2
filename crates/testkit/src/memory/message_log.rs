//! What was texted, read back from memory.

use thunderbird_domain::{
    id::MessageId,
    outgoing::{Outgoing, Words},
    port::PortFuture,
    time::Timestamp,
    user::{Direction, LoggedMessage, MessageLog, UserId},
};

use super::MemoryStore;

impl MessageLog for MemoryStore {
    fn messages(
        &self,
        user: UserId,
        before: Option<MessageId>,
        limit: u32,
    ) -> PortFuture<'_, Vec<LoggedMessage>> {
        let state = self.lock();
        let mut log: Vec<LoggedMessage> = Vec::new();
        for text in state.inbox.texts.iter().filter(|text| text.sender == Some(user)) {
            log.push(logged(
                Direction::In,
                &text.body,
                (text.outcome.as_str(), text.at),
            ));
            for part in &text.reply {
                log.push(logged(Direction::Out, &part.words, ("replied", text.at)));
            }
        }
        for item in &state.outgoing {
            if let Outgoing::Text(text) | Outgoing::Newest(text) = item
                && text.user == Some(user)
            {
                log.push(logged(Direction::Out, &text.words, ("queued", text.not_before)));
            }
        }
        log.sort_by_key(|message| message.at);
        for (place, message) in log.iter_mut().enumerate() {
            message.id = MessageId::from_stored(i64::try_from(place).expect("few texts") + 1);
        }
        log.reverse();
        log.retain(|message| before.is_none_or(|before| message.id < before));
        log.truncate(limit as usize);
        Box::pin(async move { Ok(log) })
    }
}

fn logged(direction: Direction, words: &Words, (state, at): (&str, Timestamp)) -> LoggedMessage {
    LoggedMessage {
        id: MessageId::from_stored(0),
        direction,
        body: match words {
            Words::Plain(text) => Some(text.clone()),
            Words::Sealed { .. } => None,
        },
        state: state.to_owned(),
        at,
    }
}
