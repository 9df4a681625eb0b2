//! `thunderbird admin create|password|reset-totp|disable|enable|list`

use std::path::{Path, PathBuf};

use actix_web::rt;
use clap::{Args, Subcommand, ValueEnum};
use thunderbird_adapters::store::migrate::{self as schema, Found};
use thunderbird_domain::{
    admin::{Admin, AdminName, Console, Role},
    secret::Secret,
};

use super::{Exit, Failure, Settings, migrate, screen};
use crate::{
    config::{Config, PublicUrl, variable},
    wiring,
};

/// Make the people who use the console at /admin. There is no default one, and no shared password.
#[derive(Args)]
pub struct AdminCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make an administrator. The password is asked for, or read from a file.
    Create {
        /// What it signs in as: letters, digits, dots, hyphens and underscores.
        name: String,
        /// What it may do.
        #[arg(long, value_enum, default_value = "operator")]
        role: RoleArgument,
        /// Read the password from the first line of this file; `-` is standard input.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Set a new password and end every session of the administrator.
    Password {
        /// Whose.
        name: String,
        /// Read the password from the first line of this file; `-` is standard input.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Take the second factor away, for somebody who lost it, and end every session.
    ResetTotp {
        /// Whose.
        name: String,
    },
    /// Let an administrator sign in no more, and end every session of it.
    Disable {
        /// Name of the administrator.
        name: String,
        /// Even if no other administrator is enabled, and the console is closed then.
        #[arg(long)]
        even_the_last: bool,
    },
    /// Let an administrator that was disabled sign in again.
    Enable {
        /// Name of the administrator.
        name: String,
    },
    /// List the administrators.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleArgument {
    /// Sees, masked, and changes nothing.
    Viewer,
    /// Reveals and changes; everything is audited.
    Operator,
}

impl AdminCommand {
    /// Does it.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let config = settings.read(&[])?;
        match self.action {
            Action::Create {
                name,
                role,
                password_file,
            } => {
                let (name, password) = (parse(&name)?, password(password_file.as_deref())?);
                let role = match role {
                    RoleArgument::Viewer => Role::Viewer,
                    RoleArgument::Operator => Role::Operator,
                };
                with_console(&config, async |console| {
                    create(&console, name, role, &password).await
                })
            }
            Action::Password { name, password_file } => {
                is_there(&config)?;
                let (name, password) = (parse(&name)?, password(password_file.as_deref())?);
                with_console(&config, async |console| {
                    change_password(&console, &name, &password).await
                })
            }
            Action::ResetTotp { name } => {
                is_there(&config)?;
                let name = parse(&name)?;
                with_console(&config, async |console| reset_totp(&console, &name).await)
            }
            Action::Disable { name, even_the_last } => {
                is_there(&config)?;
                let name = parse(&name)?;
                with_console(&config, async |console| {
                    disable(&console, &name, even_the_last).await
                })
            }
            Action::Enable { name } => {
                is_there(&config)?;
                let name = parse(&name)?;
                with_console(&config, async |console| enable(&console, &name).await)
            }
            Action::List { json } => {
                is_there(&config)?;
                with_console(&config, async |console| list(&console, json).await)
            }
        }
    }
}

/// Whoever is looked for lives in a database; one that is not there is not made for that.
fn is_there(config: &Config) -> Result<(), Failure> {
    if matches!(schema::inspect(&config.database), Ok(Found::Nothing)) {
        return Err(Failure::configuration(format_args!(
            "{} does not exist, so there is no administrator. Name another file with --database or {}, or run \
             `thunderbird admin create <name>`.",
            config.database.display(),
            variable::DB_PATH
        )));
    }
    Ok(())
}

fn parse(name: &str) -> Result<AdminName, Failure> {
    AdminName::parse(name).map_err(Failure::problem)
}

