//! The promise, checked in a trace: before a request that writes is answered 2xx, what it wrote was synced.
//!
//! SQLite writes a transaction into the write-ahead log as frames, the last of which carries the size of the file: the
//! commit. Commits come in groups, so an answer has to be tied to its own commit. A request that carries a *mark* of its
//! own (its MessageSid, its address) is tied exactly: the first frame that contains the mark, the first commit frame
//! from there on, an `fdatasync` of the log that *began* after that and *ended* well before the answer's first byte was
//! given to the kernel. A request without a mark is sent alone; for it, the same is asked of the first commit that was
//! written after the request was read.
//!
//! strace stops a thread at both ends of every call, so what one thread does because of another comes after it in the
//! trace. Two calls that have nothing to do with each other may be swapped if they meet within microseconds: a single
//! early answer could be missed, never invented.

use std::collections::{BTreeMap, HashMap};

use super::call::{Call, Event, Outcome, Reader, bytes};

/// Every mark begins like this; none of it means anything to the service.
pub const MARK: &str = "7ace7ace";

/// How long a mark is.
pub const MARK_LENGTH: usize = 32;

/// An answer that came too early, or a trace that cannot be right.
pub type Violation = String;

/// A request that was read and is not answered yet.
#[derive(Default)]
struct Request {
    route: String,
    mark: Option<String>,
    /// How many frames there were when its last byte was read.
    frames_before: u64,
}

/// What was found.
#[derive(Debug, Default, Clone)]
pub struct Summary {
    /// Answers 2xx to requests that write, by route.
    pub answers: BTreeMap<String, u64>,
    /// How many of them were tied to their own commit by a mark.
    pub marked: u64,
    /// Commit frames.
    pub commits: u64,
    /// Syncs of the log.
    pub syncs: u64,
    /// What breaks the promise.
    pub violations: Vec<Violation>,
}

impl Summary {
    /// All answers.
    pub fn total(&self) -> u64 {
        self.answers.values().sum()
    }
}

/// Follows one trace.
#[derive(Default)]
pub struct Checker {
    reader: Reader,
    requests: HashMap<String, Request>,
    /// Pages written into the log so far.
    frames: u64,
    /// The header of the frame that is being written says that it commits.
    commits_next: bool,
    /// The frames that committed, ascending, by their number.
    commits: Vec<u64>,
    /// Which frame contained a mark first.
    marks: HashMap<String, u64>,
    /// How many frames each thread's sync that is under way covers.
    syncing: HashMap<String, u64>,
    /// Frames up to here are on disk.
    synced: u64,
    summary: Summary,
}

impl Checker {
    /// Takes one line of the trace.
    pub fn line(&mut self, line: &str) {
        for event in self.reader.read(line) {
            match event {
                Event::Begun(call) => self.begun(&call),
                Event::Ended(call, outcome) => self.ended(&call, outcome),
            }
        }
    }

    /// What was found.
    pub fn finish(mut self) -> Summary {
        self.summary.commits = u64::try_from(self.commits.len()).unwrap();
        self.summary
    }

    fn begun(&mut self, call: &Call) {
        match call.name.as_str() {
            "fdatasync" | "fsync" if is_log(call) => {
                self.syncing.insert(call.thread.clone(), self.frames);
            }
            "write" | "writev" | "sendto" | "sendmsg" if is_socket(call) => {
                if call.rest.contains("\"HTTP/1.1 2") {
                    self.answered(&call.file);
                } else if call.rest.contains("\"HTTP/1.1 ") {
                    self.requests.remove(&call.file);
                }
            }
            _ => {}
        }
    }

    fn ended(&mut self, call: &Call, outcome: Outcome) {
        match (call.name.as_str(), outcome) {
            ("fdatasync" | "fsync", outcome) if is_log(call) => {
                let covered = self.syncing.remove(&call.thread).unwrap_or(0);
                if let Outcome::Done(_) = outcome {
                    self.summary.syncs += 1;
                    self.synced = self.synced.max(covered);
                }
            }
            ("pwrite64", Outcome::Done(length)) if is_log(call) => self.logged(call, length),
            ("read" | "recvfrom" | "recvmsg" | "readv", Outcome::Done(_)) if is_socket(call) => {
                self.heard(call);
            }
            ("pwritev" | "write" | "writev", Outcome::Done(_)) if is_log(call) => {
                self.summary.violations.push(format!(
                    "the log is written by {}, which this check does not read",
                    call.name
                ));
            }
            _ => {}
        }
    }

    /// The log was written to: its header (32 bytes), a frame's (24), or a page.
    fn logged(&mut self, call: &Call, length: i64) {
        match length {
            32 => {}
            24 => self.commits_next = bytes(&call.rest, 8).get(4..8).is_some_and(|size| size != [0; 4]),
            _ => {
                self.frames += 1;
                for mark in marks(&call.rest) {
                    self.marks.entry(mark.to_owned()).or_insert(self.frames);
                }
                if std::mem::take(&mut self.commits_next) {
                    self.commits.push(self.frames);
                }
            }
        }
    }

    fn heard(&mut self, call: &Call) {
        let begins = ["\"POST /", "\"PUT /", "\"PATCH /", "\"DELETE /"];
        let start = begins.iter().find_map(|begin| call.rest.split_once(begin));
        if let Some((_, rest)) = start {
            let path = rest.split([' ', '?']).next().unwrap();
            let request = Request {
                route: format!("/{path}"),
                ..Request::default()
            };
            self.requests.insert(call.file.clone(), request);
        }
        if let Some(request) = self.requests.get_mut(&call.file) {
            request.frames_before = self.frames;
            if let Some(mark) = marks(&call.rest).next() {
                request.mark = Some(mark.to_owned());
            }
        }
    }

    fn answered(&mut self, connection: &str) {
        let Some(request) = self.requests.remove(connection) else {
            return;
        };
        *self.summary.answers.entry(request.route.clone()).or_default() += 1;
        let from = match &request.mark {
            Some(mark) => {
                self.summary.marked += 1;
                let Some(frame) = self.marks.get(mark) else {
                    self.violated(&request, "was answered before anything of it was written");
                    return;
                };
                *frame
            }
            None => request.frames_before + 1,
        };
        let later = self.commits.partition_point(|commit| *commit < from);
        match self.commits.get(later) {
            None => self.violated(&request, "was answered before its commit was written"),
            Some(commit) if *commit > self.synced => {
                self.violated(&request, "was answered before its commit was synced");
            }
            Some(_) => {}
        }
    }

    fn violated(&mut self, request: &Request, how: &str) {
        let mark = request.mark.as_deref().unwrap_or("without a mark");
        self.summary
            .violations
            .push(format!("{} ({mark}) {how}", request.route));
    }
}

fn is_log(call: &Call) -> bool {
    call.file.ends_with("-wal")
}

fn is_socket(call: &Call) -> bool {
    call.file.starts_with("socket:") || call.file.starts_with("TCP")
}

/// Every mark in a string.
fn marks(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(MARK)
        .filter_map(|(start, _)| text.get(start..start + MARK_LENGTH))
        .filter(|mark| mark.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
