//! What tired people text: every line of `corpus.tsv` goes through the signed webhook, and the answer is judged.
//!
//! The judgement is the first word of the line. `copy CODE` means a check-in that failed and must be answered with the
//! line to copy; `copy` alone may name any camp. `usage` and `prose` only ask for an answer that claims nothing.

use futures_util::future::join_all;
use thunderbird_testkit::service::{World, phones::Hiker};

use crate::BINARY;

/// Texts that are under way at the same time.
const AT_ONCE: usize = 16;

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
        ("copy", code) => told_nobody && has(&format!("CHECKIN {code}")),
        ("nobodytold", _) => told_nobody,
        ("status", _) => has("Last check-in"),
        ("safelist", _) => has("contacts") || has("1 contact:"),
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

/// Plays every line of the corpus, some at the same time, and returns what was wrong.
async fn play(line: impl AsyncFn(usize, &Line) -> Result<(), String>) -> Vec<String> {
    let corpus = corpus();
    assert!(corpus.len() >= 300, "{} texts", corpus.len());
    let numbered: Vec<(usize, Line)> = corpus.into_iter().enumerate().collect();
    let mut wrong = Vec::new();
    for some in numbered.chunks(AT_ONCE) {
        let played = join_all(some.iter().map(|(number, text)| line(*number, text))).await;
        wrong.extend(played.into_iter().filter_map(Result::err));
    }
    wrong
}

async fn hiker(world: &World, number: usize) -> Hiker {
    world.hiker(&format!("+6149158{number:04}")).registered().await
}

/// A judgement of an answer; the failure prints the text with what was answered. No state forgives a text that acts by
/// mistake.
fn judged(right: bool, Line { kind, text }: &Line, answer: &str) -> Result<(), String> {
    if acts_falsely(kind, answer) {
        Err(format!("acts falsely, {kind}: {text:?} -> {answer:?}"))
    } else if right {
        Ok(())
    } else {
        Err(format!("{kind}: {text:?} -> {answer:?}"))
    }
}

/// Whether the text checks in, adds a contact or removes one by mistake: no line of the corpus but a check-in does any
/// of it.
fn acts_falsely(kind: &str, answer: &str) -> bool {
    let acts = |part: &str| answer.contains(part);
    !kind.starts_with("checkin") && (acts("Checked in:") || acts(" is contact ") || acts(" is removed."))
}

/// Fails unless all answers are right but for one in twenty of the lines to copy.
fn insist(wrong: &[String]) {
    let to_copy = corpus()
        .iter()
        .filter(|line| line.kind.starts_with("copy"))
        .count();
    let (not_copied, others): (Vec<&String>, Vec<&String>) =
        wrong.iter().partition(|line| line.starts_with("copy"));
    assert!(others.is_empty(), "{others:#?}");
    assert!(
        not_copied.len() * 20 <= to_copy,
        "{} of {to_copy} failed check-ins lack the line to copy: {not_copied:#?}",
        not_copied.len()
    );
}

/// A world for hundreds of hikers and contacts on one day: what hikers may make us send is wide open.
async fn crowd() -> World {
    World::start_with(BINARY, |builder| {
        [
            "THUNDERBIRD_LIMIT_SMS_PER_DAY",
            "THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY",
            "THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR",
            "THUNDERBIRD_LIMIT_CHECKINS_PER_DAY",
            "THUNDERBIRD_LIMIT_CONTACTS_PER_DAY",
            "THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR",
        ]
        .into_iter()
        .fold(
            builder.env("THUNDERBIRD_CARRIER_KEYWORDS", "own"),
            |open, name| open.env(name, "1000000"),
        )
    })
    .await
}

/// A contact of each hiker receives the check-ins and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_text_of_a_hiker_gets_the_right_answer_and_only_check_ins_reach_the_contact() {
    let world = crowd().await;
    let contact = |number: usize| world.contact(&format!("+6149156{number:04}"));
    let wrong = play(async |number, line| {
        let sam = hiker(&world, number).await;
        sam.text(&format!("SAFE +6149156{number:04} Mum")).await;
        let answer = sam.says(&line.text).await;
        judged(is_right(line.kind, &answer), line, &answer)
    })
    .await;
    insist(&wrong);
    for (number, line) in corpus().iter().enumerate() {
        let phone = contact(number);
        if line.kind.starts_with("checkin") {
            phone.texts_with("checked in at", 1).await;
        }
    }
    for (number, Line { kind, text }) in corpus().iter().enumerate() {
        let texts = contact(number).texts();
        let told = texts.iter().filter(|text| text.contains("checked in")).count();
        assert_eq!(told, usize::from(kind.starts_with("checkin")), "{kind}: {text:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_who_was_not_understood_before_gets_the_right_answer() {
    let world = crowd().await;
    let wrong = play(async |number, line| {
        let sam = hiker(&world, number).await;
        sam.text("the track is muddy").await;
        let answer = sam.says(&line.text).await;
        judged(is_right(line.kind, &answer), line, &answer)
    })
    .await;
    insist(&wrong);
}

/// A text at the prompt for a name is asked back ("Your family will read") or answered as what it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_at_a_prompt_gets_the_right_answer_and_the_question_again() {
    let world = crowd().await;
    let wrong = play(async |number, line| {
        let sam = hiker(&world, number).await;
        sam.text("START").await;
        sam.text("CHANGE").await;
        let answer = sam.says(&line.text).await;
        let is_asked_back = answer.contains("Your family will read");
        let is_open = match line.kind {
            "courtesy" | "hello" | "stophint" | "nobodytold" | "asks" | "usage" | "prose" => {
                // Some lines can be a name, and the next question follows; the others are asked for one again.
                [
                    "What name",
                    "Reply with 1 to 30 letters",
                    "Which route? Reply with",
                ]
                .iter()
                .any(|question| is_asked_back || answer.contains(question))
            }
            kind if kind.starts_with("copy") => is_asked_back || is_right(kind, &answer),
            "stop" => is_right("stop", &answer),
            kind => is_right(kind, &answer) && answer.contains("What name"),
        };
        judged(is_open, line, &answer)
    })
    .await;
    insist(&wrong);
}

