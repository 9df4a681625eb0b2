//! What tired people text: every line of `corpus.tsv` goes through the signed webhook, and the answer is judged.
//!
//! The judgement is the first word of the line. `copy CODE` means a check-in that failed and must be answered with the
//! line to copy; `copy` alone may name any camp. `usage` and `prose` only ask for an answer that claims nothing.

use thunderbird_testkit::service::World;

use crate::world;

/// One text with its judgement.
struct Line {
    kind: &'static str,
    text: String,
}

fn corpus() -> Vec<Line> {
    include_str!("corpus.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (kind, text) = line.split_once('\t').unwrap();
            Line {
                kind,
                text: text.replace("\\n", "\n"),
            }
        })
        .collect()
}

/// Returns true if the answer is the one that the kind of text must get from a hiker's phone.
fn is_right(kind: &str, answer: &str) -> bool {
    let has = |part: &str| answer.contains(part);
    let told_nobody = has("Nobody was told") || has("nobody was told");
    match kind.split_once(' ').unwrap_or((kind, "")) {
        ("distress", _) => has("CALL 000 or 112") && has("Nobody has been told"),
        ("courtesy", _) => answer.is_empty(),
        ("checkin", code) => has("hecked in") && has(code),
        ("copy", "") => told_nobody && (has("CHECKIN ") || has("ROUTE")),
        ("copy", code) => told_nobody && answer.ends_with(&format!("CHECKIN {code}")),
        ("nobodytold", _) => told_nobody,
        ("status", _) => has("Last check-in"),
        ("safelist", _) => has("contacts"),
        ("route", _) => has("Overland Track"),
        ("menu", _) => has("Emergency: call 000"),
        ("hello", _) => has("This is Thunderbird"),
        ("cast", _) => has("not available"),
        ("stop", _) => has("no more texts"),
        ("stophint", _) => has("STOP"),
        ("asks" | "usage" | "prose", _) => !answer.is_empty(),
        // An unknown judgement is wrong, and the failure prints it.
        _ => false,
    }
}

async fn hiker(world: &World, number: usize) -> thunderbird_testkit::service::phones::Hiker {
    world.hiker(&format!("+6149158{number:04}")).registered().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tired_people_get_the_answer_that_they_need() {
    let world = world().await;
    let corpus = corpus();
    assert!(corpus.len() >= 300, "{} texts", corpus.len());
    let (mut wrong, mut copied, mut to_copy) = (Vec::new(), 0, 0);
    for (number, Line { kind, text }) in corpus.iter().enumerate() {
        let sam = hiker(&world, number).await;
        let answer = sam.says(text).await;
        let right = is_right(kind, &answer);
        assert!(
            kind.starts_with("checkin") || !answer.contains("Checked in"),
            "{text:?} is no check-in: {answer}"
        );
        if kind.starts_with("copy") {
            to_copy += 1;
            copied += usize::from(right);
        } else if !right {
            wrong.push(format!("{kind}: {text:?} -> {answer:?}"));
        }
        if right || !kind.starts_with("copy") {
            continue;
        }
        wrong.push(format!("(line to copy) {kind}: {text:?} -> {answer:?}"));
    }
    let needed: Vec<&String> = wrong.iter().filter(|line| !line.starts_with("(line")).collect();
    assert!(needed.is_empty(), "{wrong:#?}");
    assert!(
        copied * 100 >= to_copy * 95,
        "{copied} of {to_copy} failed check-ins name the line to copy: {wrong:#?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_of_a_hiker_is_met_with_silence_although_another_came_before() {
    let world = world().await;
    for (number, Line { kind, text }) in corpus().iter().enumerate() {
        if matches!(*kind, "courtesy" | "stop") {
            continue;
        }
        let sam = hiker(&world, number).await;
        sam.text("the track is muddy").await;
        let answer = sam.says(text).await;
        assert!(!answer.is_empty(), "{kind}: {text:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_for_help_is_answered_at_a_prompt_and_after_stop() {
    let world = world().await;
    let calls = corpus().into_iter().filter(|line| line.kind == "distress");
    for (number, Line { text, .. }) in calls.enumerate() {
        let stranger = world.hiker(&format!("+6149159{number:04}"));
        stranger.text("START").await;
        let asked = stranger.says(&text).await;
        assert!(
            asked.contains("CALL 000") && asked.contains("What name"),
            "{text:?}: {asked}"
        );
        let menu = stranger.says("Sam").await;
        assert!(
            menu.contains("1 Overland Track"),
            "{text:?} has not become the name: {menu}"
        );
        stranger.text("STOP").await;
        let stopped = stranger.says(&text).await;
        assert!(stopped.contains("CALL 000"), "{text:?}: {stopped}");
    }
}
