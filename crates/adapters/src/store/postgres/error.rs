//! Why the engine cannot work on a server.

use diesel::ConnectionError;

use super::address::AddressError;

/// Why a database could not be opened. Each names what its operator changes.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// No host of the URL answers, or the server refuses the connection.
    #[error("the database cannot be reached: {0}")]
    Connect(String),
    /// Diesel could not set the connection up.
    #[error("the connection cannot be set up: {0}")]
    Setup(#[from] ConnectionError),
    /// A statement failed while the connection was set up.
    #[error("the database cannot be looked at: {0}")]
    Query(#[from] diesel::result::Error),
    /// The server is older than what the statements are written for.
    #[error("PostgreSQL {0} is too old: 15 or newer is needed")]
    OldServer(String),
    /// A standby answers.
    #[error(
        "the server is in recovery and takes no writes: name the primary, or every host with \
         target_session_attrs=read-write"
    )]
    InRecovery,
    /// The database would lose letters.
    #[error("the database is encoded as {0}: create it with ENCODING 'UTF8'")]
    Encoding(String),
    /// A column would sort and compare by the rules of a language.
    #[error("the column {0} does not compare by bytes: its collation must be \"C\"")]
    Collation(String),
    /// What is acknowledged would not be on disk.
    #[error("synchronous_commit is off: the server would acknowledge what it has not stored")]
    NotDurable,
    /// A setting did not take.
    #[error("the server refuses the setting {0}: it stays at {1}")]
    Setting(&'static str, String),
    /// The words of an error say which one it is.
    #[error("the server writes its messages in {0}: ALTER ROLE … SET lc_messages = 'C' by a superuser")]
    Messages(String),
    /// The role lacks rights.
    #[error("the role may not read and write the table {0}: GRANT SELECT, INSERT, UPDATE, DELETE on it")]
    Rights(String),
    /// A thread or its runtime could not be started.
    #[error("a database thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}