/// Over the limit a hiker reads once when to text again; what is never limited is answered as ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_over_the_limit_is_not_met_with_silence() {
    let world = World::start_with(BINARY, |builder| {
        builder
            .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
            .env("THUNDERBIRD_LIMIT_SMS_PER_HOUR", "1")
    })
    .await;
    let wrong = play(async |number, line| {
        let sam = hiker(&world, number).await;
        for _ in 0..4 {
            assert!(sam.says("STATUS").await.contains("Last check-in"));
        }
        let answer = sam.says(&line.text).await;
        let names_limit =
            answer.contains("CHECKIN, OUT, LATE, BACK, ALERT, STOP, START and MENU always work");
        let right = match line.kind {
            "distress" | "stop" => is_right(line.kind, &answer),
            kind if kind.starts_with("checkin") => is_right(kind, &answer),
            // START and OUT are not limited, so their own answer is as good.
            "asks" | "usage" | "prose" => {
                names_limit
                    || answer.contains("The command is: START")
                    || answer.contains("out by")
                    // A quarter of an hour before six that is too soon.
                    || answer.starts_with("Nothing was set.")
            }
            kind => names_limit || is_right(kind, &answer),
        };
        judged(right, line, &answer)
    })
    .await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// After STOP only a call for help is answered; a check-in counts all the same, and nothing else does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_stop_a_call_for_help_is_answered_and_a_check_in_counts() {
    let world = crowd().await;
    let wrong = play(async |number, line| {
        let sam = hiker(&world, number).await;
        sam.text("STOP").await;
        let answer = sam.says(&line.text).await;
        let right = match line.kind {
            "distress" => is_right("distress", &answer),
            _ => answer.is_empty() || answer.contains("get texts from Thunderbird again"),
        };
        sam.text("UNSTOP").await;
        let status = sam.says("STATUS").await;
        let moved = !status.contains("Last check-in: none");
        judged(
            right && moved == line.kind.starts_with("checkin"),
            line,
            &format!("{answer}; {status}"),
        )
    })
    .await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A contact reads of the hiker whatever the contact texts, and never the hikers' menu.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_is_always_answered_as_a_contact() {
    let world = crowd().await;
    let contacts_of_one = 10;
    let hikers = corpus().len().div_ceil(contacts_of_one);
    for number in 0..hikers {
        let sam = hiker(&world, number).await;
        for place in 0..contacts_of_one {
            let contact = number * contacts_of_one + place;
            let added = sam.says(&format!("SAFE +6149156{contact:04} Mum")).await;
            assert!(added.contains("is contact"), "{added}");
        }
    }
    let wrong = play(async |number, line| {
        let mum = world.hiker(&format!("+6149156{number:04}"));
        let answer = mum.says(&line.text).await;
        let right = match line.kind {
            "distress" | "courtesy" | "stop" | "stophint" => is_right(line.kind, &answer),
            "usage" => !answer.is_empty(),
            // A contact can have a web account, and links the phone like everybody else.
            _ if ["LINK", "UNLINK", "CONFIRM"]
                .iter()
                .any(|word| line.text.starts_with(word)) =>
            {
                !answer.is_empty()
            }
            _ => answer.contains("Sam (+614"),
        };
        let is_hikers = ["not registered", "Text MENU", "<camp code>", "Checked in:"]
            .iter()
            .any(|part| answer.contains(part));
        judged(right && !is_hikers, line, &answer)
    })
    .await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_for_help_is_answered_at_a_prompt_of_a_stranger_and_is_no_name() {
    let world = crowd().await;
    let wrong = play(async |number, line| {
        if line.kind != "distress" {
            return Ok(());
        }
        let stranger = world.hiker(&format!("+6149159{number:04}"));
        stranger.text("START").await;
        let asked = stranger.says(&line.text).await;
        let menu = stranger.says("Sam").await;
        let right =
            asked.contains("CALL 000") && asked.contains("What name") && menu.contains("1 Overland Track");
        judged(right, line, &format!("{asked}; {menu}"))
    })
    .await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}
