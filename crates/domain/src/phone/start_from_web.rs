//! The account names a number: a code is texted to it, and nothing is linked yet.

use std::time::Duration;

use super::{CODE_LIFE, Code, NewCode, Phones, SendCode, SendVerdict, code::counts};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::AccountId,
    messages::phone as messages,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::{PhoneNumber, PhoneNumberError},
    port::Fault,
    random::Tag,
    refusals,
    time::Timestamp,
};

/// A code is on its way. It says the same whether or not the number is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSent {
    /// Number that the code was sent to.
    pub phone: PhoneNumber,
    /// When the code is no longer good.
    pub expires_at: Timestamp,
    /// Another one may be asked for from then on.
    pub resend_after: Timestamp,
}

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum StartFromWebError {
    /// The number cannot or may not be texted.
    #[error(transparent)]
    NotTextable(#[from] PhoneNumberError),
    /// A cap is reached: by the account, the number, its neighbours or the whole service; nobody is told which.
    #[error("too many codes were sent")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The account is gone.
    #[error("the account is gone")]
    Gone,
    /// The service has sent as many texts today as it may.
    #[error("the day's texts are used up")]
    Full {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Phones {
    /// Texts a code to `phone`. The account's earlier code is void, its spent guesses are not.
    ///
    /// # Errors
    ///
    /// [`StartFromWebError`]; nothing was sent then.
    pub async fn start_from_web(
        &self,
        account: AccountId,
        phone: PhoneNumber,
    ) -> Result<CodeSent, StartFromWebError> {
        self.textable.check(&phone)?;
        let at = self.clock.now();
        let expires_at = at.plus(CODE_LIFE);
        let code = Code::draw(&*self.entropy);
        let tag = Tag::draw(&*self.entropy);
        let order = SendCode {
            code: NewCode {
                tag,
                account,
                phone: phone.clone(),
                mac: code.mac(&*self.macs, account, &phone, tag),
                expires_at,
            },
            limits: self.limits,
            counts: counts(&*self.macs, &phone, self.limits),
            daily_room: self.cap.room(Class::Code),
            at,
            outgoing: vec![self.code_text(&phone, &code, (at, expires_at))],
            audit: vec![AuditEvent::new(
                at,
                Actor::Account(account),
                "phone.code_sent",
                Subject::Account(account),
            )],
        };
        match self.store.send_code(order).await? {
            SendVerdict::Sent(sent) => Ok(CodeSent {
                phone,
                expires_at,
                resend_after: sent.resend_after,
            }),
            SendVerdict::Refused { retry_after } => Err(StartFromWebError::TooMany { retry_after }),
            SendVerdict::Gone => Err(StartFromWebError::Gone),
            SendVerdict::Full { retry_after } => {
                refusals::count("texts_day");
                Err(StartFromWebError::Full { retry_after })
            }
        }
    }

    fn code_text(&self, to: &PhoneNumber, code: &Code, life: (Timestamp, Timestamp)) -> Outgoing {
        let tag = Tag::draw(&*self.entropy);
        let (not_before, expires_at) = life;
        Outgoing::Text(OutgoingText {
            tag,
            to: to.clone(),
            class: Class::Code,
            words: Words::Sealed {
                sealed: self.bodies.seal(tag, &messages::code(code.expose())),
                until: expires_at,
            },
            not_before,
            expires_at,
            user: None,
        })
    }
}
