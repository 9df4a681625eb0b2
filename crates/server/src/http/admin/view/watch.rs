//! Promises as pages show them.

use std::time::Duration;

use thunderbird_domain::{
    admin::{CallLine, ContactAnswer, ContactSums, MailLine},
    deadline::{AlarmContact, Deadline, How, Kind, Outcome, RowSums, SetBy, StageRow, State, Watched},
    id::DeadlineId,
    outbox::state::SendState,
    phone_number::PhoneNumber,
    route::Route,
    time::Timestamp,
    voice::{CallStatus, Key},
};

use super::{Redaction, moment, visible};

/// A promise as a row of the list and as the head of its page.
pub struct PromiseView {
    /// The row of the promise.
    pub id: i64,
    /// The row of the hiker who made it.
    pub user: i64,
    /// As whom they walk.
    pub trail_name: String,
    /// The hiker's masked number.
    pub phone: String,
    /// The route's name, or its id when it is not in the catalogue.
    pub route: String,
    /// What it is, in the words that stand before the time.
    pub what: &'static str,
    /// The promised time, or when help was asked for.
    pub due: String,
    /// Why there is an alarm, if it is about help; empty otherwise.
    pub cause: String,
    /// Where the promise stands.
    pub state: &'static str,
    /// How the state is coloured.
    pub mood: &'static str,
    /// What comes next and when; what is known of the end if it is closed.
    pub next: String,
    /// When the hiker's phone last texted us; empty if it never did.
    pub heard: String,
    /// Which contact deals with the alarm, and since when; empty if there is none.
    pub acting: String,
    /// What an operator has to look at, one sentence each.
    pub troubles: Vec<String>,
}

impl PromiseView {
    /// A promise as it stands now, seen with its numbers masked.
    pub fn of(watched: &Watched, routes: &[Route], now: Timestamp) -> Self {
        let deadline = &watched.stored.deadline;
        let known = routes.iter().find(|route| *route.id() == deadline.route);
        Self {
            id: watched.stored.id.get(),
            user: deadline.user.get(),
            trail_name: visible(&watched.hiker.trail_name),
            phone: Redaction::Masked.phone(&deadline.phone),
            route: known.map_or_else(
                || visible(deadline.route.as_str()),
                |route| route.name().to_owned(),
            ),
            what: match deadline.kind {
                Kind::Out => "Out by",
                Kind::Call => "Call for help,",
            },
            due: moment(deadline.due_at),
            cause: cause(deadline),
            state: deadline.state().as_str(),
            mood: mood(deadline.state()),
            next: ended(deadline).unwrap_or_else(|| next(deadline)),
            heard: watched.hiker.last_heard.map(moment).unwrap_or_default(),
            acting: acting(deadline),
            troubles: troubles(watched, now),
        }
    }

    /// The same, with a word if it is among the alarms of which no contact was reached.
    #[must_use]
    pub fn unreached_if(mut self, unreached: &[DeadlineId]) -> Self {
        if unreached.iter().any(|id| id.get() == self.id) {
            let words = "No alert has reached a contact.";
            self.troubles.insert(0, words.to_owned());
        }
        self
    }
}

/// What an operator has to look at, as long as the promise is open.
fn troubles(watched: &Watched, now: Timestamp) -> Vec<String> {
    if !watched.stored.deadline.is_open() {
        return Vec::new();
    }
    let mut troubles = Vec::new();
    if watched.is_unclaimed(now) {
        troubles.push("No contact acts, an hour after the first alert.".to_owned());
    }
    if let Some(stopped) = watched.hiker.stopped {
        troubles.push(format!(
            "The hiker's phone stopped our texts, {}.",
            moment(stopped.at)
        ));
    }
    let contacts = &watched.hiker.contacts;
    let stopped = contacts.iter().filter(|contact| contact.opted_out);
    let stopped: Vec<String> = stopped.map(|contact| visible(&contact.called())).collect();
    if contacts.is_empty() {
        troubles.push("There is no contact to alert.".to_owned());
    } else if watched.lacks_contact() {
        troubles.push("No contact can be reached: all stopped our texts.".to_owned());
    } else if !stopped.is_empty() {
        troubles.push(format!("Stopped our texts: {}.", stopped.join(", ")));
    }
    troubles
}

