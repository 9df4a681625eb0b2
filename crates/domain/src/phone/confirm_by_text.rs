//! CONFIRM and one word: completes what the number has started.

use super::{
    LinkEndReason, Pending, PendingAction, PendingChange, PhoneChange, Phones, Proof, TextAnswer,
    TextLinkState, TextReply, TextedBy, Word, WrongWords,
    link::{Decided, Deciding},
    start_by_text::wrong_word,
};
use crate::{messages::phone as messages, port::Fault};

impl Phones {
    /// CONFIRM: links or detaches the number, whichever it was asked about last.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn confirm_by_text(&self, by: &TextedBy<'_>, texted: &[String]) -> Result<TextAnswer, Fault> {
        let state = self.store.text_link_state(by.phone, by.at).await?;
        if by.is_silenced(&state) {
            return Ok(TextAnswer::silence());
        }
        let Some(pending) = &state.pending else {
            return Ok(TextAnswer::saying(messages::NOTHING_TO_CONFIRM));
        };
        let [word] = texted else {
            return Ok(TextAnswer::saying(messages::CONFIRM_USAGE));
        };
        let right = Word::parse(word).is_some_and(|word| pending.is(word, &*self.macs, by.phone));
        if !right {
            return Ok(wrong_word(by, &state, messages::WORD_WRONG));
        }
        let (decided, says) = self.complete(by, pending).await?;
        Ok(answer(by, &state, decided, says))
    }

    /// What the right word completes, and the answer that says so.
    async fn complete(
        &self,
        by: &TextedBy<'_>,
        pending: &Pending,
    ) -> Result<(Option<Decided>, String), Fault> {
        let deciding = Deciding {
            actor: by.actor(),
            at: by.at,
            entropy: &*self.entropy,
            macs: &*self.macs,
        };
        match pending.action {
            PendingAction::Link { account, words: set } => {
                let view = self.store.view(account, by.phone).await?;
                let linked = view.and_then(|view| Some((view.link(Proof::Words(set), &deciding)?, view)));
                Ok(match linked {
                    Some((decided, view)) => (Some(decided), messages::linked(&view.account.email.masked())),
                    None => (None, messages::ACCOUNT_GONE.to_owned()),
                })
            }
            PendingAction::Unlink { account } => {
                let view = self.store.view(account, by.phone).await?;
                let own = view.filter(|view| view.own.as_ref().is_some_and(|link| link.phone == *by.phone));
                let decided = own.and_then(|view| view.release(LinkEndReason::Text, &deciding));
                Ok((decided, messages::UNLINKED.to_owned()))
            }
        }
    }
}

fn answer(by: &TextedBy<'_>, state: &TextLinkState, decided: Option<Decided>, says: String) -> TextAnswer {
    let mut change = PhoneChange::of(by.phone.clone(), by.at);
    change.pending = Some(PendingChange {
        replaces: state.pending.as_ref().map(|open| open.tag),
        state: None,
    });
    change.wrong = Some((state.wrong, WrongWords::default()));
    let reply = TextReply {
        text: says,
        secret_until: None,
    };
    let (plan, outgoing, audit) = match decided {
        Some(decided) => (Some(decided.plan), decided.outgoing, decided.audit),
        None => (None, Vec::new(), Vec::new()),
    };
    change.link = plan;
    TextAnswer {
        reply: Some(reply),
        change: Some(change),
        outgoing,
        audit,
    }
}
