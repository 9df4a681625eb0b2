//! Prose: 100,000 lines that people could text, of which no line checks in and no line texts a contact.

use std::sync::Arc;

use thunderbird_domain::{
    budget::{Budgets, SendingLimits},
    outgoing::Outgoing,
    phone_number::{Region, TextableRegions},
    port::Revision,
    random::Tag,
    route::RouteId,
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
                     Mum call me when you can please thanks camp CHECKIN link confirm back home now not yet";

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
            }],
            account: None,
            started_at: Timestamp::EPOCH,
        },
        opted_out_contacts: Vec::new(),
        ready_contacts: Vec::new(),
        troubles: Vec::new(),
        deadline: None,
    }
}

/// Whether the line is the exact command after all: CHECKIN in one word or two, and one word more.
fn is_exact_command(line: &str) -> bool {
    let said = line.to_ascii_uppercase();
    let code = said
        .strip_prefix("CHECKIN ")
        .or_else(|| said.strip_prefix("CHECK IN "));
    code.is_some_and(|code| !code.contains(' '))
}

/// A sequence of numbers that is the same in every run.
fn next(seed: &mut u64) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 40).unwrap()
}

/// A line of two to nine words.
fn line(words: &[&str], seed: &mut u64) -> String {
    let length = 2 + next(seed) % 8;
    let chosen: Vec<&str> = (0..length)
        .filter_map(|_| words.get(next(seed) % words.len()).copied())
        .collect();
    chosen.join(" ")
}

fn rules() -> SmsRules {
    let region = Region::parse("AU").unwrap();
    SmsRules {
        region,
        textable: TextableRegions::new(vec![region]),
        carrier_keywords: CarrierKeywords::Own,
        answers_per_hour: 10,
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

/// Whether the text of this sender checks in, or sends a text to somebody else.
fn tells(
    body: &str,
    sender: &SenderState,
    (rules, routes, prepared): (&SmsRules, &MemoryCatalogue, &Prepared),
) -> bool {
    let (phone, text) = (number(SAM), ParsedText::parse(body));
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
        sender,
        answering: rules.answering(&phone, sender, false),
        prepared,
        rules,
        routes,
        at: NOW,
        seed: Tag::from_bytes([7; 16]),
    });
    let effects = decided.decision.effects;
    let checks_in = effects.user.is_some_and(|change| change.check_in.is_some());
    let mut outgoing = effects.outgoing.iter();
    checks_in || outgoing.any(|item| !matches!(item, Outgoing::Text(text) if text.to == phone))
}

#[test]
fn of_100_000_lines_of_prose_no_line_checks_in_or_texts_a_contact() {
    let (rules, routes, budget) = (rules(), MemoryCatalogue::tasmania(), budget());
    let at_prompt = StoredConversation {
        revision: Revision::At(1),
        conversation: Conversation::asking(Step::Name { again: false }, NOW),
    };
    let [free, asked] = [None, Some(at_prompt)].map(|conversation| SenderState {
        user: Some(hiker()),
        conversation,
        ..SenderState::default()
    });
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let (mut seed, mut played) = (1, 0);
    while played < LINES {
        let body = line(&words, &mut seed);
        if is_exact_command(&body) {
            continue;
        }
        played += 1;
        let sender = if played % 2 == 0 { &free } else { &asked };
        assert!(!tells(&body, sender, (&rules, &routes, &budget)), "{body:?}");
    }
    assert!(
        tells("CHECKIN PELIO", &free, (&rules, &routes, &budget)),
        "the exact command is the control"
    );
}
