//! How many files, and so connections, the process may have open.

use rustix::process::{Resource, getrlimit, setrlimit};

/// What is kept for the database, for texts and mails that are under way, and for the log.
const OURS: u64 = 512;

/// Raises the soft limit, which is 1,024 on most machines, to the hard one; the connections that may be open at once
/// then: `wanted`, or fewer where the limit is too low for them. Beyond, new clients wait; without this, they would take
/// the files that the database needs.
pub fn connections(wanted: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "the limit of open files cannot be raised");
            limit = getrlimit(Resource::Nofile);
        }
    }
    let allowed = allowed(limit.current, wanted);
    if allowed < wanted {
        tracing::warn!(
            allowed,
            wanted,
            "fewer connections than wanted: the hard limit of open files is low (ulimit -Hn, LimitNOFILE=)"
        );
    }
    allowed
}

/// `None` is no limit.
fn allowed(files: Option<u64>, wanted: usize) -> usize {
    let Some(files) = files else { return wanted };
    let theirs = files.saturating_sub(OURS).max(files / 2);
    usize::try_from(theirs).unwrap_or(usize::MAX).min(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_never_get_the_files_that_the_service_needs() {
        for (files, expected) in [
            (None, 12_000),
            (Some(65_536), 12_000),
            (Some(12_512), 12_000),
            (Some(4_096), 3_584),
            (Some(1_024), 512),
            (Some(256), 128),
        ] {
            assert_eq!(allowed(files, 12_000), expected, "{files:?}");
        }
    }
}
