//! The pages that are made from the code are what the code makes. `cargo xtask pages` writes them again.

use std::{path::Path, process::Command};

/// What the binary is asked for, and where its answer is kept; the same list is in `crates/xtask/src/generate.rs`.
const PAGES: [(&[&str], &str); 5] = [
    (&["generate", "commands"], "docs/commands.md"),
    (&["generate", "configuration"], "docs/configuration.md"),
    (&["generate", "limits"], "docs/limits.md"),
    (&["generate", "sms-commands"], "docs/sms-commands.md"),
    (&["openapi"], "docs/openapi.json"),
];

#[test]
fn every_generated_page_is_current() {
    for (arguments, page) in PAGES {
        let made = Command::new(env!("CARGO_BIN_EXE_thunderbird"))
            .args(arguments)
            .env_clear()
            .output()
            .unwrap();
        assert!(made.status.success(), "{arguments:?}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
        let kept = std::fs::read(&path).unwrap_or_default();
        assert!(
            kept == made.stdout,
            "{page} is not current; write it again with: cargo xtask pages"
        );
    }
}
