//! A PostgreSQL server of the tests' own: in a temporary folder, behind a Unix socket, gone when the tests are.
//!
//! The server refuses to run as root, so there it runs as `postgres` or `nobody`. It flushes nothing: what a crash of the
//! machine would do is not what these tests are about.

use std::{
    env, fs,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// How to get what is missing.
const HOW: &str = "PostgreSQL 15 or newer is missing: apt-get install postgresql";

/// The superuser of the server.
const OWNER: &str = "thunderbird";

/// Who the server runs as, where that is somebody else.
#[derive(Clone, Copy)]
struct Runner {
    uid: u32,
    gid: u32,
}

/// A running server with any number of databases.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    runner: Option<Runner>,
    made: AtomicU32,
    /// Stops the server and removes the folder when this process is gone, however it ended: then its input ends.
    _guard: Child,
}

/// A database that is dropped with this value.
pub struct Database {
    cluster: &'static Cluster,
    name: String,
}

impl Cluster {
    /// The one server of this test binary.
    pub fn of_these_tests() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(|| Self::start("", |_, _| {}))
    }

    /// A server that waits for a primary: it answers, and takes no writes.
    pub fn standby() -> Self {
        Self::start("", |data, _| fs::write(data.join("standby.signal"), "").unwrap())
    }

    /// A server at this port of 127.0.0.1 that takes encrypted connections only, as `localhost`. Its root certificate
    /// is [`Self::root_certificate`].
    pub fn encrypted(port: u16) -> Self {
        let options = format!("-c listen_addresses=127.0.0.1 -c port={port} -c ssl=on");
        Self::start(&options, |data, runner| {
            certify(data);
            fs::write(data.join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n").unwrap();
            for file in ["server.key", "server.crt"] {
                if let Some(Runner { uid, gid }) = runner {
                    chown(data.join(file), Some(uid), Some(gid)).unwrap();
                }
            }
        })
    }

    /// What the certificate of [`Self::encrypted`] is verified with.
    pub fn root_certificate(&self) -> PathBuf {
        self.folder.join("data/root.pem")
    }

    fn start(more_options: &str, prepare: impl FnOnce(&Path, Option<Runner>)) -> Self {
        let programs = programs().expect(HOW);
        let folder = tempfile::Builder::new()
            .prefix("thunderbird-postgres-")
            .tempdir()
            .unwrap()
            .keep();
        let runner = runner();
        if let Some(Runner { uid, gid }) = runner {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let data = folder.join("data");
        let initdb = [
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "-U",
            OWNER,
            "-D",
        ];
        succeed(as_runner(programs.join("initdb"), runner).args(initdb).arg(&data));
        prepare(&data, runner);
        let options = format!(
            "-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=400 \
             -c log_line_prefix=%d, -k {} {more_options}",
            folder.display()
        );
        let log = folder.join("log");
        let mut start = as_runner(programs.join("pg_ctl"), runner);
        start
            .arg("-D")
            .arg(&data)
            .arg("-l")
            .arg(&log)
            .args(["-w", "start", "-o", &options]);
        succeed(&mut start);
        Self {
            _guard: guard(&programs, &folder, runner),
            programs,
            folder,
            runner,
            made: AtomicU32::new(0),
        }
    }

    /// Makes an empty database.
    pub fn empty(&'static self) -> Database {
        self.create("TEMPLATE template0")
    }

    /// Makes a database like `template`, which has no connections.
    pub fn like(&'static self, template: &Database) -> Database {
        self.create(&format!("TEMPLATE {}", template.name))
    }

    /// Makes a database with these words of `CREATE DATABASE`.
    pub fn create(&'static self, words: &str) -> Database {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name} {words}"));
        Database { cluster: self, name }
    }

    /// The URL of a database of this name, for its owner.
    pub fn url(&self, database: &str) -> String {
        self.url_for(database, OWNER)
    }

    fn url_for(&self, database: &str, role: &str) -> String {
        format!(
            "postgres:///{database}?host={}&user={role}",
            self.folder.display()
        )
    }

    /// What the server has written to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn psql(&self, database: &str, statement: &str) -> String {
        let mut psql = as_runner(self.programs.join("psql"), self.runner);
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", OWNER, "-h"])
            .arg(&self.folder);
        succeed(psql.args(["-d", database, "-c", statement]))
    }
}

