//! What contacts are answered, and what a hiker learns of contacts who leave and return.

use thunderbird_testkit::service::phones::{DAD, MUM, SAM};

use crate::world;

/// What a contact asks in words of every kind; the list of reported inputs has other ones.
const QUESTIONS: [&str; 14] = [
    "STATUS",
    "where",
    "Is Sam ok?",
    "is sam all right",
    "where is he",
    "Where are they now?",
    "who is this",
    "Who's this?",
    "HELP",
    "menu",
    "hello",
    "status please",
    "any news of sam?",
    "the weather looks bad up there",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_reads_our_last_text_again_and_never_the_hikers_menu() {
    let mut world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491 570 110 Mum").await;
    let mum = world.contact(MUM);
    let notice = mum.nth_text(0).await;
    for part in [
        "Sam (+614***006)",
        "STATUS",
        "Silence can mean",
        "reply READY",
        "reply STOP",
    ] {
        assert!(notice.contains(part), "{part}: {notice}");
    }
    let before = mum.says("is sam ok?").await;
    assert!(before.contains("You were sent no check-in yet"), "{before}");
    sam.text("CHECKIN PELIO").await;
    let told = mum.nth_text(1).await.replace('\n', " ");
    world.restart().await;
    for question in QUESTIONS {
        let answer = mum.says(question).await;
        assert!(
            answer.contains(&told) && answer.contains("call Sam, then 000"),
            "{question:?}: {answer}"
        );
        for foreign in ["not registered", "Text MENU", "<camp code>", "Not understood"] {
            assert!(!answer.contains(foreign), "{question:?}: {answer}");
        }
    }
    for command in [
        "CHECKIN PELIO",
        "ROUTE",
        "SAFE 0491570313 Dad",
        "safelist",
        "CHECKIN",
    ] {
        let answer = mum.says(command).await;
        assert!(
            answer.contains("Only hikers can text that") && answer.contains("Nothing was done"),
            "{command:?}: {answer}"
        );
    }
    assert!(mum.says("is he hurt?").await.contains("CALL 000 or 112"));
    assert!(
        mum.says("wrong number")
            .await
            .contains("reply with one word: STOP")
    );
    for courtesy in ["thanks", "ok", "\u{1f44d}"] {
        assert_eq!(mum.says(courtesy).await, "", "{courtesy}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_and_yes_of_a_contact_only_resume_and_register_registers() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491 570 110 Mum").await;
    let mum = world.contact(MUM);
    mum.nth_text(0).await;
    for word in ["START", "YES", "unstop", "start!"] {
        mum.text("STOP").await;
        let back = mum.says(word).await;
        assert_eq!(back, "You will get texts from Thunderbird again.", "{word}");
        assert_eq!(mum.says("ok").await, "", "{word} has asked nothing");
    }
    let stays = mum.says("START").await;
    assert!(
        stays.contains("You get our texts") && stays.contains("Sam (+614***006)"),
        "{stays}"
    );
    let asked = mum.says("REGISTER").await;
    assert!(asked.contains("What name should your family read?"), "{asked}");
    let status = mum.says("is sam ok?").await;
    assert!(
        status.contains("no check-in yet") && status.contains("What name"),
        "a question at a prompt is answered, and the prompt stays: {status}"
    );
    mum.text("Molly").await;
    assert!(mum.says("1").await.contains("You are registered: Molly"));
    assert!(mum.says("STATUS").await.contains("Last check-in: none"));
    assert!(mum.says("where is sam?").await.contains("no check-in yet"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_learns_once_that_the_last_contact_left_and_once_that_one_is_back() {
    let mut world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for contact in ["SAFE 0491 570 110 Mum", "SAFE 0491 570 313 Dad"] {
        sam.text(contact).await;
    }
    let (mum, dad) = (world.contact(MUM), world.contact(DAD));
    mum.nth_text(0).await;
    dad.text("STOP").await;
    mum.text("opt out").await;
    world.restart().await;
    let left = sam.texts_with("opted out of our texts", 1).await;
    assert!(left[0].starts_with("Mum has opted out"), "{left:?}");
    mum.text("STOP").await;
    mum.text("YES").await;
    let back = sam.texts_with("will be told of your check-ins", 1).await;
    assert!(back[0].starts_with("Mum gets our texts again"), "{back:?}");
    dad.text("START").await;
    for _ in 0..3 {
        dad.text("STOP").await;
        mum.text("STOP").await;
        mum.text("START").await;
    }
    sam.text("SAFE 0491 571 266 Jo").await;
    world.contact("+61491571266").nth_text(0).await;
    let texts = sam.texts();
    let count = |part: &str| texts.iter().filter(|text| text.contains(part)).count();
    assert_eq!(
        (count("opted out of our texts"), count("will be told of your")),
        (1, 1),
        "one text of a kind, contact and day: {texts:#?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hikers_of_one_name_are_told_apart_and_each_can_be_asked_for() {
    let world = world().await;
    let ada = "+61491571491";
    let sam = world.hiker(SAM).registered().await;
    let other = world.hiker(DAD).registered().await;
    let third = world.hiker(ada);
    third.registers("Ada Lee").await;
    for hiker in [&sam, &other, &third] {
        hiker.text("SAFE 0491 570 110 Mum").await;
    }
    let mum = world.contact(MUM);
    mum.nth_text(2).await;
    sam.text("CHECKIN PELIO").await;
    let first = mum.nth_text(3).await;
    other.text("CHECKIN RONNY").await;
    let second = mum.nth_text(4).await;
    assert!(first.contains("phone +614***006") && second.contains("phone +614***313"));
    let all = mum.says("STATUS").await;
    for part in ["Sam (+614***006)", "Sam (+614***313)", "Ada Lee (+614***491)"] {
        assert!(all.contains(part), "{part}: {all}");
    }
    let one = mum.says("is Ada Lee ok?").await;
    assert!(one.contains("Ada Lee") && !one.contains("Sam"), "{one}");
    let both = mum.says("Where's Sam").await;
    assert!(both.contains("RONNY") || both.contains("Ronny Creek"), "{both}");
    assert!(both.contains("New Pelion Hut") && !both.contains("Ada"), "{both}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_of_a_contact_is_answered_at_a_prompt_and_from_a_contact_who_hikes() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491 570 110 Mum").await;
    let mum = world.contact(MUM);
    mum.nth_text(0).await;
    sam.text("CHECKIN PELIO").await;
    mum.nth_text(1).await;
    mum.text("REGISTER").await;
    let at_prompt = mum.says("Where").await;
    assert!(
        at_prompt.contains("New Pelion Hut") && at_prompt.contains("What name"),
        "WHERE is no name, and the prompt stays: {at_prompt}"
    );
    mum.text("Molly").await;
    mum.text("1").await;
    for words in ["WHERE", "where?"] {
        let answer = mum.says(words).await;
        assert!(
            answer.contains("New Pelion Hut") && !answer.contains("Not understood"),
            "{words}: {answer}"
        );
    }
    sam.text("SAFEDEL 1").await;
    let after = mum.says("WHERE").await;
    assert!(!after.contains("Pelion"), "a contact that was removed: {after}");
    let stranger = world.hiker(DAD).says("WHERE").await;
    assert!(
        !stranger.contains("+614") && !stranger.contains("Hut"),
        "{stranger}"
    );
}

/// A contact learns nothing that they were not sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_learns_nothing_that_was_not_sent_to_that_contact() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("CHECKIN RONNY").await;
    sam.text("SAFE 0491 570 110 Mum").await;
    let mum = world.contact(MUM);
    let answer = mum.says("STATUS").await;
    assert!(
        answer.contains("no check-in yet") && !answer.contains("Ronny") && !answer.contains("Overland"),
        "the check-in was made before: {answer}"
    );
    sam.text("CHECKIN WATER").await;
    mum.texts_with("Waterfall Valley Hut", 1).await;
    mum.text("STOP").await;
    sam.text("CHECKIN PELIO").await;
    mum.text("START").await;
    let answer = mum.says("STATUS").await;
    assert!(
        answer.contains("Waterfall Valley Hut") && !answer.contains("Pelion"),
        "the second check-in was never sent to this contact: {answer}"
    );
    sam.text("SAFEDEL 1").await;
    let stranger = mum.says("STATUS").await;
    assert!(
        stranger.contains("not registered") && !stranger.contains("Sam"),
        "a contact that was removed is a stranger: {stranger}"
    );
    let unknown = world.hiker(DAD).says("is sam ok?").await;
    assert!(!unknown.contains("+614") && !unknown.contains("Hut"), "{unknown}");
}
