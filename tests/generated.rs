//! The pages that are made from the code are what the code makes. With `THUNDERBIRD_REWRITE_PAGES=yes` they are written
//! anew instead.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{path::Path, process::Command};

/// What the binary is asked for, and where its answer is kept.
const PAGES: [(&[&str], &str); 3] = [
    (&["generate", "commands"], "docs/commands.md"),
    (&["generate", "configuration"], "docs/configuration.md"),
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
        compare(page, &made.stdout);
    }
    let texts = thunderbird_domain::sms::dispatch::page();
    compare("docs/sms-commands.md", texts.as_bytes());
}

fn compare(page: &str, made: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    if std::env::var_os("THUNDERBIRD_REWRITE_PAGES").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read(&path).unwrap_or_default();
    let advice = "write it anew with: THUNDERBIRD_REWRITE_PAGES=yes cargo test --workspace --test generated";
    assert!(kept == made, "{page} is not current; {advice}");
}
