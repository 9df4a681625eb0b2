//! The link ends: from the web at once, from the phone after one question.

use super::{
    LinkEndReason, PENDING_LIFE, Pending, PendingAction, PendingChange, PhoneChange, PhoneCommit, Phones,
    SavePhone, TextAnswer, TextReply, TextedBy, Word, link::Deciding,
};
use crate::{
    audit::Actor,
    id::AccountId,
    messages::phone as messages,
    port::{Commit, Fault, until_stored},
    random::Tag,
};

/// Why a link did not end.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Phones {
    /// Ends the account's link, whichever number it is to; without one there is nothing to do.
    ///
    /// # Errors
    ///
    /// Fails with [`ReleaseError::Fault`].
    pub async fn release(&self, account: AccountId) -> Result<(), ReleaseError> {
        let at = self.clock.now();
        let by = Deciding {
            actor: Actor::Account(account),
            at,
            entropy: &*self.entropy,
            macs: &*self.macs,
        };
        until_stored("phones", || async {
            let Some(phone) = self.store.linked(account).await? else {
                return Ok(Commit::Stored(()));
            };
            let view = self.store.view(account, &phone).await?;
            let Some(decided) = view.and_then(|view| view.release(LinkEndReason::Web, &by)) else {
                return Ok(Commit::Stored(()));
            };
            let mut change = PhoneChange::of(phone, at);
            change.link = Some(decided.plan);
            let save = SavePhone {
                change,
                outgoing: decided.outgoing,
                audit: decided.audit,
            };
            match self.store.commit(save).await? {
                PhoneCommit::Stored => Ok(Commit::Stored(())),
                PhoneCommit::Stale | PhoneCommit::ProofOver => Ok(Commit::Stale),
            }
        })
        .await
    }

    /// UNLINK by text: asks the phone for one word first, since the sender of a text can be forged.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn release_by_text(&self, by: &TextedBy<'_>) -> Result<TextAnswer, Fault> {
        let state = self.store.text_link_state(by.phone, by.at).await?;
        if by.is_silenced(&state) {
            return Ok(TextAnswer::silence());
        }
        let Some(account) = by.linked else {
            return Ok(TextAnswer::saying(messages::NOT_LINKED));
        };
        let word = Word::draw(&*self.entropy);
        let pending = self.question(by, PendingAction::Unlink { account }, word);
        let reply = TextReply {
            text: messages::unlink_asked(word.expose()),
            secret_until: Some(pending.expires_at),
        };
        let mut change = PhoneChange::of(by.phone.clone(), by.at);
        change.pending = Some(PendingChange {
            replaces: state.pending.map(|open| open.tag),
            state: Some(pending),
        });
        Ok(TextAnswer {
            reply: Some(reply),
            change: Some(change),
            outgoing: Vec::new(),
            audit: Vec::new(),
        })
    }

    /// A question that `word` answers.
    pub(super) fn question(&self, by: &TextedBy<'_>, action: PendingAction, word: Word) -> Pending {
        let tag = Tag::draw(&*self.entropy);
        Pending {
            tag,
            action,
            mac: Pending::mac_of(word, &*self.macs, by.phone, tag),
            at: by.at,
            expires_at: by.at.plus(PENDING_LIFE),
        }
    }
}
