//! What a task needs of the machine. What is missing fails the task, unless `--allow-missing NAME` names it.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::{
    failure::Failure,
    process::{output, root, tool},
};

/// A program, or an ability of the machine.
#[derive(Debug)]
pub struct Need {
    /// What `--allow-missing` calls it.
    pub name: &'static str,
    /// How to get it.
    pub how: &'static str,
    probe: Probe,
}

#[derive(Debug)]
enum Probe {
    /// A program of the PATH or of `target/tools/bin`, with the need's own name.
    Program,
    /// A Python of its own folder in `target/tools`, which can import these modules.
    Python(&'static str),
    /// A command that succeeds.
    Command(&'static [&'static str]),
}

const fn program(name: &'static str, how: &'static str) -> Need {
    Need {
        name,
        how,
        probe: Probe::Program,
    }
}

pub const BASH: Need = program("bash", "apt-get install bash");
pub const CARGO_DENY: Need = program(
    "cargo-deny",
    "cargo install --locked cargo-deny@0.20.2 --root target/tools",
);
pub const CHROMIUM: Need = program("chromium", "apt-get install chromium");
pub const CHROOT: Need = program("chroot", "apt-get install coreutils");
pub const CURL: Need = program("curl", "apt-get install curl");
pub const DIESEL: Need = program(
    "diesel",
    "cargo install --locked diesel_cli@2.3.14 --no-default-features --features sqlite-bundled --root target/tools",
);
pub const IP: Need = program("ip", "apt-get install iproute2");
pub const LDD: Need = program("ldd", "apt-get install libc-bin");
pub const NGINX: Need = program("nginx", "apt-get install nginx-light");
pub const NODE: Need = program("node", "install Node 20 or newer");
pub const NPM: Need = program("npm", "install Node's package manager");
pub const OPENSSL: Need = program("openssl", "apt-get install openssl");
pub const PYTHON: Need = program("python3", "apt-get install python3");
pub const SETPRIV: Need = program("setpriv", "apt-get install util-linux");
pub const SQLITE3: Need = program("sqlite3", "apt-get install sqlite3");
pub const STRACE: Need = program("strace", "apt-get install strace");
pub const SYSTEMD_ANALYZE: Need = program("systemd-analyze", "apt-get install systemd");
pub const SYSTEMD_SYSUSERS: Need = program("systemd-sysusers", "apt-get install systemd");
pub const UNSHARE: Need = program("unshare", "apt-get install util-linux");

/// Namespaces with a loopback of their own: what is run inside is cut off from every network.
pub const NAMESPACES: Need = Need {
    name: "namespaces",
    how: "sysctl kernel.unprivileged_userns_clone=1, or run it as root",
    probe: Probe::Command(&[
        "unshare",
        "--map-root-user",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "ip",
        "link",
        "set",
        "lo",
        "up",
    ]),
};
/// Mounts that only the test sees.
pub const MOUNTS: Need = Need {
    name: "mounts",
    how: "sysctl kernel.unprivileged_userns_clone=1, or run it as root",
    probe: Probe::Command(&[
        "unshare",
        "--map-root-user",
        "--mount",
        "mount",
        "-t",
        "tmpfs",
        "none",
        "/mnt",
    ]),
};
/// The server's programs, of version 15 or newer; Debian keeps them out of the PATH.
pub const POSTGRES: Need = Need {
    name: "postgres",
    how: "apt-get install postgresql",
    probe: Probe::Command(&[
        "sh",
        "-c",
        "ls /usr/lib/postgresql/1[5-9]/bin/initdb || command -v initdb pg_ctl psql",
    ]),
};
/// Permission to trace another process.
pub const TRACING: Need = Need {
    name: "tracing",
    how: "in a container: --cap-add=SYS_PTRACE",
    probe: Probe::Command(&["strace", "-o", "/dev/null", "true"]),
};
/// The operator's pages are typed by the user that an operator is.
pub const SUPERUSER: Need = Need {
    name: "superuser",
    how: "run it as root",
    probe: Probe::Command(&["sh", "-c", "test $(id -u) = 0"]),
};
pub const TWILIO: Need = Need {
    name: "twilio",
    how: "python3 -m venv target/tools/twilio && target/tools/twilio/bin/pip install twilio==9.13.0",
    probe: Probe::Python("twilio"),
};
pub const OAUTH: Need = Need {
    name: "oauth",
    how: "python3 -m venv target/tools/oauth && target/tools/oauth/bin/pip install authlib==1.9.10 \
          requests-oauthlib==2.0.0 requests==2.34.2",
    probe: Probe::Python("authlib, requests_oauthlib"),
};
pub const SCHEMATHESIS: Need = Need {
    name: "schemathesis",
    how: "python3 -m venv target/tools/schemathesis && \
          target/tools/schemathesis/bin/pip install schemathesis==4.32.5",
    probe: Probe::Python("schemathesis"),
};

/// For the test that a missing tool fails.
#[cfg(test)]
pub const NONE_HAS_IT: Need = program("a-tool-that-no-machine-has", "it cannot be had");

/// What `--allow-missing` named.
static ALLOWED: OnceLock<BTreeSet<String>> = OnceLock::new();

/// Remembers what may be missing.
pub fn allow_missing(names: BTreeSet<String>) {
    drop(ALLOWED.set(names));
}

impl Need {
    /// The program, or a failure that says how to get it.
    pub fn path(&self) -> Result<PathBuf, Failure> {
        match self.probe {
            Probe::Program => tool(self.name, self.how),
            Probe::Python(_) => Ok(self.python()),
            Probe::Command(_) => self.require().map(|()| PathBuf::new()),
        }
    }

    /// Fails if it is not there.
    pub fn require(&self) -> Result<(), Failure> {
        if self.is_there() {
            return Ok(());
        }
        Err(Failure::Tool {
            tool: self.name,
            how: self.how,
        })
    }

    /// True if this machine has it.
    pub fn is_there(&self) -> bool {
        match self.probe {
            Probe::Program => tool(self.name, self.how).is_ok(),
            Probe::Python(modules) => {
                output(Command::new(self.python()).args(["-c", &format!("import {modules}")])).is_ok()
            }
            Probe::Command(command) => {
                let Some((program, arguments)) = command.split_first() else {
                    return false;
                };
                let status = Command::new(program)
                    .args(arguments)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status();
                status.is_ok_and(|status| status.success())
            }
        }
    }

    /// True if `--allow-missing` named it.
    pub fn may_be_missing(&self) -> bool {
        ALLOWED.get().is_some_and(|names| names.contains(self.name))
    }

    fn python(&self) -> PathBuf {
        root().join("target/tools").join(self.name).join("bin/python3")
    }
}
