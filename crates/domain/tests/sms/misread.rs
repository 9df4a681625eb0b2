//! Texts that were misread once: programs, questions that stand open, prompts.

use std::time::Duration;

use crate::{
    DAD, MUM, SAM, channel,
    story::{UNTIL_DUE, story},
};

const UNCHANGED: &str = "Nothing was changed. Out: text BACK. Later: LATE 2H.";

#[tokio::test]
async fn a_program_whose_texts_begin_with_a_promise_s_word_falls_silent() {
    for text in ["Out of office", "Back on Monday", "Late reply expected"] {
        let channel = channel().registered(SAM).await;
        let mut answers = 0;
        for _ in 0..20 {
            channel.clock.advance(Duration::from_secs(3));
            answers += usize::from(!channel.says(SAM, text).await.is_empty());
        }
        assert_eq!(answers, 3, "{text}");
        channel.wait(2);
        assert!(
            !channel.says(SAM, text).await.is_empty(),
            "{text}: a pause shows a person"
        );
        let mut answers = 0;
        for _ in 0..20 {
            channel.clock.advance(Duration::from_secs(20));
            answers += usize::from(!channel.says(DAD, text).await.is_empty());
        }
        assert_eq!(answers, 1, "{text}: a stranger is answered once in ten minutes");
    }
}

#[tokio::test]
async fn whoever_acknowledges_the_reminder_reads_what_would_count() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    assert_eq!(story.says(SAM, "ok").await, "", "nothing was asked yet");
    story.pass(UNTIL_DUE - 50).await;
    for word in ["ok", "\u{1f44d}", "yes", "Yep", "no", "thanks"] {
        assert_eq!(story.says_slowly(SAM, word).await, UNCHANGED, "{word}");
    }
}

#[tokio::test]
async fn news_before_the_time_names_both_what_tells_and_what_answers() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    for news in ["im ok", "safe", "back safe", "safe and well"] {
        let said = story.says_slowly(SAM, news).await;
        assert!(
            said.starts_with(UNCHANGED)
                && said.contains("Nobody was told.")
                && said.contains("CHECKIN RONNY"),
            "{news}: {said}"
        );
    }
    assert_eq!(story.says_slowly(SAM, "BACK?").await, UNCHANGED);
    let failed = story.says(SAM, "at pelio").await;
    assert!(failed.contains("Nobody was told. Nearest: PELIO"), "{failed}");
}

#[tokio::test]
async fn an_alerted_contact_who_wants_no_texts_reads_how_and_one_who_asks_reads_the_alert() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 66).await;
    for text in ["wrong number", "please stop", "Stop texting me"] {
        let said = story.says_slowly(MUM, text).await;
        assert_eq!(
            said, "To get no more texts from Thunderbird reply with one word: STOP",
            "{text}"
        );
    }
    for question in ["Back yet?", "Out yet?", "Safe now?"] {
        let said = story.says(MUM, question).await;
        assert!(
            said.contains("Our last text to you about Sam"),
            "{question}: {said}"
        );
    }
    let busy = story.says_slowly(MUM, "Found?").await;
    assert!(busy.contains("reply FOUND"), "{busy}");
}

#[tokio::test]
async fn every_prompt_names_a_way_out() {
    let channel = channel();
    for (text, question, way_out) in [
        ("START", "What name", "STOP ends this."),
        ("UNLINK", "What name", "STOP ends this."),
        ("hello", "Your family will read", "STOP ends this."),
        ("Sam", "Which route?", "STOP to end this"),
        ("nowhere", "none of the routes", "STOP to end this"),
    ] {
        let said = channel.says(SAM, text).await;
        assert!(
            said.contains(question) && said.contains(way_out),
            "{text}: {said}"
        );
    }
    channel.says(SAM, "1").await;
    let said = channel.says(SAM, "START").await;
    assert!(
        said.contains("reply CHANGE. Any other text keeps everything."),
        "{said}"
    );
}

#[tokio::test]
async fn a_yes_or_a_courtesy_is_no_other_name() {
    let channel = channel();
    channel.says(SAM, "START").await;
    let asked = channel.says(SAM, "thank you").await;
    assert!(asked.contains("Your family will read: thank you"), "{asked}");
    for word in [
        "yes",
        "Yes!",
        "y",
        "ok",
        "no",
        "Nope",
        "\u{1f44d}",
        "that's right",
    ] {
        assert_eq!(channel.says(SAM, word).await, asked, "{word}");
    }
    let menu = channel.says(SAM, "Sam").await;
    assert!(menu.contains("1 Overland Track"), "{menu}");
}

#[tokio::test]
async fn a_copy_of_the_last_answer_to_a_prompt_gets_the_first_answer_again() {
    let channel = channel();
    channel.says(SAM, "START").await;
    channel.says(SAM, "ok").await;
    let menu = channel.says(SAM, "NAME").await;
    assert!(menu.contains("1 Overland Track"), "{menu}");
    assert_eq!(channel.says(SAM, "NAME").await, menu);
    let done = channel.says(SAM, "1").await;
    assert!(done.contains("You are registered: ok"), "{done}");
    for _ in 0..2 {
        assert_eq!(channel.says(SAM, "1").await, done);
    }
    channel.wait(2);
    let late = channel.says(SAM, "1").await;
    assert!(late.contains("Not understood"), "{late}");
}

#[tokio::test]
async fn a_route_is_chosen_in_the_words_that_people_use() {
    for words in ["the first one", "one", "No 2", "number 2", "the second"] {
        let channel = channel();
        channel.says(SAM, "START").await;
        channel.says(SAM, "Sam").await;
        let done = channel.says(SAM, words).await;
        assert!(done.contains("You are registered: Sam on"), "{words}: {done}");
    }
}

#[tokio::test]
async fn what_is_taught_is_menu_because_carriers_answer_help() {
    let channel = channel().registered(SAM).await;
    let guide: String = channel.queued().iter().map(crate::body).collect();
    assert!(guide.contains("Text MENU for everything else"), "{guide}");
    channel.says(SAM, "STOP").await;
    let back = channel.says(SAM, "UNSTOP").await;
    assert!(back.contains("Text MENU for what you can text"), "{back}");
}
