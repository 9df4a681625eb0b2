//! Texts in, in memory.

use std::collections::{HashMap, HashSet};

use thunderbird_domain::{
    audit::Subject,
    id::MessageId,
    outgoing::{Outgoing, Words},
    phone::PhoneCommit,
    phone_number::PhoneNumber,
    port::{PortFuture, Revision},
    sms::{
        decision::Effects,
        inbound::{
            Inbox, MessageSid, PastText, ReceiveText, Received, Reply, ReplyPart, ReplyState, Sender,
            SenderHistory, SenderState, TextDigest, TokenFingerprint,
        },
    },
    time::Timestamp,
    user::{Conversation, ConversationChange, StoredConversation, UserId},
};

use super::MemoryStore;

/// Texts as they were committed, and conversations.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) texts: Vec<ReceiveText>,
    /// Sids that may act again.
    forgotten: HashSet<MessageSid>,
    conversations: HashMap<PhoneNumber, (Revision, Conversation)>,
}

impl State {
    pub(crate) fn forget_sids(&mut self, before: Timestamp, believed: &[TokenFingerprint]) -> usize {
        let old = self.texts.iter().filter(|text| text.at < before);
        let spent = old.filter(|text| !believed.contains(&text.message.signed_by));
        let spent: Vec<_> = spent.map(|text| text.message.sid.clone()).collect();
        spent
            .into_iter()
            .filter(|sid| self.forgotten.insert(sid.clone()))
            .count()
    }

    fn revision_of(&self, phone: &PhoneNumber) -> Revision {
        self.conversations
            .get(phone)
            .map_or(Revision::Absent, |(revision, _)| *revision)
    }

    fn change(&mut self, change: ConversationChange) {
        match change.state {
            Some(state) => {
                let revision = Revision::At(change.replaces.next());
                self.conversations.insert(change.phone, (revision, state));
            }
            None => drop(self.conversations.remove(&change.phone)),
        }
    }

    /// A sender's texts, oldest first.
    fn texts_of(&self, phone: &PhoneNumber) -> impl DoubleEndedIterator<Item = PastText> {
        let numbered = self.texts.iter().enumerate();
        let sent = numbered.filter(move |(_, text)| text.message.from == Sender::Number(phone.clone()));
        sent.map(|(place, text)| PastText {
            id: message_id(place),
            at: text.at,
            texted_at: text.texted_at.unwrap_or(text.at),
            outcome: text.outcome,
            digest: Some(TextDigest::of(&text.message)),
        })
    }

    fn newest_of(&self, sender: &Sender) -> Option<MessageId> {
        match sender {
            Sender::Number(phone) => self.texts_of(phone).last().map(|text| text.id),
            Sender::Name(_) => None,
        }
    }
}

impl Inbox for MemoryStore {
    fn sender_state(
        &self,
        phone: &PhoneNumber,
        digest: TextDigest,
        at: Timestamp,
    ) -> PortFuture<'_, SenderState> {
        let mut state = self.lock();
        let contact_of = state.contact_of(phone);
        let conversation = state.inbox.conversations.get(phone);
        let history = SenderHistory::of(state.inbox.texts_of(phone).rev(), digest, at);
        let mut numbered = state.inbox.texts.iter().enumerate();
        let first = numbered.find(|(place, _)| Some(message_id(*place)) == history.repeats);
        let first_answer = first.map(|(_, text)| said(text));
        let situation = SenderState {
            user: state.user_of(phone),
            contact_of,
            conversation: conversation.map(|(revision, conversation)| StoredConversation {
                revision: *revision,
                conversation: conversation.clone(),
            }),
            opted_out: state.opt_outs.stands(phone),
            linked_account: state.accounts.linked_to(phone),
            alarms: state.alarms_of(phone, at),
            history,
            first_answer: first_answer.map(plain).unwrap_or_default(),
        };
        Box::pin(async move { Ok(situation) })
    }

    fn commit(&self, text: ReceiveText) -> PortFuture<'_, Received> {
        let received = self.lock().receive(text);
        Box::pin(async move { Ok(received) })
    }

    fn own_texts(&self, phone: &PhoneNumber, since: Timestamp, limit: u32) -> PortFuture<'_, Vec<String>> {
        let from = Sender::Number(phone.clone());
        let state = self.lock();
        let texts = state.inbox.texts.iter().rev();
        let own = texts.filter(|text| text.message.from == from && text.at >= since);
        let plain = own.filter_map(|text| match &text.body {
            Words::Plain(body) => Some(body.clone()),
            Words::Sealed { .. } => None,
        });
        let bodies = plain.take(limit as usize).collect();
        Box::pin(async move { Ok(bodies) })
    }

    fn unseen(&self, sids: Vec<MessageSid>) -> PortFuture<'_, HashSet<MessageSid>> {
        let state = self.lock();
        let mut unseen: HashSet<MessageSid> = sids.into_iter().collect();
        for text in &state.inbox.texts {
            if !state.inbox.forgotten.contains(&text.message.sid) {
                unseen.remove(&text.message.sid);
            }
        }
        Box::pin(async move { Ok(unseen) })
    }
}

