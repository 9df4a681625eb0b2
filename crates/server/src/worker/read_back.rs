//! Reads sent texts back from the provider, for their price and segments.

use std::time::Duration;

use actix_web::web::Data;
use thunderbird_domain::port::Fault;

use super::stop::Stop;
use crate::http::app::App;

/// How often the worker looks for texts that are due for reading back.
const ROUND: Duration = Duration::from_secs(10);

/// Texts read back before the worker checks whether it is to stop.
const READ_AT_ONCE: usize = 5;

/// Works until it is asked to stop.
pub async fn run(app: Data<App>, mut stop: Stop) {
    while stop.sleep(ROUND).await {
        let round = async {
            while app.sms.deliveries.read_back(READ_AT_ONCE).await? == READ_AT_ONCE {}
            Ok::<_, Fault>(())
        };
        let mut asked = stop.clone();
        tokio::select! {
            done = round => if let Err(fault) = done {
                tracing::warn!(event = "outbox.fault", error = ?fault, "sent texts cannot be read back");
            },
            () = asked.asked() => return,
        }
    }
}
