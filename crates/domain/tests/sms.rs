//! What a text leads to, over the memory store and with a clock that moves on command.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use thunderbird_domain::{
    audit::Subject,
    opt_out::{OptOutChange, OptOutSource},
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone::{CodeLimits, Phones},
    phone_number::{PhoneNumber, Region, TextableRegions},
    sms::{
        case::SmsRules,
        dispatch::{Verb, Who},
        inbound::{CarrierVerdict, InboundMessage, MessageSid, Sender, TokenFingerprint},
        keyword::CarrierKeywords,
        receive::Messages,
    },
    user::UserStore as _,
};
use thunderbird_testkit::{
    catalogue::MemoryCatalogue,
    clock::StoppedClock,
    crypto::{PlainSealer, TestMacs},
    entropy::SeededEntropy,
    memory::MemoryStore,
};

const OURS: &str = "+61491579455";
const SAM: &str = "+61491570006";
const MUM: &str = "+61491570110";
const DAD: &str = "+61491570313";

struct Channel {
    messages: Messages,
    store: MemoryStore,
    clock: StoppedClock,
    sids: AtomicU64,
}

fn channel() -> Channel {
    let (store, clock) = (MemoryStore::default(), StoppedClock::default());
    let regions = ["AU", "NZ"].map(|code| Region::parse(code).unwrap());
    let (region, textable) = (
        Region::parse("AU").unwrap(),
        TextableRegions::new(regions.to_vec()),
    );
    let phones = Phones {
        store: Arc::new(store.clone()),
        macs: Arc::new(TestMacs::default()),
        bodies: Arc::new(PlainSealer),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(SeededEntropy::new(8)),
        our_number: number(OURS),
        region,
        textable: textable.clone(),
        limits: CodeLimits {
            sends_per_day: 5,
            sends_per_hour: 60,
        },
    };
    let messages = Messages {
        inbox: Arc::new(store.clone()),
        phones: Arc::new(phones),
        routes: Arc::new(MemoryCatalogue::tasmania()),
        sealer: Arc::new(PlainSealer),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(SeededEntropy::default()),
        rules: SmsRules {
            region,
            textable,
            carrier_keywords: CarrierKeywords::Own,
            answers_per_hour: 10,
        },
    };
    Channel {
        messages,
        store,
        clock,
        sids: AtomicU64::new(1),
    }
}

impl Channel {
    fn message(&self, from: &str, body: &str) -> InboundMessage {
        let sid = format!("SM{:032x}", self.sids.fetch_add(1, Ordering::Relaxed));
        InboundMessage {
            sid: MessageSid::parse(&sid).unwrap(),
            from: Sender::Number(number(from)),
            to: number(OURS),
            body: body.into(),
            media: 0,
            verdict: None,
            signed_by: TokenFingerprint::of("token"),
        }
    }

    /// What a text is answered, its lines joined with blanks as a reader would.
    async fn says(&self, from: &str, body: &str) -> String {
        let texts = self.messages.receive(self.message(from, body)).await.unwrap();
        texts.join("\n").replace('\n', " ")
    }

    async fn says_with(&self, from: &str, body: &str, verdict: CarrierVerdict) -> String {
        let message = InboundMessage {
            verdict: Some(verdict),
            ..self.message(from, body)
        };
        self.messages
            .receive(message)
            .await
            .unwrap()
            .join("\n")
            .replace('\n', " ")
    }

    async fn registered(self, phone: &str) -> Self {
        for body in ["START", "Sam", "1"] {
            self.says(phone, body).await;
        }
        self
    }

    fn wait(&self, minutes: u64) {
        self.clock.advance(Duration::from_mins(minutes));
    }

    fn opt_out(&self, phone: &str) {
        let at = thunderbird_domain::time::Clock::now(&self.clock);
        self.store.change_opt_out(&OptOutChange::Record {
            phone: number(phone),
            source: OptOutSource::Text,
            at,
        });
    }

    fn queued(&self) -> Vec<OutgoingText> {
        let texts = self
            .store
            .queued()
            .into_iter()
            .filter_map(|outgoing| match outgoing {
                Outgoing::Text(text) => Some(text),
                Outgoing::Mail(_) => None,
            });
        texts.collect()
    }

    fn safety_messages(&self) -> Vec<OutgoingText> {
        self.queued()
            .into_iter()
            .filter(|text| text.class == Class::Safety)
            .collect()
    }
}

fn number(raw: &str) -> PhoneNumber {
    PhoneNumber::from_e164(raw).unwrap()
}

fn body(text: &OutgoingText) -> &str {
    match &text.words {
        Words::Plain(words) => words,
        Words::Sealed { .. } => "",
    }
}

