//! Prose: 100,000 lines that people could text, of which no line checks in, texts a contact, or changes a promise.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    audit::Actor,
    budget::{Budgets, SendingLimits},
    deadline::{Deadline, Hiker, Hold, NewDeadline, SetBy, State, StoredDeadline, TripWords, Watched},
    id::DeadlineId,
    moment::Moment,
    outgoing::Outgoing,
    phone_number::{Region, TextableRegions},
    port::Revision,
    random::Tag,
    route::{RouteCatalogue as _, RouteId},
    sms::{
        command::ParsedText,
        context::{Prepared, SmsRules, TextContext},
        decide::decide,
        inbound::{InboundMessage, MessageSid, Sender, SenderState, TokenFingerprint},
        keyword::CarrierKeywords,
    },
    time::Timestamp,
    user::{
        Contact, ContactName, Conversation, Step, StoredConversation, StoredUser, TrailName, User, UserId,
        set_promise,
    },
};
use thunderbird_testkit::{catalogue::MemoryCatalogue, crypto::TestMacs, memory::MemoryStore};

use crate::{MUM, OURS, SAM, number};

const LINES: usize = 100_000;
const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// Words of hikers, among them codes, names of camps, and the words of commands.
const WORDS: &str = "we I am are at the hut Pelion PELIO pelio checkin check in checked Windermere WINDM Kia Ora kiaor \
                     Ronny RONNY water WATER running out of wind is extreme cut my leg badly and need to rest will \
                     tomorrow safe Safe name route status start stop late ok good lovely rain snow tent dinner with \
                     Mum call me when you can please thanks camp CHECKIN link confirm back home now not yet OUT due ETA \
                     acting FOUND ready decline off OF soon again seen fine overdue Sunday FRI tomorrow 6PM 18:30 6 noon \
                     22 Nov 2h 90M hours 1H30 1 2";

/// The words that a promise is moved with.
const VERBS: [&str; 11] = [
    "OUT", "due", "ETA", "LATE", "late", "BACK", "back", "acting", "ACK", "FOUND", "ready",
];

/// What may follow OUT if it is to set a time, or to withdraw it.
const OF_OUT: &[&str] = &[
    "SUNDAY", "FRI", "TOMORROW", "6PM", "18:30", "6", "NOON", "22", "NOV", "1", "2", "OFF", "NOW",
];

/// What may follow LATE if it is to move the time.
const OF_LATE: &[&str] = &["2H", "90M", "1H30", "1", "2", "6", "22", "HOURS"];

fn hiker() -> StoredUser {
    StoredUser {
        id: UserId::from_stored(1),
        revision: Revision::At(1),
        user: User {
            phone: number(SAM),
            trail_name: TrailName::parse("Sam").unwrap(),
            route: RouteId::from_stored("overland_track"),
            position: None,
            contacts: vec![Contact {
                id: None,
                phone: number(MUM),
                name: ContactName::clean("Mum"),
                created_at: Timestamp::EPOCH,
                email: None,
            }],
            account: None,
            started_at: Timestamp::EPOCH,
            shows_number: false,
        },
        opted_out_contacts: Vec::new(),
        ready_contacts: Vec::new(),
        stopped_mails: Vec::new(),
        troubles: Vec::new(),
        deadline: None,
        call: None,
    }
}

/// Whether the line is the exact command after all: CHECKIN in one word or two, and one word more; or a word of a
/// promise with nothing after it that does not belong to it.
fn is_exact_command(line: &str) -> bool {
    let said = line.to_ascii_uppercase();
    let code = said
        .strip_prefix("CHECKIN ")
        .or_else(|| said.strip_prefix("CHECK IN "));
    if code.is_some_and(|code| !code.contains(' ')) {
        return true;
    }
    let (verb, rest) = said.split_once(' ').unwrap_or((said.as_str(), ""));
    let all = |known: &[&str]| rest.split(' ').all(|word| known.contains(&word));
    match verb {
        "OUT" | "DUE" | "ETA" => all(OF_OUT),
        "LATE" => all(OF_LATE),
        // A guess of trip words is judged before anything is decided, and counted.
        "BACK" => rest.is_empty() || TripWords::in_tail(rest).is_some(),
        "ACTING" | "ACK" | "FOUND" => rest.is_empty() || all(&["1", "2", "6", "22"]),
        _ => false,
    }
}

/// A sequence of numbers that is the same in every run.
fn next(seed: &mut u64) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 40).unwrap()
}

/// A line of two to nine words; of three, six and nine words it begins with a word of a promise.
fn line(words: &[&str], seed: &mut u64) -> String {
    let length = 2 + next(seed) % 8;
    let mut chosen: Vec<&str> = (0..length)
        .filter_map(|_| words.get(next(seed) % words.len()).copied())
        .collect();
    let verb = VERBS
        .get(next(seed) % VERBS.len())
        .filter(|_| length.is_multiple_of(3));
    if let (Some(first), Some(verb)) = (chosen.first_mut(), verb) {
        *first = verb;
    }
    chosen.join(" ")
}

fn rules() -> SmsRules {
    let region = Region::parse("AU").unwrap();
    SmsRules {
        pagers: thunderbird_domain::page::Pagers::default(),
        region,
        textable: TextableRegions::new(vec![region]),
        carrier_keywords: CarrierKeywords::Own,
        contacts_page: None,
        answers_per_hour: 10,
        calls: false,
    }
}

/// Everything that the sender may still make us text.
fn budget() -> Prepared {
    let budgets = Budgets {
        limiter: Arc::new(MemoryStore::default()),
        macs: Arc::new(TestMacs::default()),
        limits: SendingLimits::default(),
    };
    Prepared::Budget(Box::new(budgets.unspent((&number(SAM), None), [&number(MUM)])))
}

