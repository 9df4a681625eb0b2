//! What became of a text.

/// What became of a text, as far as limits, hints and the console care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextOutcome {
    /// Run and answered; counts towards the sender's hour.
    Answered,
    /// Run and answered, and exempt from every limit: CHECKIN, STOP, START, HELP.
    Exempt,
    /// No command: nothing was done, and the answer said so or pointed to MENU.
    Hinted,
    /// A call for help, answered with the emergency number. No limit counts it but its own.
    Distress,
    /// Run or not, and answered with the one sentence that a number of a country that may not be texted receives.
    Foreign,
    /// Nothing to say: not understood again, a name without a number, an answer that Twilio gave.
    Silent,
    /// Over the limit, not run, and told when to try again.
    ToldLimit,
    /// Over the limit, not run, not answered.
    OverLimit,
    /// Repeated so often that it looks like a machine: not run, not answered, shown to the operator.
    Looping,
}

impl TextOutcome {
    /// Every outcome.
    pub const ALL: [Self; 9] = [
        Self::Answered,
        Self::Exempt,
        Self::Hinted,
        Self::Distress,
        Self::Foreign,
        Self::Silent,
        Self::ToldLimit,
        Self::OverLimit,
        Self::Looping,
    ];

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// The word it is stored as.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Exempt => "exempt",
            Self::Hinted => "hinted",
            Self::Distress => "distress",
            Self::Foreign => "foreign",
            Self::Silent => "silent",
            Self::ToldLimit => "told_limit",
            Self::OverLimit => "over_limit",
            Self::Looping => "looping",
        }
    }

    /// The limit that held the text back, if one did.
    pub const fn limit(self) -> Option<&'static str> {
        match self {
            Self::ToldLimit | Self::OverLimit => Some("sender.answers"),
            Self::Looping => Some("sender.loop"),
            Self::Answered | Self::Exempt | Self::Hinted | Self::Distress | Self::Foreign | Self::Silent => {
                None
            }
        }
    }

    /// Whether an answer of this kind uses up the sender's hour.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Answered | Self::Hinted)
    }
}
