//! The operator's pages, typed as they stand on a machine of their own: this one's files with everything that is written kept
//! apart, no network, no other process. What needs systemd is done by a stand-in that does what the unit says.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, process::Command};

use crate::{
    failure::{Failure, none},
    process::{output, run, service_binary},
    scratch,
    tour::Tour,
};

const PAGES: [&str; 4] = [
    "docs/operations.md",
    "docs/routes.md",
    "docs/console.md",
    "docs/adopting.md",
];
/// The word in a block's fence.
const KIND: &str = "operator";

const SUDO: &str = include_str!("sudo");
const SYSTEMCTL: &str = include_str!("systemctl");
const PYTHON_VERSION: &str = include_str!("python-version.sql");

/// What is written goes into memory; the machine's root is this one's with that on top.
const OUTSIDE: &str = "\
cd 'FOLDER/target'
mount -t tmpfs none layers
mkdir layers/upper layers/work
mount -t overlay overlay -o lowerdir=/,upperdir=layers/upper,workdir=layers/work machine
mount -t proc none machine/proc
mount --rbind /dev machine/dev
mkdir -p 'machine/FOLDER'
mount --bind 'FOLDER' 'machine/FOLDER'
ip link set lo up
exec chroot machine bash -euo pipefail 'FOLDER/target/inside.sh'
";

/// The guide to adoption begins with the Python version's file in the place of the database.
const PYTHON_WAS_HERE: &str = "\
systemctl stop thunderbird
rm /var/lib/thunderbird/thunderbird.db*
sqlite3 /var/lib/thunderbird/thunderbird.db < target/python-version.sql
chown thunderbird: /var/lib/thunderbird/thunderbird.db
";

/// Runs every block.
pub fn check() -> Result<(), Failure> {
    let copy = scratch::copy()?;
    let folder = fs::canonicalize(copy.path()).map_err(Failure::file(copy.path()))?;
    let machine = Machine { folder };
    machine.furnish()?;
    let mut pages = Vec::new();
    for page in PAGES {
        pages.push((page, Tour::of(&[page], KIND)?));
    }
    let outcome = run(&mut machine.type_in(&pages)?);
    let complaints = pages
        .iter()
        .flat_map(|(_, page)| page.complaints(&machine.printed()))
        .collect();
    match outcome {
        Ok(()) => none(complaints),
        Err(failure) => Err(Failure::Found([complaints, vec![failure.to_string()]].concat())),
    }
}

/// A copy of the repository, in which the commands are typed; the machine is mounted below it.
struct Machine {
    folder: PathBuf,
}

impl Machine {
    fn printed(&self) -> PathBuf {
        self.folder.join("target/printed")
    }

    /// What the pages take for granted: a released binary, two files with secrets, sudo and systemd.
    fn furnish(&self) -> Result<(), Failure> {
        for folder in [
            "target/release",
            "target/printed",
            "target/layers",
            "target/machine",
        ] {
            let folder = self.folder.join(folder);
            fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        }
        let released = self.folder.join("target/release/thunderbird");
        fs::copy(service_binary()?, &released).map_err(Failure::file(&released))?;
        let shims = self.folder.join("target/shims");
        fs::create_dir_all(&shims).map_err(Failure::file(&shims))?;
        for (name, text) in [("sudo", SUDO), ("systemctl", SYSTEMCTL)] {
            let file = shims.join(name);
            fs::write(&file, text).map_err(Failure::file(&file))?;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).map_err(Failure::file(&file))?;
        }
        for (name, text) in [
            ("twilio-auth-token", "0123456789abcdef0123456789abcdef\n"),
            ("smtp-url", "smtp://127.0.0.1:1\n"),
            ("password", "a long walk in the rain\n"),
            ("target/python-version.sql", PYTHON_VERSION),
        ] {
            let file = self.folder.join(name);
            fs::write(&file, text).map_err(Failure::file(&file))?;
        }
        Ok(())
    }

    /// The command that types every page into the machine.
    fn type_in(&self, pages: &[(&str, Tour)]) -> Result<Command, Failure> {
        let folder = self.folder.display();
        let mut inside = format!("export PATH='{folder}/target/shims':$PATH\ncd '{folder}'\n");
        for (page, tour) in pages {
            if page.ends_with("adopting.md") {
                inside.push_str(PYTHON_WAS_HERE);
            }
            inside.push_str(&tour.script(&self.printed())?);
        }
        inside.push_str("systemctl stop thunderbird\n");
        let typed = self.folder.join("target/inside.sh");
        fs::write(&typed, inside).map_err(Failure::file(&typed))?;
        let around = self.folder.join("target/outside.sh");
        fs::write(&around, OUTSIDE.replace("FOLDER", &folder.to_string())).map_err(Failure::file(&around))?;
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "--pid", "--fork", "--kill-child"]);
        if output(Command::new("id").arg("-u"))?.trim() != "0" {
            command.args(["--map-root-user", "--map-auto"]);
        }
        command.args(["bash", "-euo", "pipefail"]).arg(around);
        Ok(command)
    }
}
