//! The ways in which a mail server misbehaves.

/// What the server does to one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpFault {
    /// Greets with 421 and hangs up.
    Busy,
    /// Takes the connection and says nothing.
    NoGreeting,
    /// Greets with something that is no SMTP.
    OddGreeting,
    /// Greets with a line that never ends.
    EndlessGreeting,
    /// Answers EHLO with a line that never ends.
    EndlessHello,
    /// Answers MAIL FROM with a line that never ends.
    EndlessSender,
    /// Keeps the mail, and says so in a line that never ends.
    EndlessWord,
    /// Hangs up after MAIL FROM.
    HangUpEarly,
    /// Resets the connection after MAIL FROM.
    ResetEarly,
    /// Answers MAIL FROM with this code.
    Sender(u16),
    /// Answers RCPT TO with this code.
    Recipient(u16),
    /// Answers DATA with this code.
    Data(u16),
    /// Resets the connection in the middle of the mail: it is not kept.
    ResetInContent,
    /// Takes the whole mail and answers with this code: it is not kept.
    Content(u16),
    /// Keeps the mail, but hangs up instead of saying so.
    LostAnswer,
    /// Keeps the mail, but resets the connection instead of saying so.
    ResetAnswer,
    /// Keeps the mail, but breaks off in the middle of saying so.
    HalfAnswer,
    /// Keeps the mail, but answers something that is no SMTP.
    Nonsense,
    /// Keeps the mail, and never answers.
    Silence,
}

impl SmtpFault {
    /// One of each kind, the two that hang last.
    pub const KINDS: [Self; 23] = [
        Self::Busy,
        Self::OddGreeting,
        Self::HangUpEarly,
        Self::ResetEarly,
        Self::Sender(451),
        Self::Sender(550),
        Self::Recipient(450),
        Self::Recipient(550),
        Self::Data(451),
        Self::Data(554),
        Self::ResetInContent,
        Self::Content(452),
        Self::Content(554),
        Self::LostAnswer,
        Self::ResetAnswer,
        Self::HalfAnswer,
        Self::Nonsense,
        Self::EndlessGreeting,
        Self::EndlessHello,
        Self::EndlessSender,
        Self::EndlessWord,
        Self::NoGreeting,
        Self::Silence,
    ];

    /// Whether the server wants the mail neither now nor later.
    pub const fn refuses(self) -> bool {
        matches!(
            self,
            Self::Sender(500..) | Self::Recipient(500..) | Self::Data(500..) | Self::Content(500..)
        )
    }

    /// Whether it is done before anybody can tell what the client has come for.
    pub const fn greets(self) -> bool {
        matches!(
            self,
            Self::Busy | Self::NoGreeting | Self::OddGreeting | Self::EndlessGreeting | Self::EndlessHello
        )
    }

    /// Whether it says nothing at all, and only a time limit ends it.
    pub const fn hangs(self) -> bool {
        matches!(self, Self::NoGreeting | Self::Silence)
    }
}