#[tokio::test]
async fn a_check_in_tells_every_contact_who_may_be_told() {
    let channel = channel().registered(SAM).await;
    for contact in [
        "SAFE 0491570110 Mum",
        "SAFE 0491570313 Dad",
        "SAFE +64211234567 Kiri",
    ] {
        channel.says(SAM, contact).await;
    }
    channel.opt_out(DAD);
    let said = channel.says(SAM, "checkin PELIO").await;
    assert_eq!(
        said,
        "Checked in: PELIO New Pelion Hut, Thu 19 Nov 6:40 pm AEDT. 2 contacts will be told. Cannot be told: Dad"
    );
    let sent = channel.safety_messages();
    let told: Vec<&str> = sent.iter().map(|text| text.to.as_str()).collect();
    assert_eq!(told, [MUM, "+64211234567"]);
    let notice = body(sent.first().unwrap());
    assert!(notice.starts_with(
        "Sam checked in at New Pelion Hut on the Overland Track route, Thu 19 Nov 6:40 pm AEDT."
    ));
    assert!(
        notice.contains("https://maps.google.com/?q=-41.6704,145.9814"),
        "{notice}"
    );
    let user = channel.store.by_phone(&number(SAM)).await.unwrap().unwrap();
    let history = channel.store.check_ins(user.id, None, 10).await.unwrap();
    assert_eq!(history.first().unwrap().check_in.contacts_told, 2);
    let audited = channel.store.audited();
    assert!(
        audited
            .iter()
            .any(|event| event.action == "user.checked_in" && event.subject == Subject::User(user.id))
    );
}

#[tokio::test]
async fn an_unverified_camp_has_no_map_link() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    channel.says(SAM, "CHECKIN ECHOP").await;
    let sent = channel.safety_messages();
    assert!(!body(sent.first().unwrap()).contains("http"));
}

#[tokio::test]
async fn the_same_camp_is_not_told_twice_within_30_minutes() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    channel.says(SAM, "CHECKIN PELIO").await;
    channel.wait(29);
    let again = channel.says(SAM, "CHECKIN PELIO").await;
    assert!(again.contains("already checked in at PELIO"), "{again}");
    assert_eq!(channel.safety_messages().len(), 1);
    channel.says(SAM, "SAFE 0491570313 Dad").await;
    let late = channel.says(SAM, "CHECKIN PELIO").await;
    assert!(
        late.contains("1 contact will be told"),
        "a contact added since is told: {late}"
    );
    assert_eq!(channel.safety_messages().last().unwrap().to, number(DAD));
    channel.says(SAM, "CHECKIN RONNY").await;
    assert_eq!(channel.safety_messages().len(), 4, "another camp is told at once");
    channel.wait(30);
    channel.says(SAM, "CHECKIN RONNY").await;
    assert_eq!(channel.safety_messages().len(), 6);
}

#[tokio::test]
async fn what_is_no_exact_check_in_moves_nobody() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    for text in [
        "pelio",
        "PELI",
        "OSSA",
        "CHECKIN OSSA",
        "CHECKIN PELI",
        "CHECKIN LAKEO",
        "CHECKIN PELIO please",
        "CHECKIN PELIO?",
        "> CHECKIN PELIO",
        "Water running out",
        "Peliocamp",
    ] {
        channel.says(SAM, text).await;
        channel.wait(61);
    }
    assert!(channel.safety_messages().is_empty());
    let user = channel.store.by_phone(&number(SAM)).await.unwrap().unwrap();
    assert_eq!(user.user.position, None);
}

#[tokio::test]
async fn a_new_contact_is_told_once_how_to_opt_out() {
    let channel = channel().registered(SAM).await;
    let notices = || {
        channel
            .queued()
            .into_iter()
            .filter(|text| text.to == number(MUM))
            .collect::<Vec<_>>()
    };
    channel.says(SAM, "SAFE 0491 570 110 <b>Mum</b> evil.com").await;
    let sent = notices();
    assert_eq!(sent.len(), 1);
    let notice = body(sent.first().unwrap());
    assert!(
        notice.contains("Sam") && notice.contains("STOP") && !notice.contains("evil"),
        "{notice}"
    );
    channel.says(SAM, "SAFE 0491570110 Mother").await;
    channel.says(SAM, "SAFEDEL 0491570110").await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    assert_eq!(notices().len(), 1, "removing and adding again tells nobody anew");
    let list = channel.says(SAM, "SAFELIST").await;
    assert_eq!(list, "1 contact: 1 Mum +614***110");
}

