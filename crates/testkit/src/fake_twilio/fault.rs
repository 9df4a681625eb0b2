//! The ways in which a provider misbehaves.

/// What happens to one request to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Nothing: 201 as documented.
    None,
    /// An error status with Twilio's error JSON, not sent.
    Status(u16),
    /// 400 with this error code, not sent.
    Refused(u32),
    /// 429 with this `Retry-After`, not sent.
    TooMany(Option<&'static str>),
    /// 503 with this `Retry-After`, not sent.
    Overloaded(&'static str),
    /// No answer for a minute, not sent.
    Hang,
    /// No answer for a minute, but sent.
    HangAfterSending,
    /// The connection is closed without an answer, not sent.
    Close,
    /// The request was read, the connection is reset, not sent.
    Reset,
    /// The request was read and the text is sent, but the connection is reset without an answer.
    ResetAfterSending,
    /// 201, then the connection is reset in the middle of the body; sent.
    ResetMidBody,
    /// 201 with JSON that breaks off; sent.
    BrokenJson,
    /// 201 with a page of HTML; sent.
    Html,
    /// 201 with the right JSON called `text/plain`; sent.
    WrongContentType,
    /// 201 with nothing; sent.
    EmptyBody,
    /// 201 with 10 MB of JSON; sent.
    HugeBody,
    /// 201 and then a byte a second; sent.
    SlowDrip,
    /// 502 with a page of HTML, not sent.
    BadGateway,
    /// 302 to another path of this host, not sent.
    Redirect,
    /// Bytes that are no HTTP, not sent.
    Garbage,
}

impl Fault {
    /// One of each kind, as the fault suites run them.
    pub const KINDS: [Self; 24] = [
        Self::Status(500),
        Self::Overloaded("1"),
        Self::TooMany(None),
        Self::TooMany(Some("1")),
        Self::TooMany(Some("Sun, 22 Nov 2015 08:49:37 GMT")),
        Self::TooMany(Some("soon")),
        Self::Hang,
        Self::HangAfterSending,
        Self::Close,
        Self::Reset,
        Self::ResetAfterSending,
        Self::ResetMidBody,
        Self::BrokenJson,
        Self::Html,
        Self::WrongContentType,
        Self::EmptyBody,
        Self::HugeBody,
        Self::SlowDrip,
        Self::BadGateway,
        Self::Redirect,
        Self::Garbage,
        Self::Refused(21_610),
        Self::Refused(21_211),
        Self::Refused(21_408),
    ];

    /// Whether the text reaches its recipient all the same.
    pub const fn sends(self) -> bool {
        matches!(
            self,
            Self::None
                | Self::HangAfterSending
                | Self::ResetAfterSending
                | Self::ResetMidBody
                | Self::BrokenJson
                | Self::Html
                | Self::WrongContentType
                | Self::EmptyBody
                | Self::HugeBody
                | Self::SlowDrip
        )
    }

    /// Whether the sender cannot know if the text was sent.
    pub const fn is_ambiguous(self) -> bool {
        matches!(
            self,
            Self::Hang
                | Self::HangAfterSending
                | Self::Close
                | Self::Reset
                | Self::ResetAfterSending
                | Self::Garbage
        )
    }
}
