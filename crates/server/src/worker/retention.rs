//! Ends what is over, and forgets what is not needed any more: once an hour, in small commits.

use std::time::Duration;

use actix_web::web::Data;
use thunderbird_domain::port::Fault;

use super::stop::Stop;
use crate::http::app::App;

const EVERY: Duration = Duration::from_hours(1);
/// A service that is often restarted forgets all the same; start-up itself is left alone.
const FIRST: Duration = Duration::from_mins(1);
/// Leaves the writer to others between two commits.
const PAUSE: Duration = Duration::from_millis(50);

/// Works until the service is asked to end.
pub async fn run(app: Data<App>, mut stop: Stop) {
    let mut pause = FIRST;
    while stop.sleep(pause).await {
        pause = EVERY;
        loop {
            match tidy(&app).await {
                Ok(true) if stop.sleep(PAUSE).await => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(
                        ?error,
                        "what is over could not be forgotten; it is tried again in an hour"
                    );
                    break;
                }
            }
        }
    }
}

/// One commit's worth; says whether there may be more.
async fn tidy(app: &App) -> Result<bool, Fault> {
    let believed = app.sms.inbound_webhook.believed();
    Ok(app.accounts.end_expired_sessions().await? || app.privacy.forget(believed).await?)
}
