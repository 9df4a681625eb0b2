//! What an operator is paged about.

use std::{fmt::Display, time::Duration};

/// How urgent a page is, as ntfy counts from 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A person may need help.
    Highest,
    /// The service needs a hand.
    High,
}

impl Urgency {
    /// The number that receivers of pages know.
    pub const fn number(self) -> u8 {
        match self {
            Self::Highest => 5,
            Self::High => 4,
        }
    }

    /// The tag that goes with it; ntfy shows it as a picture.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Highest => "rotating_light",
            Self::High => "warning",
        }
    }
}

/// Defines [`PageKind`] from one table: a row is a kind, its word, how urgent it is, and after which time it is reported again
/// while it goes on.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident {
        word: $word:literal,
        urgency: $urgency:ident,
        again_after: $again:expr,
        path: $path:literal,
    })+) => {
        /// What an operator is paged about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PageKind {
            $($(#[$doc])* $name,)+
        }

        crate::word::word_enum!(PageKind {
            $($name => $word,)+
        });

        impl PageKind {
            /// The name of an event of this kind, which `event` tells from the others.
            pub fn event(self, event: impl Display) -> String {
                format!("{} {event}", self.as_str())
            }

            /// How urgent it is.
            pub const fn urgency(self) -> Urgency {
                match self { $(Self::$name => Urgency::$urgency,)+ }
            }

            /// After which time it is reported again while it goes on; `None` if one page is enough.
            pub const fn again_after(self) -> Option<Duration> {
                match self { $(Self::$name => $again,)+ }
            }

            /// The console's page about all of them.
            pub const fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)+ }
            }
        }
    };
}

kinds! {
    /// The contacts of a hiker are alerted: the hiker is overdue or asks for help.
    AlarmOpened {
        word: "alarm_opened",
        urgency: Highest,
        again_after: None,
        path: "/admin/watch",
    }
    /// No contact deals with an alarm, an hour after it was opened.
    AlarmUnclaimed {
        word: "alarm_unclaimed",
        urgency: Highest,
        again_after: None,
        path: "/admin/watch",
    }
    /// No alert of an open alarm has reached a contact.
    AlarmUnreached {
        word: "alarm_unreached",
        urgency: Highest,
        again_after: Some(Duration::from_mins(15)),
        path: "/admin/watch",
    }
    /// A text asks for help in words.
    Distress {
        word: "distress",
        urgency: Highest,
        again_after: None,
        path: "/admin/messages",
    }
    /// A text about somebody's safety has not arrived at a contact.
    TextFailed {
        word: "text_failed",
        urgency: High,
        again_after: None,
        path: "/admin/messages",
    }
    /// A stage of a promise is late.
    StageLate {
        word: "stage_late",
        urgency: High,
        again_after: Some(Duration::from_hours(1)),
        path: "/admin/watch",
    }
    /// Texts to us that no webhook brought cannot be fetched.
    FetchFailing {
        word: "fetch_failing",
        urgency: High,
        again_after: Some(Duration::from_hours(1)),
        path: "/admin",
    }
    /// Alerts are held, because the machine's clock is in doubt.
    ClockHeld {
        word: "clock_held",
        urgency: High,
        again_after: Some(Duration::from_hours(1)),
        path: "/admin",
    }
}
