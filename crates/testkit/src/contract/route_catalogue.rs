//! What every route catalogue promises.

use std::collections::HashSet;

use thunderbird_domain::route::{RouteCatalogue, RouteId};

/// The promises of [`RouteCatalogue`].
pub fn route_catalogue(catalogue: &dyn RouteCatalogue) {
    every_listed_route_is_found_by_its_id(catalogue);
    no_id_is_listed_twice(catalogue);
    an_unknown_id_finds_nothing(catalogue);
}

fn every_listed_route_is_found_by_its_id(catalogue: &dyn RouteCatalogue) {
    for route in catalogue.all() {
        let found = catalogue.find(route.id()).expect("a listed route is found");
        assert_eq!(found.id(), route.id());
        assert_eq!(found.waypoints(), route.waypoints());
    }
}

fn no_id_is_listed_twice(catalogue: &dyn RouteCatalogue) {
    let ids: HashSet<_> = catalogue
        .all()
        .iter()
        .map(thunderbird_domain::route::Route::id)
        .collect();
    assert_eq!(ids.len(), catalogue.all().len());
}

fn an_unknown_id_finds_nothing(catalogue: &dyn RouteCatalogue) {
    for id in ["", "no_such_route", "Overland Track"] {
        assert!(catalogue.find(&RouteId::from_stored(id)).is_none(), "{id}");
    }
}
