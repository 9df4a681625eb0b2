//! The checker held against traces whose verdict is known.

use super::{
    call::bytes,
    check::{Checker, Summary},
};

const SID: &str = "SM7ace7ace000000000000000000000001";
const LOG: &str = "9</folder/thunderbird.db-wal>";
const SOCKET: &str = "15<socket:[4711]>";

fn request() -> String {
    format!(
        "20 recvfrom({SOCKET}, \"POST /webhook/sms/inbound HTTP/1.1\\r\\n\\r\\nMessageSid={SID}\", 8192, 0, NULL, NULL) = 300"
    )
}

/// A frame's header: page 2, and the size of the file when it commits.
fn header(commits: bool) -> String {
    let size = if commits { "\\0\\0\\0\\11" } else { "\\0\\0\\0\\0" };
    format!("10 pwrite64({LOG}, \"\\0\\0\\0\\2{size}\\1\\2\\3\\4\\5\\6\\7\\10\", 24, 56) = 24")
}

fn page(content: &str) -> String {
    format!("10 pwrite64({LOG}, \"\\r\\0\\0{content}\\0\\0\", 4096, 80) = 4096")
}

fn sync() -> String {
    format!("10 fdatasync({LOG}) = 0")
}

fn answer() -> String {
    format!("20 sendto({SOCKET}, \"HTTP/1.1 200 OK\\r\\n\", 100, MSG_NOSIGNAL, NULL, 0) = 100")
}

/// What happens to one text, as it should.
fn sound() -> Vec<String> {
    vec![
        request(),
        header(false),
        page(SID),
        header(true),
        page("an index"),
        sync(),
        answer(),
    ]
}

fn checked(lines: &[String]) -> Summary {
    let mut checker = Checker::default();
    for line in lines {
        checker.line(line);
    }
    checker.finish()
}

fn refused(lines: &[String], how: &str) {
    let found = checked(lines);
    assert_eq!((found.total(), found.violations.len()), (1, 1), "{found:?}");
    assert!(found.violations[0].contains(how), "{found:?}");
}

#[test]
fn a_synced_answer_passes() {
    let found = checked(&sound());
    assert_eq!(found.violations, Vec::<String>::new());
    assert_eq!(
        (found.total(), found.marked, found.commits, found.syncs),
        (1, 1, 1, 1)
    );
}

#[test]
fn an_answer_without_a_sync_is_refused() {
    let mut lines = sound();
    lines.retain(|line| !line.contains("fdatasync"));
    refused(&lines, "synced");
}

#[test]
fn an_answer_before_the_sync_is_refused() {
    let mut lines = sound();
    lines.swap(5, 6);
    refused(&lines, "synced");
}

#[test]
fn an_answer_while_the_sync_is_under_way_is_refused() {
    let mut lines = sound();
    lines[5] = format!("10 fdatasync({LOG} <unfinished ...>");
    lines.push("10 <... fdatasync resumed>) = 0".to_owned());
    refused(&lines, "synced");
    let mut lines = sound();
    lines[5] = format!("10 fdatasync({LOG} <unfinished ...>");
    lines.insert(6, "10 <... fdatasync resumed>) = 0".to_owned());
    assert_eq!(checked(&lines).violations, Vec::<String>::new());
}

#[test]
fn a_sync_that_began_before_the_commit_was_written_does_not_count() {
    let mut lines = sound();
    lines.remove(5);
    lines.insert(3, format!("11 fdatasync({LOG} <unfinished ...>"));
    lines.insert(6, "11 <... fdatasync resumed>) = 0".to_owned());
    refused(&lines, "synced");
}

#[test]
fn a_sync_that_failed_or_was_feigned_does_not_count() {
    for result in ["= -1 EIO (Input/output error)", "= 0 (INJECTED)"] {
        let mut lines = sound();
        lines[5] = format!("10 fdatasync({LOG}) {result}");
        refused(&lines, "synced");
    }
}

#[test]
fn a_sync_of_another_file_does_not_count() {
    let mut lines = sound();
    lines[5] = "10 fdatasync(8</folder/thunderbird.db>) = 0".to_owned();
    refused(&lines, "synced");
}

#[test]
fn an_answer_before_the_commit_frame_is_refused() {
    let mut lines = sound();
    let early = lines.remove(6);
    lines.insert(3, early);
    refused(&lines, "before its commit was written");
}

#[test]
fn an_answer_before_anything_was_written_is_refused() {
    let lines = [request(), answer()];
    refused(&lines, "before anything of it was written");
}

#[test]
fn the_commit_of_somebody_else_does_not_count() {
    let mut lines = vec![header(true), page("somebody"), sync()];
    lines.extend(sound().into_iter().filter(|line| !line.contains("fdatasync")));
    refused(&lines, "synced");
    // Somebody else's batch after ours may be under way when ours is answered.
    let mut lines = sound();
    lines.insert(6, header(true));
    lines.insert(7, page("somebody"));
    assert_eq!(checked(&lines).violations, Vec::<String>::new());
}

#[test]
fn a_request_without_a_mark_needs_a_commit_of_its_own_time() {
    let plain = |lines: Vec<String>| -> Vec<String> {
        let lines = lines.into_iter();
        lines.map(|line| line.replace(SID, "SM1")).collect()
    };
    assert_eq!(checked(&plain(sound())).violations, Vec::<String>::new());
    let mut earlier = sound();
    let request = earlier.remove(0);
    earlier.insert(5, request);
    refused(&plain(earlier), "before its commit was written");
}

#[test]
fn refusals_and_reads_are_not_answers_of_this_kind() {
    let mut lines = sound();
    lines[6] = lines[6].replace("200 OK", "500 Internal Server Error");
    assert_eq!(checked(&lines).total(), 0);
    let mut lines = sound();
    lines[0] = lines[0].replace("POST", "GET");
    assert_eq!(checked(&lines).total(), 0);
}

#[test]
fn bytes_are_read_as_strace_writes_them() {
    for (written, bytes_of_it) in [
        (r#", "\0\0\0a\0\0\0\205", 24"#, [0, 0, 0, b'a', 0, 0, 0, 0o205]),
        (r#", "\0\0\0001\0\0\0\0", 24"#, [0, 0, 0, b'1', 0, 0, 0, 0]),
        (
            r#", "\1\12\n\t\"\\\3777x", 24"#,
            [1, 0o12, b'\n', b'\t', b'"', b'\\', 0xff, b'7'],
        ),
    ] {
        assert_eq!(bytes(written, 8), bytes_of_it, "{written}");
    }
}