const fn mood(state: State) -> &'static str {
    match state {
        State::Armed => "",
        State::Asking => "warn",
        State::Alarmed => "bad",
        State::Closed => "good",
    }
}

/// `asked for help 2026-11-19 07:40 UTC`
fn cause(deadline: &Deadline) -> String {
    let asked = deadline.asked_at();
    asked
        .map(|at| format!("asked for help {}", moment(at)))
        .unwrap_or_default()
}

fn next(deadline: &Deadline) -> String {
    let open = deadline
        .stages
        .iter()
        .filter_map(|row| Some((row.open_at()?, row)));
    open.min_by_key(|(at, _)| *at).map_or_else(
        || "nothing more is sent".to_owned(),
        |(at, row)| format!("{}, {}", words(row), moment(at)),
    )
}

/// `ask_1` in words.
fn words(row: &StageRow) -> String {
    row.stage.to_string().replace('_', " ")
}

fn ended(deadline: &Deadline) -> Option<String> {
    let closed = deadline.closed.as_ref()?;
    let how = match closed.how {
        How::Back => "the hiker said BACK",
        How::HeardOf => "the hiker checked in",
        How::Replaced => "another time took its place",
        How::Withdrawn => "the hiker withdrew it",
        How::CalledOff => "the hiker said ALERT OFF",
        How::Found => "a contact said FOUND",
        How::Ended => "the hiker left the number",
    };
    let by = closed
        .by
        .as_ref()
        .map(|by| format!(" ({})", called(deadline, by)));
    Some(format!("{how}{}, {}", by.unwrap_or_default(), moment(closed.at)))
}

/// The name that the hiker gave a contact, or the masked number.
fn called(deadline: &Deadline, phone: &PhoneNumber) -> String {
    let alarm = deadline.alarm.as_ref();
    match alarm.and_then(|alarm| alarm.contact(phone)) {
        Some(contact) if !contact.name.is_empty() => visible(&contact.name),
        _ => Redaction::Masked.phone(phone),
    }
}

fn acting(deadline: &Deadline) -> String {
    let alarm = deadline.alarm.as_ref();
    let acting = alarm.and_then(|alarm| alarm.acting.as_ref());
    acting
        .map(|(phone, since)| format!("{} since {}", called(deadline, phone), moment(*since)))
        .unwrap_or_default()
}

/// `the text OUT, 2026-11-19 07:40 UTC`
pub fn set(deadline: &Deadline) -> String {
    let how = match (deadline.kind, deadline.set_by) {
        (Kind::Call, _) => "the text ALERT",
        (Kind::Out, SetBy::Text) => "the text OUT",
        (Kind::Out, SetBy::Web) => "the linked account",
        (Kind::Out, SetBy::Late(_)) => "a delay",
    };
    format!("{how}, {}", moment(deadline.set_at))
}

/// What the hiker has written about the trip, each part with its name; what was not given is left out. Only an
/// administrator who may act sees it.
pub fn plan_if(may_see: bool, deadline: &Deadline) -> Vec<(&'static str, String)> {
    if !may_see {
        return Vec::new();
    }
    let plan = &deadline.plan;
    let people = plan.party.map(|party| party.to_string()).unwrap_or_default();
    let parts = [
        ("Party", people),
        ("Vehicle", visible(&plan.vehicle)),
        ("Gear", visible(&plan.gear)),
        ("Way", visible(&plan.plan)),
        ("Notes", visible(&plan.notes)),
    ];
    let is_given = |(_, text): &(&str, String)| !text.is_empty();
    parts.into_iter().filter(is_given).collect()
}

/// A stage of the schedule.
pub struct StageView {
    /// What it is.
    pub name: String,
    /// When it is due; empty while a contact deals with the alarm.
    pub due: String,
    /// What became of it.
    pub outcome: String,
    /// Whether it came more than a minute late.
    pub late: bool,
}

/// A stage that is later than this is marked.
const LATE: Duration = Duration::from_mins(1);

