//! What forecasts need from outside: providers that make them, and a store that keeps them and the questions that wait.

use super::{
    asked::Asked,
    cell::Cell,
    forecast::{Flaw, Forecast, Source},
    units::Metres,
};
use crate::{
    id::UserId, outgoing::OutgoingText, phone_number::PhoneNumber, port::PortFuture, random::Tag,
    route::RouteId, time::Timestamp, word::word_enum,
};

/// A cell that is to be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellOrder {
    /// Which cell it is.
    pub cell: Cell,
    /// The height that it is asked for, rounded so that it names no place; only some providers learn it.
    pub height: Option<Metres>,
    /// Whether places of a route lie in it; otherwise somebody typed its coordinates.
    pub is_of_route: bool,
}

/// Why a provider gave no forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It could not be reached, or did not answer in time.
    Unreachable,
    /// It has too much to do.
    Overloaded,
    /// We have asked too often.
    TooMany,
    /// It does not answer us: a key, a contact or a plan is wrong.
    Forbidden,
    /// It refuses the request as it is.
    Refused,
}

word_enum!(Why {
    Unreachable => "unreachable",
    Overloaded => "overloaded",
    TooMany => "too-many",
    Forbidden => "forbidden",
    Refused => "refused",
});

/// A forecast as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The forecast itself.
    pub forecast: Forecast,
    /// How many impossible values were left out.
    pub impossible: u32,
}

/// What a provider answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// A forecast, sound.
    New(Box<Reading>),
    /// Nothing newer than what we have.
    NothingNewer {
        /// Until when it wants not to be asked again.
        expires: Option<Timestamp>,
    },
    /// It wants not to be asked before this instant.
    Resting {
        /// From when on it may be asked again.
        until: Timestamp,
        /// Why it rests.
        why: Why,
    },
    /// It gave none.
    Failed(Why),
    /// It gave one that cannot be used.
    Malformed(Flaw),
}

/// Makes forecasts. An answer is read whole or not at all, takes a bounded time and has a bounded size. What leaves this
/// machine is the middle of the cell, a rounded height, and who we are. Contract:
/// `thunderbird_testkit::contract::forecaster`.
pub trait Forecaster: Send + Sync {
    /// Who it is.
    fn source(&self) -> Source;

    /// The forecast for a cell; `have` is the one that is kept, of the same provider.
    fn fetch<'a>(&'a self, order: &'a CellOrder, have: Option<&'a Forecast>) -> PortFuture<'a, Fetched>;
}

/// A question that waits for a forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastRequest {
    /// Names its answer.
    pub tag: Tag,
    /// The hiker who asks.
    pub user: UserId,
    /// The number that the answer goes to.
    pub phone: PhoneNumber,
    /// What is asked.
    pub asked: Asked,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it is answered at the latest, with or without a forecast.
    pub due_at: Timestamp,
}

/// What a text makes us fetch, stored in the commit of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastOrder {
    /// The question that waits for it; none if it was answered from an old forecast.
    pub request: Option<ForecastRequest>,
    /// The cells to fetch.
    pub cells: Vec<CellOrder>,
}

/// A cell that waits to be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// The cell itself.
    pub order: CellOrder,
    /// Whether a question waits for it.
    pub is_waited_for: bool,
    /// Since when it waits.
    pub since: Timestamp,
    /// When it is fetched at the earliest.
    pub again_at: Timestamp,
}

/// What became of a question that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Its answer is queued.
    Queued,
    /// The hiker has left the number, or wants no texts; the question is gone.
    Withheld,
    /// It was answered before.
    Before,
}

/// Keeps forecasts, cells to fetch, and questions that wait. A question is stored by the commit of its text.
/// Contract: `thunderbird_testkit::contract::forecast_store`.
pub trait ForecastStore: Send + Sync {
    /// Every forecast that is kept for these cells, of every provider.
    fn copies(&self, cells: Vec<Cell>) -> PortFuture<'_, Vec<Forecast>>;

    /// Keeps a forecast in place of the one of the same cell and provider, unless that one is of a later run.
    fn put(&self, forecast: Forecast) -> PortFuture<'_, ()>;

    /// Notes when the provider said that it has nothing newer for the cell, and until when it wants not to be asked.
    fn checked(
        &self,
        cell: Cell,
        source: Source,
        times: (Timestamp, Option<Timestamp>),
    ) -> PortFuture<'_, ()>;

    /// The forecasts of the newest runs, without their hours; at most `limit`.
    fn kept(&self, limit: u32) -> PortFuture<'_, Vec<Forecast>>;

    /// Orders cells, each once: one that is ordered already stays as it is. Says how many were not ordered before.
    fn order(&self, cells: Vec<CellOrder>, at: Timestamp) -> PortFuture<'_, usize>;

    /// Cells that wait to be fetched, in the order of their indexes; at most `limit`.
    fn ordered(&self, limit: u32) -> PortFuture<'_, Vec<Ordered>>;

    /// Takes the next cell that may be fetched, for one caller until `until`: those that somebody waits for first, then in
    /// the order in which they were ordered.
    fn take(&self, now: Timestamp, until: Timestamp) -> PortFuture<'_, Option<CellOrder>>;

    /// Ends an order, or puts it off to an instant.
    fn settle(&self, cell: Cell, again_at: Option<Timestamp>) -> PortFuture<'_, ()>;

    /// Questions that wait, the oldest first.
    fn waiting(&self, limit: u32) -> PortFuture<'_, Vec<ForecastRequest>>;

    /// Ends a question and queues its answer, in one commit. Nothing is queued if it was answered before, if its hiker has
    /// left the number, or if the number wants no texts.
    fn answer(&self, tag: Tag, texts: Vec<OutgoingText>, at: Timestamp) -> PortFuture<'_, Answered>;

    /// Every route that a hiker is or was on.
    fn walked(&self) -> PortFuture<'_, Vec<RouteId>>;

    /// Forgets forecasts whose runs began before, and orders made before. Says how many.
    fn prune(&self, before: Timestamp) -> PortFuture<'_, usize>;
}
