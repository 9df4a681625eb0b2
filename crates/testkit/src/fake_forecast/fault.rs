//! What a weather service can do wrong.

/// A way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This status, with a page of HTML.
    Status(u16),
    /// 503 and the reason that Open-Meteo gives.
    Overloaded,
    /// 429: too many in a minute.
    TooManyInAMinute,
    /// 429: too many in an hour.
    TooManyInAnHour,
    /// 429: too many in a day.
    TooManyInADay,
    /// The connection stays open and nothing comes.
    Hang,
    /// A byte a second.
    SlowDrip,
    /// The connection is closed before any answer.
    Close,
    /// The connection is closed in the middle of the body.
    ResetMidBody,
    /// The body is cut off, and says that it is whole.
    BrokenJson,
    /// A 200 that breaks off with a sentence, as Open-Meteo's streaming does.
    StreamError200,
    /// The right body as a web page.
    WrongContentType,
    /// Nothing in the body.
    EmptyBody,
    /// More than any answer has.
    HugeBody,
    /// A redirect to another host.
    Redirect,
    /// A bare `nan` where a number should be.
    BareNan,
    /// A column of nulls.
    NullColumn,
    /// A column of nulls whose unit is "undefined".
    UndefinedUnit,
    /// Temperatures in Fahrenheit.
    WrongUnits,
    /// An answer about another place.
    WrongCell,
    /// A column with an hour less than the others.
    ShortColumn,
    /// Hours out of order.
    UnsortedHours,
    /// A run of last week.
    OldRun,
    /// A gust of 972 km/h in one hour.
    Gust972,
    /// The 0 C level 100 km under the ground, in every hour.
    Freezing100kmDown,
    /// MET Norway's 203: right, and soon no more.
    Deprecated203,
    /// 304, although nothing is known here.
    NotModified,
    /// No run is named.
    NoRun,
    /// A run that begins tomorrow.
    FutureRun,
    /// The second request of a forecast, for the free air, fails.
    NoFreeAir,
}

impl Fault {
    /// Every way after which there is no forecast at all.
    pub const WITHOUT_A_FORECAST: [Self; 23] = [
        Self::Status(500),
        Self::Status(403),
        Self::Status(400),
        Self::Overloaded,
        Self::TooManyInAMinute,
        Self::TooManyInAnHour,
        Self::TooManyInADay,
        Self::Close,
        Self::ResetMidBody,
        Self::BrokenJson,
        Self::StreamError200,
        Self::WrongContentType,
        Self::EmptyBody,
        Self::HugeBody,
        Self::Redirect,
        Self::BareNan,
        Self::WrongUnits,
        Self::WrongCell,
        Self::ShortColumn,
        Self::UnsortedHours,
        Self::NotModified,
        Self::NoRun,
        Self::FutureRun,
    ];
}
