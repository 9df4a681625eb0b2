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

/// What the number was asked last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Whether name and route shall be replaced.
    Change,
    /// For a trail name.
    Name,
    /// For a route, the name being known.
    Route {
        /// The trail name that was given.
        name: TrailName,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Whether to replace name and route.
    Change,
    /// For a trail name.
    Name,
    /// For a trail name again: what came cannot be one.
    NameAgain,
    /// For a route.
    Route,
    /// For a route again: what came names none.
    RouteAgain,
}

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
    /// The text is no answer to the question; it is read as if nothing had been asked.
    Left,
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
        match self.step {
            Step::Change => Prompt::Change,
            Step::Name => Prompt::Name,
            Step::Route { .. } => Prompt::Route,
        }
    }

    /// The same question, kept open from now.
    #[must_use]
    pub fn touched(&self, at: Timestamp) -> Self {
        Self::asking(self.step.clone(), at)
    }

    /// What a text that is no command leads to. `typed` is as it came, `normal` as commands are compared.
    pub fn answer(&self, typed: &str, normal: &str, routes: &dyn RouteCatalogue, at: Timestamp) -> Turn {
        match &self.step {
            Step::Change if normal == "CHANGE" => Turn::Ask(Self::asking(Step::Name, at), Prompt::Name),
            Step::Change => Turn::Left,
            Step::Name => match TrailName::parse(typed) {
                Some(name) => Turn::Ask(Self::asking(Step::Route { name }, at), Prompt::Route),
                None => Turn::Ask(self.touched(at), Prompt::NameAgain),
            },
            Step::Route { name } => match chosen(normal, routes) {
                Some(route) => Turn::Done {
                    name: name.clone(),
                    route: route.id().clone(),
                },
                None => Turn::Ask(self.touched(at), Prompt::RouteAgain),
            },
        }
    }
}

/// The route that a reply names: by its number in the menu, by its id, or by a name.
fn chosen<'a>(normal: &str, routes: &'a dyn RouteCatalogue) -> Option<&'a Route> {
    if let Ok(number) = normal.parse::<usize>() {
        return routes.all().get(number.checked_sub(1)?);
    }
    let wanted = folded(normal);
    let same = |name: &str| !wanted.is_empty() && folded(name) == wanted;
    routes
        .all()
        .iter()
        .find(|route| same(route.id().as_str()) || same(route.name()) || same(route.short_name()))
}

fn folded(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}