#[tokio::test]
async fn there_are_at_most_ten_contacts() {
    let channel = channel().registered(SAM).await;
    for last in 0..10 {
        let said = channel.says(SAM, &format!("SAFE 04125550{last:02}")).await;
        assert!(
            said.contains(&format!("is contact {} of at most 10", last + 1)),
            "{said}"
        );
    }
    let said = channel.says(SAM, "SAFE 0412555010 One more").await;
    assert!(said.contains("10 contacts already"), "{said}");
    let renamed = channel.says(SAM, "SAFE 0412555009 Ten").await;
    assert!(renamed.contains("Ten is already a contact"), "{renamed}");
}

#[tokio::test]
async fn a_conversation_ends_30_minutes_after_its_last_message() {
    let channel = channel();
    channel.says(SAM, "START").await;
    channel.wait(30);
    let menu = channel.says(SAM, "Sam").await;
    assert!(menu.contains("1 Overland Track"), "{menu}");
    channel.wait(29);
    let help = channel.says(SAM, "HELP").await;
    assert!(
        help.contains("Which route?"),
        "a command keeps the question open: {help}"
    );
    channel.wait(31);
    let late = channel.says(SAM, "1").await;
    assert!(late.contains("Text START to begin again"), "{late}");
    assert!(channel.store.by_phone(&number(SAM)).await.unwrap().is_none());
    let after = channel.says(SAM, "1").await;
    assert!(after.contains("Not understood"), "it is said once: {after}");
}

#[tokio::test]
async fn the_guide_follows_the_confirmation() {
    let channel = channel().registered(SAM).await;
    let guide = channel.queued();
    let user = channel.store.by_phone(&number(SAM)).await.unwrap().unwrap();
    let now = thunderbird_domain::time::Clock::now(&channel.clock);
    assert!(
        guide
            .iter()
            .all(|text| text.to == number(SAM) && text.user == Some(user.id))
    );
    assert!(
        guide
            .iter()
            .all(|text| text.not_before == now.plus(Duration::from_secs(5)))
    );
    let words: String = guide.iter().map(body).collect();
    assert!(
        words.contains("PELIO New Pelion Hut") && words.contains("CHECKIN RONNY"),
        "{words}"
    );
}

#[tokio::test]
async fn a_new_route_clears_the_position_and_keeps_the_contacts() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    channel.says(SAM, "CHECKIN PELIO").await;
    channel.says(SAM, "START").await;
    let asked = channel.says(SAM, "CHANGE").await;
    assert!(asked.contains("trail name"), "{asked}");
    channel.says(SAM, "Samwise").await;
    let done = channel.says(SAM, "W Arthurs A-K").await;
    assert!(done.contains("Samwise on the Western Arthurs (A-K)"), "{done}");
    let user = channel.store.by_phone(&number(SAM)).await.unwrap().unwrap().user;
    assert_eq!((user.position, user.contacts.len()), (None, 1));
}

#[tokio::test]
async fn change_means_nothing_when_nobody_asked() {
    let channel = channel().registered(SAM).await;
    let said = channel.says(SAM, "CHANGE").await;
    assert!(said.contains("Not understood"), "{said}");
    channel.says(SAM, "START").await;
    channel.says(SAM, "never mind").await;
    channel.wait(11);
    let said = channel.says(SAM, "CHANGE").await;
    assert!(
        said.contains("Not understood"),
        "another text has closed the question: {said}"
    );
}

#[tokio::test]
async fn stop_works_in_every_state() {
    for before in [
        &[][..],
        &["START"],
        &["START", "Sam"],
        &["START", "Sam", "1"],
        &["START", "Sam", "1", "START"],
    ] {
        for word in ["STOP", "stopall", "Unsubscribe", "CANCEL", "end", "QUIT."] {
            let channel = channel();
            for body in before {
                channel.says(SAM, body).await;
            }
            let said = channel.says(SAM, word).await;
            assert!(said.contains("no more texts"), "{before:?} {word}: {said}");
            assert_eq!(channel.says(SAM, "Sam").await, "", "{before:?} {word}");
            assert_eq!(channel.says(SAM, "HELP").await, "", "{before:?} {word}");
            channel.says(SAM, "UNSTOP").await;
            let after = channel.says(SAM, "1").await;
            assert!(
                !after.contains("You are registered"),
                "no conversation goes on: {after}"
            );
        }
    }
}

#[tokio::test]
async fn an_opted_out_hiker_still_acts_and_hears_nothing() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    channel.says(SAM, "STOP").await;
    for text in [
        "CHECKIN PELIO",
        "SAFE 0491570313 Dad",
        "STATUS",
        "anything",
        "pelio",
    ] {
        assert_eq!(channel.says(SAM, text).await, "", "{text}");
    }
    assert_eq!(channel.safety_messages().len(), 1);
    let back = channel.says(SAM, "YES").await;
    assert!(back.contains("get texts from Thunderbird again"), "{back}");
    let list = channel.says(SAM, "SAFELIST").await;
    assert!(list.starts_with("2 contacts:"), "{list}");
}

