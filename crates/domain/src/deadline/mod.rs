//! Deadlines: the time by which a hiker promises to be out, and what happens if no word comes.

mod alarm;
mod alarm_mail;
mod call;
#[cfg(test)]
mod chance;
pub mod clock_time;
mod closing;
pub mod counts;
pub mod day;
pub mod delay;
pub mod due;
mod due_refusal;
pub mod due_words;
mod firing;
mod machine;
mod mails;
mod plan;
mod promise;
mod reason;
mod set;
mod stage;
mod store;
mod sums;
mod survey;
mod text;
mod time_check;
mod trip_words;
mod watch;
mod watchdog;

pub use alarm::{Alarm, AlarmContact, Answered};
pub use alarm_mail::{
    AlarmLetter, AlarmMail, MORE_MAILS_PER_ADDRESS, MORE_MAILS_PER_PAIR, MORE_MAILS_WITHIN, MailedEnd,
};
pub use call::{CallForHelp, SAME_CALL, call_for_help};
pub use closing::{Close, close_both};
pub use counts::Event;
pub use delay::{Delay, DelayRefusal, LATE_COUNTS_ONCE, LONGEST_DELAY, SHORTEST_DELAY, names_duration};
pub use due::{Due, LONGEST_AHEAD_DAYS, SHORTEST_NOTICE};
pub use due_refusal::DueRefusal;
pub use due_words::names_time;
pub use firing::{Firing, fire};
pub use machine::{Claimed, Hold, Step};
pub use plan::{MAX_GEAR, MAX_PARTY, MAX_PLAN, MAX_VEHICLE, Plan, PlanRefusal};
pub use promise::{Closed, Deadline, How, Kind, SetBy, State};
pub use reason::{Reason, Through};
pub use set::{NewDeadline, SetDeadline, set};
pub use stage::{ALERT_AFTER, Ending, Outcome, Stage, StageRow};
pub use store::{
    DeadlineChange, DeadlineStore, DueDeadlines, Hiker, LastCheckIn, SaveDeadline, Stopped, StoredDeadline,
    Watched, Watcher,
};
pub use sums::{AlarmRow, ChannelKind, RowSums, sums};
pub use survey::{ARRIVALS_OF, Alerted, Arrivals, OpenAlarm, Survey, Unclaimed};
pub use text::{another_acts, claimed_by_call, closed_by_words, found_text};
pub use time_check::{Doubt, Judgement, Look, TimeCheck};
pub use trip_words::TripWords;
pub use watch::{Round, Watch, WatchReport};
pub use watchdog::Watchdog;
