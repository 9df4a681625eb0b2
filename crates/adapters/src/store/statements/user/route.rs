//! Which routes hikers are on, to be compared with the catalogue.

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};
use thunderbird_domain::port::Fault;

use super::Store;

#[derive(QueryableByName)]
struct RouteId {
    #[diesel(sql_type = Text)]
    id: String,
}

impl Store {
    /// Every route that a hiker is or was on. Jumps from one route to the next in the index, however many hikers there
    /// are.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the database cannot be read.
    pub async fn routes_in_use(&self) -> Result<Vec<String>, Fault> {
        self.read("routes in use", |connection| {
            let rows: Vec<RouteId> = sql_query(
                "WITH RECURSIVE used (id) AS (SELECT min(route_id) FROM users UNION ALL \
                 SELECT (SELECT min(route_id) FROM users WHERE route_id > used.id) FROM used WHERE used.id IS NOT NULL) \
                 SELECT id FROM used WHERE id IS NOT NULL",
            )
            .load(connection)?;
            Ok(rows.into_iter().map(|row| row.id).collect())
        })
        .await
    }
}
