//! `thunderbird audit verify`

use actix_web::rt;
use clap::{Args, Subcommand};
use thunderbird_adapters::store::{
    AuditVerdict, Store,
    migrate::{Found, inspect},
};

use super::{Exit, Failure, Settings, refusal::refusal, screen};

/// Check the log of who did what to whom.
#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Follow the hashes of the whole audit log. Exits with 1 when a row is missing or is not what was written.
    Verify {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Audit {
    /// Does it.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let database = settings.read(&[])?.database;
        let found = inspect(&database).map_err(Failure::configuration)?;
        if let Some(refusal) = refusal(&database, &found) {
            return Err(Failure::configuration(refusal));
        }
        if !matches!(found, Found::Managed { ref pending } if pending.is_empty()) {
            return Err(Failure::configuration(format_args!(
                "{} is not ready: run `thunderbird migrate up`, or start the service once.",
                database.display()
            )));
        }
        let store = Store::open(&database).map_err(Failure::problem)?;
        let verdict = rt::System::new()
            .block_on(store.verify_audit())
            .map_err(Failure::problem)?;
        let Action::Verify { json } = self.action;
        say(verdict, json)
    }
}

fn say(verdict: AuditVerdict, json: bool) -> Result<Exit, Failure> {
    let (document, sentence, exit) = match verdict {
        AuditVerdict::Sound { rows } => (
            serde_json::json!({ "sound": true, "rows": rows }),
            format!("The audit log is sound: {rows} rows, each as it was written."),
            Exit::Done,
        ),
        AuditVerdict::Broken { row } => (
            serde_json::json!({ "sound": false, "row": row }),
            format!("The audit log is broken: from row {row} on it is not what was written."),
            Exit::Problem,
        ),
    };
    if json {
        screen::say(document)?;
    } else {
        screen::say(sentence)?;
    }
    Ok(exit)
}
