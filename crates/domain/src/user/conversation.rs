//! Onboarding as a pure machine: where a number stands, and what its next text leads to.

use std::time::Duration;

use super::TrailName;
use crate::{
    phone_number::PhoneNumber,
    port::Revision,
    route::{Route, RouteCatalogue, RouteId},
    time::Timestamp,
};

/// A conversation is over this long after its last message.
pub const CONVERSATION_LIFE: Duration = Duration::from_mins(30);

/// What the number was asked last. `again` says that the last answer was no answer; a second one ends the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Whether name and route shall be replaced.
    Change,
    /// For a trail name.
    Name {
        /// Whether the question was repeated.
        again: bool,
    },
    /// Whether a text that reads like no name is meant as one.
    ConfirmName {
        /// The name that was given.
        name: TrailName,
    },
    /// For a route, the name being known.
    Route {
        /// The trail name that was given.
        name: TrailName,
        /// Whether the question was repeated.
        again: bool,
    },
}

/// Where a number stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// What it was asked last.
    pub step: Step,
    /// When the last message of the conversation came in.
    pub touched_at: Timestamp,
}

/// A conversation as stored, expired or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConversation {
    /// Which state this is.
    pub revision: Revision,
    /// The conversation itself.
    pub conversation: Conversation,
}

/// Where a number stands from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationChange {
    /// Number that converses with us.
    pub phone: PhoneNumber,
    /// The state that the decision was made on.
    pub replaces: Revision,
    /// What stands there afterwards; `None` ends the conversation.
    pub state: Option<Conversation>,
}

/// What to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// Whether to replace name and route.
    Change,
    /// For a trail name.
    Name,
    /// For a trail name again: the answer cannot be one.
    NameAgain,
    /// Whether this is really the name that the family shall read.
    ConfirmName(TrailName),
    /// For a route.
    Route,
    /// For a route again: the answer names no route.
    RouteAgain,
}

/// The reply that confirms a doubtful name; no carrier owns the word.
pub const CONFIRM_NAME: &str = "NAME";

/// What a text at a prompt leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// The next question.
    Ask(Conversation, Prompt),
    /// Name and route are known.
    Done {
        /// What the hiker wants to be called.
        name: TrailName,
        /// The route that was chosen.
        route: RouteId,
    },
    /// The text is no answer to the question; it is read as if no question had been asked.
    Left,
    /// The second text that is no answer: the conversation ends without an effect.
    GivenUp,
}

/// A text at a prompt.
#[derive(Debug, Clone, Copy)]
pub struct PromptAnswer<'a> {
    /// The text as it came, without the ending that a messenger appended.
    pub typed: &'a str,
    /// The same as commands are compared.
    pub normal: &'a str,
    /// Whether the text reads like no name: a question, a greeting, a sentence, a command.
    pub doubtful: bool,
}

impl Conversation {
    /// A conversation that has just asked this.
    pub fn asking(step: Step, at: Timestamp) -> Self {
        Self { step, touched_at: at }
    }

    /// Whether it still goes on.
    pub fn is_live(&self, at: Timestamp) -> bool {
        at.since(self.touched_at) <= CONVERSATION_LIFE
    }

    /// When it is over if nothing more comes.
    pub fn expires_at(&self) -> Timestamp {
        self.touched_at.plus(CONVERSATION_LIFE)
    }

    /// The question that stands open.
    pub fn prompt(&self) -> Prompt {
        match &self.step {
            Step::Change => Prompt::Change,
            Step::Name { .. } => Prompt::Name,
            Step::ConfirmName { name } => Prompt::ConfirmName(name.clone()),
            Step::Route { .. } => Prompt::Route,
        }
    }

    /// Whether the question that stands open is for a name.
    pub fn asks_for_name(&self) -> bool {
        matches!(self.step, Step::Name { .. } | Step::ConfirmName { .. })
    }