impl Database {
    /// The URL of the database, for its owner.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// The URL of the database, for another role.
    pub fn url_for(&self, role: &str) -> String {
        self.cluster.url_for(&self.name, role)
    }

    /// The name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the server has written about this database: errors with their details and statements.
    pub fn complaints(&self) -> String {
        let log = self.cluster.log();
        let of_this = format!("{},", self.name);
        let mut is_of_this = false;
        // The further lines of an entry begin with a tab.
        let lines = log.lines().filter(|line| {
            is_of_this = line.starts_with(&of_this) || (is_of_this && line.starts_with('\t'));
            is_of_this
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Runs a statement as the superuser; says what it returned, a row a line, columns with a bar between.
    pub fn run(&self, statement: &str) -> String {
        self.cluster.psql(&self.name, statement)
    }
}

impl Drop for Database {
    /// A template that a thousand tests had copied would fill a disk.
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let mut psql = as_runner(self.cluster.programs.join("psql"), self.cluster.runner);
        psql.args(["-X", "-q", "-U", OWNER, "-d", "postgres", "-c", &statement, "-h"])
            .arg(&self.cluster.folder);
        drop(psql.stdin(Stdio::null()).output());
    }
}

/// The folder of the server's programs: that of the PATH, or the newest of Debian's.
fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let of_path = env::split_paths(&path).find(|folder| {
        let has = |program| folder.join(program).is_file();
        ["initdb", "pg_ctl", "psql"].into_iter().all(has)
    });
    of_path.or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
        let mut versions: Vec<(u32, PathBuf)> = versions
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let version = entry.file_name().to_str()?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .collect();
        versions.sort_unstable();
        versions
            .pop()
            .filter(|(version, _)| *version >= 15)
            .map(|(_, folder)| folder)
    })
}

/// Root may not run the server.
fn runner() -> Option<Runner> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let user = ["postgres", "nobody"].iter().find_map(|name| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map_while(|number| number.parse().ok());
        Some(Runner {
            uid: numbers.next()?,
            gid: numbers.next()?,
        })
    });
    Some(user.expect("a user to run PostgreSQL as: postgres or nobody"))
}

fn as_runner(program: PathBuf, runner: Option<Runner>) -> Command {
    let mut command = Command::new(program);
    if let Some(Runner { uid, gid }) = runner {
        command.uid(uid).gid(gid);
    }
    // The caller's folder may be closed to the runner.
    command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
    command
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Writes a root certificate, and a key with a certificate for `localhost` that the root has signed.
fn certify(folder: &Path) {
    let openssl = |words: &str| {
        let words = words.split(' ').filter(|word| !word.is_empty());
        succeed(Command::new("openssl").args(words).current_dir(folder));
    };
    let new = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    // Two roots of one name would differ in their keys only.
    let root = folder.to_string_lossy().replace('/', ".");
    openssl(&format!(
        "{new} -x509 -days 2 -keyout root.key -out root.pem -subj /CN={root}"
    ));
    openssl(&format!(
        "{new} -keyout server.key -out server.csr -subj /CN=localhost"
    ));
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost").unwrap();
    openssl(
        "x509 -req -in server.csr -CA root.pem -CAkey root.key -CAcreateserial -days 2 -extfile names -out server.crt",
    );
}

/// Waits for its input to end. A group of its own, so that what stops the tests does not stop it.
fn guard(programs: &Path, folder: &Path, runner: Option<Runner>) -> Child {
    let script = r#"read -r _; "$0/pg_ctl" -D "$1/data" -m immediate stop; rm -rf "$1""#;
    as_runner(PathBuf::from("/bin/sh"), runner)
        .arg("-c")
        .arg(script)
        .arg(programs)
        .arg(folder)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