impl super::State {
    /// Whether the text was decided on what has changed since, or a limit refuses it.
    fn is_stale(&self, text: &ReceiveText) -> bool {
        let effects = &text.effects;
        let conversation_moved = effects
            .conversation
            .as_ref()
            .is_some_and(|change| self.inbox.revision_of(&change.phone) != change.replaces);
        let mut users = effects.user.iter().chain(&effects.hikers);
        self.inbox.newest_of(&text.message.from) != text.after
            || conversation_moved
            || users.any(|change| !self.accepts_user(change))
            || !self.limits.has_room(&effects.counts, text.at)
            || !self.deadlines.accepts(&effects.deadlines)
    }

    fn receive(&mut self, text: ReceiveText) -> Received {
        if let Some(first) = self
            .inbox
            .texts
            .iter()
            .find(|first| first.message.sid == text.message.sid)
            && !self.inbox.forgotten.contains(&text.message.sid)
        {
            if TextDigest::of(&first.message) != TextDigest::of(&text.message) {
                return Received::SidReused;
            }
            return Received::Duplicate(said(first));
        }
        let Effects {
            user,
            hikers,
            is_ready,
            conversation,
            opt_out,
            link,
            deadlines,
            mut outgoing,
            forecast,
            counts,
            audit,
        } = text.effects.clone();
        if self.is_stale(&text) {
            return Received::Stale;
        }
        if let Some(change) = &link
            && self.change_phone(change) != PhoneCommit::Stored
        {
            return Received::Stale;
        }
        let changed = user.as_ref().map(|change| self.change_user(change).0);
        for change in &hikers {
            self.change_user(change);
        }
        if let (true, Sender::Number(phone)) = (is_ready, &text.message.from) {
            self.users.note_ready(phone);
            self.calls.allow(phone);
        }
        let registered = changed.filter(|_| text.sender.is_none());
        if let Some(change) = conversation {
            self.inbox.change(change);
        }
        if let Some(change) = &opt_out {
            self.opt_outs.apply(change);
        }
        self.change_deadlines(&deadlines, text.at);
        if let Some(wanted) = forecast {
            self.forecasts.apply(wanted, text.at);
        }
        own(&mut outgoing, &text.message.from, registered);
        self.limits.count(&counts, text.at);
        self.queue_at(&outgoing, text.at);
        let message = Subject::Message(message_id(self.inbox.texts.len()));
        self.audit(audit, registered.map_or(message, Subject::User));
        let reply = said(&text);
        self.inbox.texts.push(text);
        Received::Stored(reply)
    }
}

/// The sender's own texts are those of the hiker that the text registers.
fn own(outgoing: &mut [Outgoing], sender: &Sender, registered: Option<UserId>) {
    for item in outgoing {
        if let Outgoing::Text(own) | Outgoing::Newest(own) = item
            && own.user.is_none()
            && *sender == Sender::Number(own.to.clone())
        {
            own.user = registered;
        }
    }
}

fn message_id(place: usize) -> MessageId {
    MessageId::from_stored(i64::try_from(place).expect("few texts") + 1)
}

/// The texts of an answer; one with a secret is left out.
fn plain(reply: Reply) -> Vec<String> {
    let plain = |part: ReplyPart| match part.words {
        Words::Plain(text) => Some(text),
        Words::Sealed { .. } => None,
    };
    reply.parts.into_iter().filter_map(plain).collect()
}

fn said(text: &ReceiveText) -> Reply {
    match text.reply_state {
        ReplyState::Replied => Reply {
            parts: text.reply.clone(),
        },
        ReplyState::Withheld => Reply::default(),
    }
}