#[tokio::test]
async fn numbers_of_other_regions_are_not_answered_and_cannot_register() {
    let channel = channel();
    for text in ["HELP", "START", "Sam", "1", "STATUS", "anything"] {
        assert_eq!(channel.says("+12025550123", text).await, "", "{text}");
    }
    assert!(
        channel
            .store
            .by_phone(&number("+12025550123"))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn the_pointer_to_help_comes_once_in_ten_minutes() {
    let channel = channel();
    assert!(channel.says(SAM, "hello").await.contains("Text HELP"));
    channel.wait(9);
    assert_eq!(channel.says(SAM, "is anybody there").await, "");
    channel.wait(2);
    assert!(channel.says(SAM, "hello?").await.contains("call 000"));
}

#[tokio::test]
async fn over_the_limit_is_told_once_and_passes() {
    let channel = channel();
    for _ in 0..10 {
        assert!(!channel.says(SAM, "STATUS").await.is_empty());
    }
    channel.wait(20);
    let told = channel.says(SAM, "ROUTE").await;
    assert!(told.contains("try again in 40 minutes"), "{told}");
    assert_eq!(channel.says(SAM, "ROUTE").await, "");
    for exempt in ["HELP", "START", "CHECKIN PELIO"] {
        assert!(!channel.says(SAM, exempt).await.is_empty(), "{exempt}");
    }
    channel.wait(41);
    assert!(channel.says(SAM, "ROUTE").await.contains("START"));
}

#[tokio::test]
async fn a_hiker_has_six_times_the_limit_and_the_loop_guard_watches() {
    let channel = channel().registered(SAM).await;
    let mut answered = 0;
    for turn in 0..70 {
        answered += usize::from(
            channel
                .says(SAM, &format!("ROUTE {}", turn % 90 + 1))
                .await
                .contains("Overland"),
        );
    }
    assert_eq!(answered, 60 - 2, "two answers went into onboarding");
    let machine = self::channel().registered(DAD).await;
    for turn in 0..40 {
        let said = machine.says(DAD, "STATUS").await;
        assert_eq!(said.is_empty(), turn >= 30, "{turn}");
    }
    assert!(!machine.says(DAD, "CHECKIN PELIO").await.is_empty());
}

#[tokio::test]
async fn the_carrier_s_own_answers_are_not_doubled() {
    let channel = channel().registered(SAM).await;
    assert_eq!(channel.says_with(SAM, "HELP", CarrierVerdict::Help).await, "");
    assert_eq!(channel.says_with(SAM, "STOP", CarrierVerdict::Stop).await, "");
    assert_eq!(channel.says(SAM, "STATUS").await, "");
    assert!(
        channel
            .says_with(SAM, "START", CarrierVerdict::Start)
            .await
            .contains("registered as Sam")
    );
    assert_eq!(channel.says_with(SAM, "Arret", CarrierVerdict::Stop).await, "");
    assert_eq!(
        channel.says_with(SAM, "Commencer", CarrierVerdict::Start).await,
        ""
    );
    assert!(channel.says(SAM, "STATUS").await.contains("Sam"));
}

#[tokio::test]
async fn every_command_answers_a_hiker_and_sends_a_stranger_to_start() {
    for verb in Verb::ALL {
        for word in verb.entry().words {
            let stranger = channel().says(SAM, word).await;
            assert!(!stranger.is_empty(), "{word}");
            let hiker = channel().registered(SAM).await.says(SAM, word).await;
            assert!(
                !hiker.is_empty() && !hiker.contains("Not understood"),
                "{word}: {hiker}"
            );
            let usage = verb
                .entry()
                .usage
                .replace("<camp code>", "PELIO")
                .replace("<phone> [name]", "0491570110");
            if verb.entry().who == Who::Registered && usage != verb.entry().usage {
                let refused = channel().says(SAM, &usage).await;
                assert!(refused.contains("Text START to register"), "{usage}: {refused}");
            }
        }
    }
}

#[tokio::test]
async fn a_command_s_word_never_becomes_a_name() {
    for verb in Verb::ALL {
        for word in verb.entry().words {
            let channel = channel();
            channel.says(SAM, "START").await;
            let said = channel.says(SAM, word).await;
            assert!(
                said.contains("trail name"),
                "{word}: the question is asked again: {said}"
            );
            let menu = channel.says(SAM, "Sam").await;
            assert!(menu.contains("Overland"), "{word}: {menu}");
        }
    }
}
