//! Opening connections: the server is looked at, and each setting is made, read back and compared.

use std::time::Duration;

use diesel::{
    QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _, sql_query, sql_types::Text,
};
use diesel_async::AsyncPgConnection;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, NoTls, Socket, tls::MakeTlsConnect};

use super::{
    Connection,
    address::{Address, PATIENCE},
    error::OpenError,
    runtime,
};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs the jobs that write.
    Writer,
    /// Reads single rows by an index.
    PointReader,
    /// Runs reads whose cost is not known.
    SlowReader,
    /// Changes the schema.
    Migrator,
}

impl Role {
    /// The settings of the session: name, what it is set to, and how the server shows it.
    fn settings(self) -> Vec<(&'static str, &'static str, &'static str)> {
        let mut settings = vec![
            (
                "default_transaction_isolation",
                "read committed",
                "read committed",
            ),
            ("idle_in_transaction_session_timeout", "10s", "10s"),
            ("client_encoding", "UTF8", "UTF8"),
            ("standard_conforming_strings", "on", "on"),
        ];
        if matches!(self, Self::Writer) {
            settings.push(("lock_timeout", "5s", "5s"));
        }
        if matches!(self, Self::Writer | Self::PointReader) {
            // The statistics of a young table make the planner read it whole, and a kept plan goes on doing so.
            settings.extend([("enable_seqscan", "off", "off"), ("jit", "off", "off")]);
        }
        if matches!(self, Self::PointReader | Self::SlowReader) {
            settings.push(("default_transaction_read_only", "on", "on"));
        }
        if matches!(self, Self::SlowReader) {
            settings.push(("statement_timeout", "30s", "30s"));
        }
        settings
    }
}

/// What was seen of a server.
#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    version_number: i64,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    in_recovery: bool,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
    #[diesel(sql_type = Text)]
    messages: String,
}

/// Opens a connection that lives on this thread, with the task that moves its bytes.
pub(super) fn open(address: &Address, role: Role) -> Result<(Connection, JoinHandle<()>), OpenError> {
    let runtime = runtime::of_this_thread()?;
    let patience = patience(address.config());
    let connecting = async {
        let mut config = address.config().clone();
        config.application_name(concat!("thunderbird/", env!("CARGO_PKG_VERSION")));
        let (client, driver) = match address.tls() {
            Some(tls) => drive(&config, tls.clone()).await?,
            None => drive(&config, NoTls).await?,
        };
        Ok::<_, OpenError>((AsyncPgConnection::try_from(client).await?, driver))
    };
    let (inner, driver) = runtime.block_on(async {
        let silent = |_| OpenError::Connect(format!("no answer for {} seconds", patience.as_secs()));
        tokio::time::timeout(patience, connecting).await.map_err(silent)?
    })?;
    let mut connection = Connection::from(inner);
    // Only a superuser may; who may not is judged by what the setting is.
    drop(connection.batch_execute("SET lc_messages TO 'C'"));
    judge(&look(&mut connection)?)?;
    for (name, value, shown) in role.settings() {
        set(&mut connection, name, value, shown)?;
    }
    Ok((connection, driver))
}

/// The driver's own limit is for the sockets of each host; TLS, start-up and authentication get as long once more.
fn patience(config: &Config) -> Duration {
    let hosts = u32::try_from(config.get_hosts().len()).unwrap_or(u32::MAX);
    let each = config.get_connect_timeout().copied().unwrap_or(PATIENCE);
    each.saturating_mul(hosts.saturating_add(1))
}

/// Connects, and moves the connection's bytes while this thread waits for an answer.
async fn drive<T>(config: &Config, tls: T) -> Result<(Client, JoinHandle<()>), OpenError>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config
        .connect(tls)
        .await
        .map_err(|error| OpenError::Connect(words(&error)))?;
    let driver = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(
                event = "store.connection_lost",
                error = words(&error),
                "a connection ended"
            );
        }
    });
    Ok((client, driver))
}

