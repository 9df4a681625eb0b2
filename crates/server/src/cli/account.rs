//! `thunderbird account readdress`

use actix_web::rt;
use clap::{Args, Subcommand};
use thunderbird_adapters::{
    crypto::entropy::SystemEntropy,
    legacy::readdress::{Readdressed, readdress},
    store::{Store, migrate::inspect},
};
use thunderbird_domain::{email::Email, random::Tag};

use super::{Exit, Failure, Settings, adopt, migrate, refusal::refusal, screen};

/// Help owners of web accounts with what the console cannot.
#[derive(Args)]
pub struct AccountCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Give an account of the Python version an address of its own.
    ///
    /// For accounts that `adopt` listed because another account has their address, or because theirs is none. Id, password
    /// and claimed number are the old ones. The service may run.
    Readdress {
        /// The id in the adoption's report.
        id: i64,
        /// The address to sign in with.
        email: String,
    },
}

impl AccountCommand {
    /// Does it.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let Action::Readdress { id, email } = self.action;
        let config = settings.read(&[])?;
        let email = Email::parse(&email).map_err(Failure::problem)?;
        let database = &config.database;
        let found = inspect(database).map_err(Failure::problem)?;
        if let Some(refusal) = refusal(database, &found) {
            return Err(Failure::configuration(refusal));
        }
        if !migrate::is_current(&found) {
            return Err(Failure::problem(format_args!(
                "{} is not up to date. Run `thunderbird migrate up`, or start the service once.",
                database.display()
            )));
        }
        let rules = adopt::rules(&config, jiff::tz::TimeZone::UTC)?;
        let store = Store::open(database).map_err(Failure::problem)?;
        let tag = Tag::draw(&SystemEntropy);
        let work = readdress(&store, (id, email.clone()), tag, rules);
        let outcome = rt::System::new().block_on(work).map_err(Failure::problem)?;
        told(id, &email, outcome)
    }
}

fn told(id: i64, email: &Email, outcome: Readdressed) -> Result<Exit, Failure> {
    let address = email.as_str();
    match outcome {
        Readdressed::Done(notes) => {
            for note in notes {
                screen::say(format_args!("noted: account {id}: {note}"))?;
            }
            screen::say(format_args!(
                "account {id} signs in as {address}, with its old password"
            ))?;
            Ok(Exit::Done)
        }
        Readdressed::Unknown => Err(Failure::problem(format_args!(
            "The Python version had no account {id}. The adoption's report names the listed ones."
        ))),
        Readdressed::There => Err(Failure::problem(format_args!(
            "Account {id} was carried over and has an address. Nothing was changed."
        ))),
        Readdressed::Taken => Err(Failure::problem(format_args!(
            "Another account has the address {address}. Nothing was changed."
        ))),
        Readdressed::Unusable(reason) => Err(Failure::problem(format_args!(
            "Account {id} cannot be carried over: {reason}."
        ))),
    }
}
