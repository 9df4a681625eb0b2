//! Whether a text reached its contact, and why it did not.

use super::ContactName;
use crate::{outbox::state::SendState, phone_number::PhoneNumber, random::Tag};

/// Twilio's codes for a number to which no text can ever be sent: it is no number, it is a landline, the network does
/// not know it.
const TAKES_NO_TEXTS: [u32; 4] = [21_211, 21_614, 30_005, 30_006];

/// Twilio's code for a handset that is switched off or out of range for too long.
const UNREACHABLE: u32 = 30_003;

/// Twilio's code for a number that has opted out.
const OPTED_OUT: u32 = 21_610;

/// Why the newest text to a contact, of those whose fate is known, did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// The number is none that takes texts.
    TakesNoTexts,
    /// The handset was switched off or out of range.
    Unreachable,
    /// The carrier or the provider could not deliver it, and says no more.
    Undelivered,
    /// Its life was over before it could be sent.
    Late,
    /// The provider never answered, so the result is unknown.
    Doubtful,
}

crate::word::word_enum!(Trouble {
    TakesNoTexts => "takes_no_texts",
    Unreachable => "unreachable",
    Undelivered => "undelivered",
    Late => "late",
    Doubtful => "doubtful",
});

impl Trouble {
    /// In words, after the contact's name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::TakesNoTexts => "takes no texts",
            Self::Unreachable => "could not be reached",
            Self::Undelivered => "did not get the last text",
            Self::Late => "was not sent the last text in time",
            Self::Doubtful => "may not have got the last text",
        }
    }
}

/// How far a text to a contact has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Waits, or is with the provider or the carrier.
    OnItsWay,
    /// On the handset.
    Delivered,
    /// It ended and did not arrive.
    Failed(Trouble),
    /// It was not sent: the contact gets no texts from this service, or the hiker has left the number.
    Withheld,
}

impl Reach {
    /// How far a text in this state has come. An opt-out that the provider reports is the recipient's wish and no
    /// trouble of the number.
    pub fn of(state: SendState, code: Option<u32>) -> Self {
        match (state, code) {
            (SendState::Delivered, _) => Self::Delivered,
            (SendState::Undelivered | SendState::Ended(_), Some(OPTED_OUT)) => Self::Withheld,
            (state, code) if state.is_given_up() => Self::Failed(trouble(state, code)),
            (SendState::Ended(_), _) => Self::Withheld,
            _ => Self::OnItsWay,
        }
    }

    /// The word for it, as the API shows it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnItsWay => "on_its_way",
            Self::Delivered => "delivered",
            Self::Failed(_) => "failed",
            Self::Withheld => "not_sent",
        }
    }

    /// Why it did not arrive.
    pub const fn trouble(self) -> Option<Trouble> {
        match self {
            Self::Failed(trouble) => Some(trouble),
            Self::OnItsWay | Self::Delivered | Self::Withheld => None,
        }
    }

    /// The state in words for a page.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OnItsWay => "on its way",
            Self::Delivered => "delivered",
            Self::Withheld => "not sent",
            Self::Failed(Trouble::TakesNoTexts) => "failed: the number takes no texts",
            Self::Failed(Trouble::Unreachable) => "failed: the phone could not be reached",
            Self::Failed(Trouble::Undelivered) => "failed: not delivered",
            Self::Failed(Trouble::Late) => "failed: not sent in time",
            Self::Failed(Trouble::Doubtful) => "failed: it may not have arrived",
        }
    }
}

fn trouble(state: SendState, code: Option<u32>) -> Trouble {
    use crate::outbox::state::Ended;

    match (state, code) {
        (_, Some(code)) if TAKES_NO_TEXTS.contains(&code) => Trouble::TakesNoTexts,
        (_, Some(UNREACHABLE)) => Trouble::Unreachable,
        (SendState::Ended(Ended::Expired), _) => Trouble::Late,
        (SendState::Ended(Ended::Dead | Ended::Unknown), _) => Trouble::Doubtful,
        _ => Trouble::Undelivered,
    }
}

/// One contact's text of a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInNotice {
    /// Names the text.
    pub tag: Tag,
    /// The number that it was queued for.
    pub phone: PhoneNumber,
    /// What the hiker calls the number now; empty if it is no contact any more.
    pub name: ContactName,
    /// How far it has come.
    pub reach: Reach,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::state::Ended;

    #[test]
    fn every_end_of_a_text_has_its_reason() {
        let failed = |state, code| Reach::of(state, code).trouble();
        for code in [21_211, 21_614] {
            let trouble = failed(SendState::Ended(Ended::Failed), Some(code));
            assert_eq!(trouble, Some(Trouble::TakesNoTexts), "{code}");
        }
        for code in [30_005, 30_006] {
            assert_eq!(
                failed(SendState::Undelivered, Some(code)),
                Some(Trouble::TakesNoTexts),
                "{code}"
            );
        }
        assert_eq!(
            failed(SendState::Undelivered, Some(30_003)),
            Some(Trouble::Unreachable)
        );
        assert_eq!(failed(SendState::Undelivered, None), Some(Trouble::Undelivered));
        assert_eq!(
            failed(SendState::Ended(Ended::Expired), None),
            Some(Trouble::Late)
        );
        assert_eq!(
            failed(SendState::Ended(Ended::Dead), None),
            Some(Trouble::Doubtful)
        );
    }

    #[test]
    fn an_opt_out_and_what_is_on_its_way_are_no_trouble() {
        assert_eq!(
            Reach::of(SendState::Ended(Ended::Failed), Some(21_610)),
            Reach::Withheld
        );
        assert_eq!(Reach::of(SendState::Undelivered, Some(21_610)), Reach::Withheld);
        assert_eq!(
            Reach::of(SendState::Ended(Ended::Withheld), None),
            Reach::Withheld
        );
        assert_eq!(Reach::of(SendState::Queued, Some(30_003)), Reach::OnItsWay);
        assert_eq!(Reach::of(SendState::Delivered, Some(30_003)), Reach::Delivered);
    }
}