/// Somebody who texts, and what is known of them.
struct Speaker {
    phone: &'static str,
    state: SenderState,
}

/// A promise that was to be kept `late` after or `early` before now, as it stands now.
fn promise(early: Duration, late: Duration) -> Deadline {
    let hiker = hiker();
    let routes = MemoryCatalogue::tasmania();
    let new = NewDeadline {
        due_at: NOW.plus(early).minus(late),
        zone: routes.find(&hiker.user.route).unwrap().time_zone().clone(),
        set_by: SetBy::Text,
        plan: None,
    };
    let moment = Moment {
        at: NOW.minus(Duration::from_hours(24)),
        seed: Tag::from_bytes([5; 16]),
        actor: Actor::System,
    };
    let set = set_promise(&hiker, new, &rules().textable, &moment);
    let mut deadline = set.promise().unwrap().clone();
    while let Some(due_at) = deadline.next_due_at().filter(|due_at| *due_at <= NOW) {
        deadline = deadline.step(due_at, Hold::Nothing).unwrap().deadline;
        deadline.alert([(number(MUM), "Mum".to_owned())], due_at);
    }
    deadline
}

fn stored(deadline: Deadline) -> StoredDeadline {
    StoredDeadline {
        id: DeadlineId::from_stored(1),
        revision: Revision::At(1),
        deadline,
    }
}

/// A hiker without a promise and at a prompt, with a promise in each of its states, and a contact who was alerted.
fn speakers() -> Vec<Speaker> {
    let at_prompt = StoredConversation {
        revision: Revision::At(1),
        conversation: Conversation::asking(Step::Name { again: false }, NOW),
    };
    let promises = [
        (Duration::from_hours(6), Duration::ZERO, State::Armed),
        (Duration::ZERO, Duration::from_mins(10), State::Asking),
        (Duration::ZERO, Duration::from_mins(90), State::Alarmed),
    ];
    let open = promises.map(|(early, late, state)| {
        let deadline = promise(early, late);
        assert_eq!(deadline.state(), state);
        Some(stored(deadline))
    });
    let hiker_with = |deadline, conversation| Speaker {
        phone: SAM,
        state: SenderState {
            user: Some(StoredUser { deadline, ..hiker() }),
            conversation,
            ..SenderState::default()
        },
    };
    let alarmed = open.last().cloned().flatten().unwrap();
    let alerted = Speaker {
        phone: MUM,
        state: SenderState {
            alarms: vec![Watched {
                stored: alarmed,
                beside: None,
                hiker: Hiker {
                    trail_name: "Sam".to_owned(),
                    contacts: hiker().watchers(),
                    last_check_in: None,
                    last_heard: None,
                    stopped: None,
                    has_ended: false,
                },
            }],
            ..SenderState::default()
        },
    };
    let mut speakers = vec![hiker_with(None, None), hiker_with(None, Some(at_prompt)), alerted];
    speakers.extend(open.map(|deadline| hiker_with(deadline, None)));
    speakers
}

/// Whether the text of this sender checks in, changes a promise, or sends a text to somebody else.
fn tells(
    body: &str,
    speaker: &Speaker,
    (rules, routes, prepared): (&SmsRules, &MemoryCatalogue, &Prepared),
) -> bool {
    let (phone, text) = (number(speaker.phone), ParsedText::parse(body));
    let message = InboundMessage {
        sid: MessageSid::parse("SM0123456789abcdef0123456789abcdef").unwrap(),
        from: Sender::Number(phone.clone()),
        to: number(OURS),
        body: body.to_owned(),
        media: 0,
        verdict: None,
        signed_by: TokenFingerprint::of("token"),
    };
    let decided = decide(&TextContext {
        message: &message,
        text: &text,
        phone: &phone,
        sender: &speaker.state,
        answering: rules.answering(&phone, &speaker.state, false),
        prepared,
        rules,
        has_forecasts: false,
        routes,
        at: NOW,
        seed: Tag::from_bytes([7; 16]),
    });
    let effects = decided.decision.effects;
    let checks_in = effects.user.is_some_and(|change| change.check_in.is_some());
    let mut outgoing = effects.outgoing.iter();
    checks_in
        || !effects.deadlines.is_empty()
        || outgoing.any(|item| !matches!(item, Outgoing::Text(text) if text.to == phone))
}

#[test]
fn of_100_000_lines_of_prose_no_line_checks_in_texts_a_contact_or_changes_a_promise() {
    let (rules, routes, budget) = (rules(), MemoryCatalogue::tasmania(), budget());
    let given = (&rules, &routes, &budget);
    let speakers = speakers();
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let (mut seed, mut played) = (1, 0);
    while played < LINES {
        let body = line(&words, &mut seed);
        if is_exact_command(&body) {
            continue;
        }
        let speaker = &speakers[played % speakers.len()];
        assert!(
            !tells(&body, speaker, given),
            "{body:?} in state {}",
            played % speakers.len()
        );
        played += 1;
    }
    let [free, _, alerted, armed, asking, alarmed] = speakers.as_slice() else {
        panic!("six states")
    };
    for (speaker, exact) in [
        (free, "CHECKIN PELIO"),
        (free, "OUT FRI 6PM"),
        (armed, "out off"),
        (armed, "LATE 2H"),
        (asking, "BACK"),
        (asking, "CHECKIN PELIO"),
        (alarmed, "due tomorrow noon"),
        (alerted, "ACTING"),
        (alerted, "found 1"),
    ] {
        assert!(
            is_exact_command(exact) && tells(exact, speaker, given),
            "{exact} is a control"
        );
    }
}
