//! Whole stories of promises as a script: who texts what and when, and the exact texts of each phone, in order. The
//! scripts lie in `transcripts/`; a story is played through the real binary with signed texts, a fake Twilio and clocks
//! that the test moves, and what was played must be the script again.

use std::time::Duration;

use thunderbird_domain::time::Timestamp;
use thunderbird_testkit::eventually;

use crate::moved_clock::{Trip, day, on};

/// Who takes part, in the order in which their texts stand.
const PHONES: [&str; 3] = ["Sam", "Mum", "Dad"];

/// Stages that are due, and texts that can leave: as long as there are some, the phones have not received everything.
const DUE: &str = "deadline_stages JOIN deadlines ON deadlines.id = deadline_id \
                   WHERE closed_at IS NULL AND ended_at IS NULL AND deadline_stages.due_at <= ";
const WAITING: &str = "messages WHERE state IN ('queued', 'sending') AND coalesce(next_attempt_at, 0) <= ";

/// What is played, and how many texts of each phone stand in it.
struct Play {
    trip: Trip,
    read: [usize; 3],
    played: String,
}

impl Play {
    async fn begin() -> Self {
        let mut play = Self {
            trip: Trip::begin().await,
            read: [0; 3],
            played: String::new(),
        };
        // What belongs to the registration leaves some seconds after it.
        play.trip.moves_to(day("08:03"));
        play.is_quiet().await;
        play.read = PHONES.map(|name| play.texts(name).len());
        play
    }

    fn texts(&self, name: &str) -> Vec<String> {
        match name {
            "Sam" => self.trip.sam.texts(),
            "Mum" => self.trip.mum.texts(),
            _ => self.trip.dad.texts(),
        }
    }

    async fn is_quiet(&self) {
        eventually("all that is due has left", async || {
            let now = self.trip.now().as_micros();
            let left = [DUE, WAITING].map(|rows| self.trip.count(&format!("{rows}{now}")));
            (left == [0, 0]).then_some(())
        })
        .await;
    }

    /// A step such as `Thu 18:00`, or `Thu 18:05 Sam > BACK`.
    async fn step(&mut self, line: &str) {
        let (when, said) = line.split_at_checked("Thu 18:00".len()).unwrap();
        let at = moment(when);
        if at > self.trip.now() {
            self.trip.moves_to(at);
        }
        self.note(line);
        if let Some((name, body)) = said.split_once(" > ") {
            let answer = self.says(name.trim(), body).await;
            if !answer.is_empty() {
                self.note(&format!("    {} < {answer}", name.trim()));
            }
        }
        self.is_quiet().await;
        for (place, name) in PHONES.into_iter().enumerate() {
            let texts = self.texts(name);
            for text in &texts[self.read[place]..] {
                self.note(&format!("    {name} < {}", text.replace('\n', " / ")));
            }
            self.read[place] = texts.len();
        }
    }

    /// Texts the service; the same text again if a connection did not survive that the clock was moved.
    async fn says(&self, name: &str, body: &str) -> String {
        let text = match name {
            "Sam" => self.trip.sam.webhook(body),
            "Mum" => self.trip.mum.webhook(body),
            _ => self.trip.dad.webhook(body),
        };
        let service = &self.trip.world.service;
        let answer = eventually("an answer", async || {
            let answer = service.try_deliver(&text).await.ok()?;
            (answer.status == 200).then_some(answer)
        })
        .await;
        without_words(&answer.messages.join(" // ").replace('\n', " / "))
    }

    fn note(&mut self, line: &str) {
        self.played.push_str(line);
        self.played.push('\n');
    }
}

/// Ten seconds after this minute of the week of the story.
fn moment(when: &str) -> Timestamp {
    let (weekday, time) = when.split_once(' ').unwrap();
    let day = ["Thu", "Fri", "Sat"]
        .iter()
        .position(|day| *day == weekday)
        .unwrap();
    on(10 + day, time).plus(Duration::from_secs(10))
}

/// The trip words are drawn, so the script does not know them.
fn without_words(answer: &str) -> String {
    match answer.split_once("From any phone: BACK ") {
        Some((before, _)) => format!("{before}From any phone: BACK <two words>"),
        None => answer.to_owned(),
    }
}

/// Plays a script, and compares what became of it.
async fn plays(script: &str) {
    let mut play = Play::begin().await;
    for line in script.lines() {
        if line.starts_with("    ") {
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            play.note(line);
        } else {
            play.step(line).await;
        }
    }
    assert_eq!(play.played, script, "played:\n{}", play.played);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_that_is_kept_early() {
    plays(include_str!("transcripts/kept_early.txt")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_that_is_kept_late_after_two_questions() {
    plays(include_str!("transcripts/kept_late.txt")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_that_is_extended_in_an_alarm() {
    plays(include_str!("transcripts/extended.txt")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_that_is_broken_to_the_end() {
    plays(include_str!("transcripts/broken.txt")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_that_is_claimed_lapses_and_is_found() {
    plays(include_str!("transcripts/claimed.txt")).await;
}