/// The first line of a file, or what is typed twice without being shown.
fn password(file: Option<&Path>) -> Result<Secret<String>, Failure> {
    let text = match file {
        Some(path) if path.as_os_str() == "-" => std::io::read_to_string(std::io::stdin())?,
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| Failure::problem(format_args!("{}: {error}", path.display())))?,
        None => prompt()?,
    };
    Ok(Secret::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn prompt() -> Result<String, Failure> {
    let ask = |question| {
        rpassword::prompt_password(question)
            .map_err(|_| Failure::problem("There is no terminal to ask on. Use --password-file."))
    };
    let first = ask("Password: ")?;
    if first == ask("The same again: ")? {
        Ok(first)
    } else {
        Err(Failure::problem("The two are not the same. Nothing was changed."))
    }
}

/// Runs `work` on the console of the configured database, which is made when it is not there.
fn with_console(
    config: &Config,
    work: impl AsyncFnOnce(Console) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let found = schema::inspect(&config.database).map_err(Failure::problem)?;
    if !matches!(&found, Found::Managed { pending } if pending.is_empty()) {
        let _lock = migrate::hold(&config.database)?;
        migrate::prepare(&config.database)?;
    }
    let public_url = config
        .listen
        .public_url
        .clone()
        .or_else(|| PublicUrl::of_listener(config.listen.bind));
    let public_url = public_url.ok_or_else(|| Failure::configuration("THUNDERBIRD_BIND gives no URL"))?;
    rt::System::new().block_on(async {
        let service = wiring::connect(config, &public_url)
            .await
            .map_err(super::serve::refused)?;
        work(service.app.console).await
    })
}

async fn create(
    console: &Console,
    name: AdminName,
    role: Role,
    password: &Secret<String>,
) -> Result<Exit, Failure> {
    let made = name.to_string();
    console
        .create_admin(name, role, password.expose())
        .await
        .map_err(Failure::problem)?;
    screen::say(format_args!("{made} can sign in at /admin as {}", role.as_str()))?;
    Ok(Exit::Done)
}

async fn change_password(
    console: &Console,
    name: &AdminName,
    password: &Secret<String>,
) -> Result<Exit, Failure> {
    console
        .change_admin_password(name, password.expose())
        .await
        .map_err(Failure::problem)?;
    screen::say(format_args!("{name} has a new password; every session is ended"))?;
    Ok(Exit::Done)
}

async fn reset_totp(console: &Console, name: &AdminName) -> Result<Exit, Failure> {
    match console.reset_totp(name).await.map_err(Failure::problem)? {
        Some(()) => {
            screen::say(format_args!(
                "{name} signs in with the password alone; every session is ended"
            ))?;
            Ok(Exit::Done)
        }
        None => Err(Failure::problem("There is no administrator of this name.")),
    }
}

async fn disable(console: &Console, name: &AdminName, even_the_last: bool) -> Result<Exit, Failure> {
    console
        .disable_admin(name, even_the_last)
        .await
        .map_err(Failure::problem)?;
    screen::say(format_args!("{name} is disabled; every session is ended"))?;
    Ok(Exit::Done)
}

async fn enable(console: &Console, name: &AdminName) -> Result<Exit, Failure> {
    console.enable_admin(name).await.map_err(Failure::problem)?;
    screen::say(format_args!("{name} can sign in again"))?;
    Ok(Exit::Done)
}

async fn list(console: &Console, json: bool) -> Result<Exit, Failure> {
    let admins = console.admins.list().await.map_err(Failure::problem)?;
    if json {
        let document: Vec<_> = admins.iter().map(as_json).collect();
        screen::say(serde_json::Value::from(document))?;
    } else if admins.is_empty() {
        screen::say("There is no administrator yet: thunderbird admin create <name>")?;
    } else {
        for admin in &admins {
            let factor = if admin.totp.is_some() {
                "second factor"
            } else {
                "password alone"
            };
            let standing = if admin.disabled_at.is_some() {
                "\tdisabled"
            } else {
                ""
            };
            screen::say(format_args!(
                "{}\t{}\t{factor}{standing}",
                admin.name,
                admin.role.as_str()
            ))?;
        }
    }
    Ok(Exit::Done)
}

fn as_json(admin: &Admin) -> serde_json::Value {
    serde_json::json!({
        "name": admin.name.as_str(),
        "role": admin.role.as_str(),
        "second_factor": admin.totp.is_some(),
        "created_at": admin.created_at.to_string(),
        "disabled": admin.disabled_at.is_some(),
    })
}
