//! Texts in, in memory.

use std::collections::{HashMap, HashSet};

use thunderbird_domain::{
    audit::Subject,
    id::MessageId,
    outgoing::Outgoing,
    phone::PhoneCommit,
    phone_number::PhoneNumber,
    port::{PortFuture, Revision},
    sms::{
        decision::Effects,
        inbound::{
            Inbox, MessageSid, PastText, ReceiveText, Received, Reply, ReplyState, Sender, SenderHistory,
            SenderState, TextDigest, TokenFingerprint,
        },
    },
    time::Timestamp,
    user::{Conversation, ConversationChange, StoredConversation},
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
        let state = self.lock();
        let conversation = state.inbox.conversations.get(phone);
        let situation = SenderState {
            user: state.user_of(phone),
            conversation: conversation.map(|(revision, conversation)| StoredConversation {
                revision: *revision,
                conversation: conversation.clone(),
            }),
            opted_out: state.opt_outs.stands(phone),
            linked_account: state.accounts.linked_to(phone),
            history: SenderHistory::of(state.inbox.texts_of(phone).rev(), digest, at),
        };
        Box::pin(async move { Ok(situation) })
    }

    fn commit(&self, text: ReceiveText) -> PortFuture<'_, Received> {
        let received = self.lock().receive(text);
        Box::pin(async move { Ok(received) })
    }
}

impl super::State {
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
            conversation,
            opt_out,
            link,
            mut outgoing,
            audit,
        } = text.effects.clone();
        let conversation_moved = conversation
            .as_ref()
            .is_some_and(|change| self.inbox.revision_of(&change.phone) != change.replaces);
        let user_moved = user.as_ref().is_some_and(|change| !self.accepts_user(change));
        if self.inbox.newest_of(&text.message.from) != text.after || conversation_moved || user_moved {
            return Received::Stale;
        }
        if let Some(change) = &link
            && self.change_phone(change) != PhoneCommit::Stored
        {
            return Received::Stale;
        }
        let changed = user.as_ref().map(|change| self.change_user(change).0);
        let registered = changed.filter(|_| text.sender.is_none());
        if let Some(change) = conversation {
            self.inbox.change(change);
        }
        if let Some(change) = &opt_out {
            self.opt_outs.apply(change);
        }
        for item in &mut outgoing {
            if let Outgoing::Text(own) = item
                && own.user.is_none()
                && text.message.from == Sender::Number(own.to.clone())
            {
                own.user = registered;
            }
        }
        self.queue(&outgoing);
        let message = Subject::Message(message_id(self.inbox.texts.len()));
        self.audit(audit, registered.map_or(message, Subject::User));
        let reply = said(&text);
        self.inbox.texts.push(text);
        Received::Stored(reply)
    }
}

fn message_id(place: usize) -> MessageId {
    MessageId::from_stored(i64::try_from(place).expect("few texts") + 1)
}

fn said(text: &ReceiveText) -> Reply {
    match text.reply_state {
        ReplyState::Replied => Reply {
            parts: text.reply.clone(),
        },
        ReplyState::Withheld => Reply::default(),
    }
}