impl From<&StageRow> for StageView {
    fn from(row: &StageRow) -> Self {
        let fired = row.ending.filter(|ending| ending.outcome == Outcome::Fired);
        Self {
            name: words(row),
            due: row.due_at.map(moment).unwrap_or_default(),
            outcome: match row.ending {
                None if row.due_at.is_none() => "waits while a contact acts".to_owned(),
                None => "ahead".to_owned(),
                Some(ending) => format!(
                    "{} {}, {} s late",
                    ending.outcome.as_str(),
                    moment(ending.at),
                    ending.late.as_secs()
                ),
            },
            late: fired.is_some_and(|ending| ending.late > LATE),
        }
    }
}

/// A call to a contact.
pub struct CallView {
    /// The contact's masked number.
    pub phone: String,
    /// What became of it, in one word.
    pub state: &'static str,
    /// How the word is coloured.
    pub mood: &'static str,
    /// Which key was pressed; empty for none.
    pub key: &'static str,
    /// The provider's error code; empty for none.
    pub error: String,
    /// Since when it is so.
    pub at: String,
}

impl From<&CallLine> for CallView {
    fn from(line: &CallLine) -> Self {
        Self {
            phone: Redaction::Masked.phone(&line.phone),
            state: line.status.map_or(line.state.as_str(), CallStatus::as_str),
            mood: match line.state {
                SendState::Delivered => "good",
                state if state.is_given_up() => "bad",
                _ => "",
            },
            key: line.key.map_or("", Key::as_str),
            error: line.code.map(|code| code.to_string()).unwrap_or_default(),
            at: moment(line.at),
        }
    }
}

/// A mail to a contact.
pub struct MailView {
    /// The contact's masked number.
    pub phone: String,
    /// The masked address.
    pub email: String,
    /// What it is for.
    pub what: &'static str,
    /// What became of it.
    pub state: &'static str,
    /// How the word is coloured.
    pub mood: &'static str,
    /// The mail server's code; empty for none.
    pub error: String,
    /// Since when it is so.
    pub at: String,
}

impl From<&MailLine> for MailView {
    fn from(line: &MailLine) -> Self {
        Self {
            phone: Redaction::Masked.sender(&line.phone),
            email: Redaction::Masked.email(&line.email),
            what: if line.ends_alarm { "stand-down" } else { "alert" },
            // More is not known of a mail: it may be unread.
            state: match line.state {
                SendState::Sent => "handed over",
                other => other.as_str(),
            },
            mood: if line.state.is_given_up() { "bad" } else { "" },
            error: line.code.map(|code| code.to_string()).unwrap_or_default(),
            at: moment(line.at),
        }
    }
}

/// What has become of everything that was queued for a contact.
pub struct SumsView {
    /// The contact's masked number.
    pub phone: String,
    /// How many rows came to which end.
    pub sums: RowSums,
    /// How many rows are in no state that can last.
    pub unaccounted: u64,
}

impl From<&ContactSums> for SumsView {
    fn from(contact: &ContactSums) -> Self {
        Self {
            phone: Redaction::Masked.sender(&contact.phone),
            sums: contact.sums,
            unaccounted: contact.sums.unaccounted(),
        }
    }
}

/// A contact of the alarm.
pub struct AlertedView {
    /// What the hiker calls them.
    pub name: String,
    /// The contact's masked number.
    pub phone: String,
    /// When the first alert to them was queued.
    pub alerted: String,
    /// When they first said that they deal with it; empty if they did not.
    pub acted: String,
    /// Their newest text since then, which is no claim unless it was ACTING; empty if there is none.
    pub answered: String,
}

impl AlertedView {
    /// A contact of an alarm, seen with the number masked; `answers` are those of all of them.
    pub fn of(contact: &AlarmContact, answers: &[ContactAnswer]) -> Self {
        let answer = answers.iter().find(|answer| answer.phone == contact.phone);
        let answered = answer.map(|answer| {
            let said = answer.command.as_deref().unwrap_or("no command");
            format!("{} ({})", moment(answer.at), visible(said))
        });
        Self {
            answered: answered.unwrap_or_default(),
            name: visible(&contact.name),
            phone: Redaction::Masked.phone(&contact.phone),
            alerted: moment(contact.alerted_at),
            acted: contact.acting_at.map(moment).unwrap_or_default(),
        }
    }
}
