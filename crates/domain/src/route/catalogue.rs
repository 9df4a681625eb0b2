//! Which routes there are.

use super::{id::RouteId, route::Route};

/// The routes that hikers may walk: read and validated once, at start. A computing port: synchronous, no failure.
///
/// Every route that [`all`](Self::all) lists is found by its id, and no id is listed twice.
pub trait RouteCatalogue: Send + Sync {
    /// Every route, in the order of the menu that hikers see.
    fn all(&self) -> &[Route];

    /// The route with this id, if the catalogue has it.
    fn find(&self, id: &RouteId) -> Option<&Route>;
}
