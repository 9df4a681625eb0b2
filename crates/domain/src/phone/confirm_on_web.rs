//! The account types the code that was texted: the number is its own from then on.

use std::time::Duration;

use super::{Code, Guess, OpenCode, PhoneChange, PhoneCommit, Phones, Proof, SavePhone, link::Deciding};
use crate::{
    audit::Actor,
    id::AccountId,
    phone_number::PhoneNumber,
    port::{Commit, Fault, until_stored},
    refusals,
    time::Timestamp,
};

/// Why nothing was linked.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmOnWebError {
    /// Another code, or one that is too late, replaced or used: all the same to a guesser.
    #[error("the code is wrong or too late")]
    Wrong,
    /// The code's guesses are used up; this one was not looked at.
    #[error("the code's guesses are used up")]
    Spent {
        /// How long until a new code may be asked for.
        retry_after: Duration,
    },
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Phones {
    /// Links the number that `guess` was texted to.
    ///
    /// # Errors
    ///
    /// [`ConfirmOnWebError`]; nothing was linked then, and the guess is counted.
    pub async fn confirm_on_web(
        &self,
        account: AccountId,
        guess: &Code,
    ) -> Result<PhoneNumber, ConfirmOnWebError> {
        let at = self.clock.now();
        let code = match self.store.count_guess(account, at).await? {
            Guess::Judged(code) => code,
            Guess::Spent { until } => {
                refusals::count("codes.guesses");
                let retry_after = until.since(at);
                return Err(ConfirmOnWebError::Spent { retry_after });
            }
            Guess::NoCode => return Err(ConfirmOnWebError::Wrong),
        };
        if !code.is(guess, account, &*self.macs) {
            return Err(ConfirmOnWebError::Wrong);
        }
        self.link_from_web(account, &code, at).await?;
        Ok(code.phone)
    }

    async fn link_from_web(
        &self,
        account: AccountId,
        code: &OpenCode,
        at: Timestamp,
    ) -> Result<(), ConfirmOnWebError> {
        let by = Deciding {
            actor: Actor::Account(account),
            at,
            entropy: &*self.entropy,
            macs: &*self.macs,
        };
        until_stored("phones", || async {
            let view = self.store.view(account, &code.phone).await?;
            let Some(decided) = view.and_then(|view| view.link(Proof::Code(code.tag), &by)) else {
                return Err(ConfirmOnWebError::Wrong);
            };
            let mut change = PhoneChange::of(code.phone.clone(), at);
            change.link = Some(decided.plan);
            let save = SavePhone {
                change,
                outgoing: decided.outgoing,
                audit: decided.audit,
            };
            match self.store.commit(save).await? {
                PhoneCommit::Stored => Ok(Commit::Stored(())),
                PhoneCommit::ProofOver => Err(ConfirmOnWebError::Wrong),
                PhoneCommit::Stale => Ok(Commit::Stale),
            }
        })
        .await
    }
}