    /// Whether the question that stands open is whether a text is meant as a name.
    pub fn doubts_name(&self) -> bool {
        matches!(self.step, Step::ConfirmName { .. })
    }

    /// The same question, kept open from now.
    #[must_use]
    pub fn touched(&self, at: Timestamp) -> Self {
        Self::asking(self.step.clone(), at)
    }

    /// What a text that is no command leads to.
    pub fn answer(&self, given: PromptAnswer<'_>, routes: &dyn RouteCatalogue, at: Timestamp) -> Turn {
        let ask = |step, prompt| Turn::Ask(Self::asking(step, at), prompt);
        match &self.step {
            Step::Change if given.normal == "CHANGE" => ask(Step::Name { again: false }, Prompt::Name),
            Step::Change => Turn::Left,
            Step::ConfirmName { name } if given.normal == CONFIRM_NAME => ask(
                Step::Route {
                    name: name.clone(),
                    again: false,
                },
                Prompt::Route,
            ),
            Step::Name { again } => match TrailName::parse(given.typed) {
                Some(name) if given.doubtful => {
                    let prompt = Prompt::ConfirmName(name.clone());
                    ask(Step::ConfirmName { name }, prompt)
                }
                Some(name) => ask(Step::Route { name, again: false }, Prompt::Route),
                None if *again => Turn::GivenUp,
                None => ask(Step::Name { again: true }, Prompt::NameAgain),
            },
            Step::ConfirmName { .. } => match TrailName::parse(given.typed) {
                Some(name) => ask(Step::Route { name, again: false }, Prompt::Route),
                None => ask(Step::Name { again: true }, Prompt::NameAgain),
            },
            Step::Route { name, again } => match (chosen(given.normal, routes), again) {
                (Some(route), _) => Turn::Done {
                    name: name.clone(),
                    route: route.id().clone(),
                },
                (None, true) => Turn::GivenUp,
                (None, false) => ask(
                    Step::Route {
                        name: name.clone(),
                        again: true,
                    },
                    Prompt::RouteAgain,
                ),
            },
        }
    }
}

/// Whether a reply to the question for a route names one.
pub fn names_route(normal: &str, routes: &dyn RouteCatalogue) -> bool {
    chosen(normal, routes).is_some()
}

/// The route that a reply names: by its number in the menu (`2`, `No 2`, `the second one`), by its id, or by a name.
fn chosen<'a>(normal: &str, routes: &'a dyn RouteCatalogue) -> Option<&'a Route> {
    if let Some(number) = ordinal(normal) {
        return routes.all().get(number.checked_sub(1)?);
    }
    let wanted = folded(normal);
    let same = |name: &str| !wanted.is_empty() && folded(name) == wanted;
    routes
        .all()
        .iter()
        .find(|route| same(route.id().as_str()) || same(route.name()) || same(route.short_name()))
}

/// The number that a reply consists of, in digits or in words.
fn ordinal(normal: &str) -> Option<usize> {
    const WORDS: [[&str; 3]; 9] = [
        ["ONE", "FIRST", "1ST"],
        ["TWO", "SECOND", "2ND"],
        ["THREE", "THIRD", "3RD"],
        ["FOUR", "FOURTH", "4TH"],
        ["FIVE", "FIFTH", "5TH"],
        ["SIX", "SIXTH", "6TH"],
        ["SEVEN", "SEVENTH", "7TH"],
        ["EIGHT", "EIGHTH", "8TH"],
        ["NINE", "NINTH", "9TH"],
    ];
    let words: Vec<&str> = normal
        .split(' ')
        .filter(|word| !matches!(*word, "THE" | "NO" | "NUMBER" | "NR" | "ROUTE" | "PLEASE"))
        .collect();
    let word = match words.as_slice() {
        [word] | [word, "ONE"] => *word,
        _ => return None,
    };
    if let Ok(number) = word.parse() {
        return Some(number);
    }
    let place = WORDS.iter().position(|names| names.contains(&word))?;
    place.checked_add(1)
}

fn folded(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}
