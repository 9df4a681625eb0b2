//! Registers a hiker, or gives a registered one a new name and route.

use std::time::Duration;

use super::{StoredUser, TrailName, User, UserChange};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::AccountId,
    messages,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::PhoneNumber,
    port::Revision,
    random::Tag,
    route::Route,
    time::Timestamp,
};

/// The guide follows the confirmation after this long, so that it arrives behind it.
pub const GUIDE_AFTER: Duration = Duration::from_secs(5);

/// What a finished conversation decides.
#[derive(Debug)]
pub struct Onboarding<'a> {
    /// Number that the hiker texts from.
    pub phone: &'a PhoneNumber,
    /// The hiker that it already has.
    pub known: Option<&'a StoredUser>,
    /// The account that has proven to own it.
    pub account: Option<AccountId>,
    /// What the hiker wants to be called.
    pub name: TrailName,
    /// What the hiker wants to walk.
    pub route: &'a Route,
    /// Every tag of the decision is derived from this one.
    pub seed: Tag,
    /// When the conversation is finished (UTC).
    pub at: Timestamp,
}

/// The hiker, the guide, and what the audit says. A new route clears the position and keeps the contacts.
pub fn onboard(wanted: Onboarding<'_>) -> (UserChange, Vec<Outgoing>, AuditEvent) {
    let Onboarding {
        phone,
        known,
        account,
        name,
        route,
        seed,
        at,
    } = wanted;
    let (replaces, state, event) = match known {
        None => {
            let user = User::begin((phone.clone(), name), route, account, at);
            let event = AuditEvent::new(at, Actor::Anonymous, "user.registered", Subject::Stored);
            (Revision::Absent, user, event)
        }
        Some(stored) => {
            let mut user = stored.user.clone();
            user.trail_name = name;
            user.walk(route);
            let event = AuditEvent::new(
                at,
                Actor::User(stored.id),
                "user.changed",
                Subject::User(stored.id),
            );
            (stored.revision, user, event)
        }
    };
    let event = event.with("route", route.id());
    let guide = messages::onboarding::guide(route)
        .into_iter()
        .enumerate()
        .map(|(place, text)| {
            Outgoing::Text(OutgoingText {
                tag: seed.derived("guide", place),
                to: phone.clone(),
                class: Class::Notice,
                words: Words::Plain(text),
                not_before: at.plus(GUIDE_AFTER),
                expires_at: at.plus(Class::Notice.life()),
                user: known.map(|stored| stored.id),
            })
        })
        .collect();
    let change = UserChange {
        replaces,
        tag: seed.derived("user", 0),
        state,
        check_in: None,
        taken_back: None,
        at,
    };
    (change, guide, event)
}

impl User {
    /// A hiker whose time on the number begins: without a position and without contacts.
    pub fn begin(
        (phone, trail_name): (PhoneNumber, TrailName),
        route: &Route,
        account: Option<AccountId>,
        started_at: Timestamp,
    ) -> Self {
        Self {
            phone,
            trail_name,
            route: route.id().clone(),
            position: None,
            contacts: Vec::new(),
            account,
            started_at,
            shows_number: false,
        }
    }

    /// Puts the hiker on a route; another one than before clears the position.
    pub fn walk(&mut self, route: &Route) {
        if self.route != *route.id() {
            self.route = route.id().clone();
            self.position = None;
        }
    }
}
