//! Why a form changed nothing: a notice on the page that it leads back to, or a problem.

use actix_web::HttpResponse;
use thunderbird_domain::{
    account::{DisableError, ForgotPasswordError, SendResetLinkError},
    admin::{
        ChangeContactEmailError, ChangeRouteError, OptOutError, RegisterUserError, RemoveUserError,
        ResendError, SendTestError,
    },
    phone_number::PhoneNumberError,
    port::Fault,
};

use super::frame::back_to;
use crate::http::extract::console::ConsoleRefusal;

/// Why a form changed nothing.
pub(super) enum Refused {
    /// The page says why, by the notice with this name.
    Notice(&'static str),
    /// A port failed.
    Fault(Fault),
}

/// Leads to `page` with the notice that tells what a form did, or why it changed nothing.
pub(super) fn answer(
    page: &str,
    done: Result<&'static str, Refused>,
) -> Result<HttpResponse, ConsoleRefusal> {
    match done {
        Ok(notice) | Err(Refused::Notice(notice)) => Ok(back_to(page, notice)),
        Err(Refused::Fault(fault)) => Err(fault.into()),
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<PhoneNumberError> for Refused {
    fn from(error: PhoneNumberError) -> Self {
        Self::Notice(match error {
            PhoneNumberError::Malformed => "not-a-number",
            PhoneNumberError::NotMobile => "not-mobile",
            PhoneNumberError::Region => "region",
            PhoneNumberError::Ours => "ours",
        })
    }
}

impl From<RegisterUserError> for Refused {
    fn from(error: RegisterUserError) -> Self {
        Self::Notice(match error {
            RegisterUserError::Phone(error) => return error.into(),
            RegisterUserError::TrailName => "trail-name",
            RegisterUserError::UnknownRoute => "unknown-route",
            RegisterUserError::Registered => "already-registered",
            RegisterUserError::Fault(fault) => return fault.into(),
        })
    }
}

impl From<ChangeRouteError> for Refused {
    fn from(error: ChangeRouteError) -> Self {
        Self::Notice(match error {
            ChangeRouteError::UnknownUser => "unknown",
            ChangeRouteError::UnknownRoute => "unknown-route",
            ChangeRouteError::SameRoute => "unchanged",
            ChangeRouteError::Fault(fault) => return fault.into(),
        })
    }
}

impl From<ChangeContactEmailError> for Refused {
    fn from(error: ChangeContactEmailError) -> Self {
        Self::Notice(match error {
            ChangeContactEmailError::Unknown => "unknown",
            ChangeContactEmailError::Email => "not-an-email",
            ChangeContactEmailError::Reason => "reason",
            ChangeContactEmailError::SameEmail => "unchanged",
            ChangeContactEmailError::Fault(fault) => return fault.into(),
        })
    }
}

impl From<RemoveUserError> for Refused {
    fn from(error: RemoveUserError) -> Self {
        match error {
            RemoveUserError::UnknownUser => Self::Notice("unknown"),
            RemoveUserError::Fault(fault) => fault.into(),
        }
    }
}

impl From<OptOutError> for Refused {
    fn from(error: OptOutError) -> Self {
        match error {
            OptOutError::Phone(error) => error.into(),
            OptOutError::NothingToChange => Self::Notice("unchanged"),
            OptOutError::Fault(fault) => fault.into(),
        }
    }
}

impl From<DisableError> for Refused {
    fn from(error: DisableError) -> Self {
        match error {
            DisableError::Unknown => Self::Notice("unknown"),
            DisableError::Fault(fault) => fault.into(),
        }
    }
}

impl From<SendResetLinkError> for Refused {
    fn from(error: SendResetLinkError) -> Self {
        Self::Notice(match error {
            SendResetLinkError::Unknown => "unknown",
            SendResetLinkError::Refused(ForgotPasswordError::NoMailer) => "no-mailer",
            SendResetLinkError::Refused(ForgotPasswordError::Throttled { .. }) => "throttled",
            SendResetLinkError::Refused(ForgotPasswordError::Fault(fault)) => return fault.into(),
        })
    }
}

impl From<ResendError> for Refused {
    fn from(error: ResendError) -> Self {
        Self::Notice(match error {
            ResendError::NotGivenUp => "not-given-up",
            ResendError::WordsGone => "words-gone",
            ResendError::OptedOut => "opted-out",
            ResendError::Unknown => "unknown",
            ResendError::Fault(fault) => return fault.into(),
        })
    }
}

impl From<SendTestError> for Refused {
    fn from(error: SendTestError) -> Self {
        Self::Notice(match error {
            SendTestError::Phone(error) => return error.into(),
            SendTestError::Words => "words",
            SendTestError::OptedOut => "opted-out",
            SendTestError::Fault(fault) => return fault.into(),
        })
    }
}