/// The driver's own words say only what it was doing; the cause says why that failed.
fn words(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn look(connection: &mut Connection) -> Result<Server, OpenError> {
    let seen = sql_query(
        "SELECT current_setting('server_version') AS version, \
         current_setting('server_version_num')::bigint AS version_number, pg_is_in_recovery() AS in_recovery, \
         current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS synchronous_commit, \
         current_setting('lc_messages') AS messages",
    );
    Ok(seen.get_result(connection)?)
}

fn judge(server: &Server) -> Result<(), OpenError> {
    if server.version_number < 150_000 {
        return Err(OpenError::OldServer(server.version.clone()));
    }
    if server.in_recovery {
        return Err(OpenError::InRecovery);
    }
    if server.encoding != "UTF8" {
        return Err(OpenError::Encoding(server.encoding.clone()));
    }
    match server.synchronous_commit.as_str() {
        "off" => return Err(OpenError::NotDurable),
        "local" | "remote_write" => tracing::warn!(
            event = "store.weak_commit",
            synchronous_commit = server.synchronous_commit,
            "a standby that takes over may not have what was acknowledged"
        ),
        _ => {}
    }
    let is_english = ["C", "POSIX", "en", ""].iter().any(|known| {
        let language = server.messages.split(['.', '_', '@']).next();
        language == Some(known)
    });
    if is_english {
        Ok(())
    } else {
        Err(OpenError::Messages(server.messages.clone()))
    }
}

#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = Text)]
    value: String,
}

fn set(
    connection: &mut Connection,
    name: &'static str,
    value: &str,
    expected: &str,
) -> Result<(), OpenError> {
    let shown: Shown = sql_query("SELECT set_config($1, $2, false) AS value")
        .bind::<Text, _>(name)
        .bind::<Text, _>(value)
        .get_result(connection)?;
    let shown = if shown.value == expected {
        shown
    } else {
        sql_query("SELECT current_setting($1) AS value")
            .bind::<Text, _>(name)
            .get_result(connection)?
    };
    if shown.value == expected {
        Ok(())
    } else {
        Err(OpenError::Setting(name, shown.value))
    }
}

/// What is asked of a database once, when the store is opened on it.
pub(super) fn inspect(connection: &mut Connection) -> Result<(), OpenError> {
    let closed: Vec<Shown> = sql_query(
        "SELECT c.relname::text AS value FROM pg_class c \
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' \
         AND c.relname NOT LIKE '\\_\\_diesel%' \
         AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') \
         AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')) ORDER BY 1 LIMIT 1",
    )
    .load(connection)?;
    if let Some(table) = closed.into_iter().next() {
        return Err(OpenError::Rights(table.value));
    }
    let misplaced: Vec<Shown> = sql_query(
        "SELECT table_name || '.' || column_name AS value FROM information_schema.columns \
         WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying') \
         AND table_name NOT LIKE '\\_\\_diesel%' AND collation_name IS DISTINCT FROM 'C' ORDER BY 1 LIMIT 1",
    )
    .load(connection)?;
    match misplaced.into_iter().next() {
        Some(column) => Err(OpenError::Collation(column.value)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::{Role, Server, judge, open};

    type Spoil = fn(&mut Server);

    fn sound() -> Server {
        Server {
            version: "15.18".to_owned(),
            version_number: 150_018,
            in_recovery: false,
            encoding: "UTF8".to_owned(),
            synchronous_commit: "on".to_owned(),
            messages: "en_US.UTF-8".to_owned(),
        }
    }

    #[test]
    fn a_server_that_keeps_no_promise_is_refused_with_a_sentence_of_its_own() {
        assert!(judge(&sound()).is_ok());
        let refusals: [(Spoil, &str); 5] = [
            (
                |server| (server.version, server.version_number) = ("14.9".to_owned(), 140_009),
                "PostgreSQL 14.9 is too old: 15 or newer is needed",
            ),
            (
                |server| server.in_recovery = true,
                "the server is in recovery and takes no writes: name the primary, or every host with \
                 target_session_attrs=read-write",
            ),
            (
                |server| server.encoding = "LATIN1".to_owned(),
                "the database is encoded as LATIN1: create it with ENCODING 'UTF8'",
            ),
            (
                |server| server.synchronous_commit = "off".to_owned(),
                "synchronous_commit is off: the server would acknowledge what it has not stored",
            ),
            (
                |server| server.messages = "de_DE.UTF-8".to_owned(),
                "the server writes its messages in de_DE.UTF-8: ALTER ROLE … SET lc_messages = 'C' by a superuser",
            ),
        ];
        for (spoil, sentence) in refusals {
            let mut server = sound();
            spoil(&mut server);
            assert_eq!(
                judge(&server).err().map(|error| error.to_string()).as_deref(),
                Some(sentence)
            );
        }
    }

    #[test]
    fn a_server_that_accepts_and_says_nothing_holds_no_thread() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let address = format!("postgres://u@127.0.0.1:{port}/d?connect_timeout=1")
            .parse()
            .unwrap();
        let opening =
            thread::spawn(move || open(&address, Role::Writer).err().map(|error| error.to_string()));
        assert_eq!(
            opening.join().unwrap().as_deref(),
            Some("the database cannot be reached: no answer for 2 seconds")
        );
    }
}
