//! A text of a sender in some state, and what it leads to.

use std::sync::{Arc, LazyLock};

use thunderbird_adapters::catalogue::FileCatalogue;
use thunderbird_domain::{
    budget::{Budgets, SendingLimits},
    opt_out::OptOutChange,
    outgoing::{Class, Outgoing},
    phone_number::{PhoneNumber, Region, TextableRegions},
    port::Revision,
    random::Tag,
    route::{RouteCatalogue as _, RouteId},
    sms::{
        body::segments,
        command::ParsedText,
        context::{Prepared, SmsRules, TextContext},
        decide::decide,
        decision::Decision,
        inbound::{
            CarrierVerdict, InboundMessage, MessageSid, Sender, SenderHistory, SenderState, TokenFingerprint,
        },
        keyword::{CarrierKeywords, STOP_WORDS},
        parts::{MAX_SEGMENTS, parts},
    },
    time::Timestamp,
    user::{
        Contact, ContactName, Conversation, Position, Step, StoredConversation, StoredUser, TrailName, User,
        UserId,
    },
};
use thunderbird_testkit::{crypto::TestMacs, memory::MemoryStore};

use crate::{
    command::{camp_of, words},
    input,
};

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);
const ROUTE: &str = "overland_track";

static ROUTES: LazyLock<FileCatalogue> = LazyLock::new(|| FileCatalogue::load(None).unwrap());
static RULES: LazyLock<SmsRules> = LazyLock::new(|| {
    let [home, neighbour] = ["AU", "NZ"].map(|code| Region::parse(code).unwrap());
    SmsRules {
        pagers: thunderbird_domain::page::Pagers::default(),
        region: home,
        textable: TextableRegions::new(vec![home, neighbour]),
        carrier_keywords: CarrierKeywords::Own,
        contacts_page: None,
        answers_per_hour: 10,
        calls: false,
    }
});

/// First line: two bytes that choose the state of the sender. The rest: the text's body.
pub fn check(bytes: &[u8]) {
    let (chosen, body) = input::first_line(bytes);
    let chosen = [chosen.first(), chosen.get(1)].map(|byte| byte.copied().unwrap_or(b'r'));
    let body = input::text(body);
    let sender = sender(chosen);
    let message = InboundMessage {
        sid: MessageSid::parse("SM0123456789abcdef0123456789abcdef").unwrap(),
        from: Sender::Number(number("+61491570006")),
        to: number("+61491579455"),
        body: body.clone().into_owned(),
        media: 0,
        verdict: verdict(chosen[1]),
        signed_by: TokenFingerprint::of("token"),
    };
    let (phone, text) = (number("+61491570006"), ParsedText::parse(&body));
    let context = TextContext {
        message: &message,
        text: &text,
        phone: &phone,
        sender: &sender,
        answering: RULES.answering(&phone, &sender, text.lifts_opt_out(message.verdict)),
        prepared: &prepared(&sender),
        rules: &RULES,
        has_forecasts: false,
        routes: &*ROUTES,
        at: NOW,
        seed: Tag::from_bytes([7; 16]),
    };
    let decided = decide(&context);
    assert_eq!(decided, decide(&context), "the same text is decided alike");
    moves_only_by_the_exact_form(&body, &context, &decided.decision);
    stops(&body, &context, &decided.decision);
    for part in decided.decision.reply.iter().flat_map(|reply| parts(reply)) {
        assert!(segments(&part) <= MAX_SEGMENTS, "{part:?}");
    }
}

fn number(e164: &str) -> PhoneNumber {
    PhoneNumber::from_e164(e164).unwrap()
}

fn verdict(chosen: u8) -> Option<CarrierVerdict> {
    match chosen {
        b'S' => Some(CarrierVerdict::Stop),
        b'T' => Some(CarrierVerdict::Start),
        b'H' => Some(CarrierVerdict::Help),
        _ => None,
    }
}

/// `u`: a stranger, `r`: a hiker, `o`: one who is opted out, `p`: one at a camp; `c`, `n`, `m`: at a prompt.
fn sender([who, history]: [u8; 2]) -> SenderState {
    let step = match who {
        b'c' => Some(Step::Change),
        b'n' => Some(Step::Name { again: false }),
        b'm' => Some(Step::Route {
            name: TrailName::parse("Sam").unwrap(),
            again: false,
        }),
        _ => None,
    };
    let conversation = step.map(|step| StoredConversation {
        revision: Revision::At(1),
        conversation: Conversation::asking(step, NOW),
    });
    let busy = history == b'b';
    SenderState {
        user: (!matches!(who, b'u' | b'n' | b'm')).then(|| hiker(who == b'p')),
        contact_of: Vec::new(),
        conversation,
        opted_out: who == b'o',
        first_answer: Vec::new(),
        linked_account: None,
        alarms: Vec::new(),
        history: SenderHistory {
            answers: if busy { 100 } else { 0 },
            told_limit: busy,
            hinted: history == b'h',
            ..SenderHistory::default()
        },
    }
}

/// Everything that the sender may still make us text.
fn prepared(sender: &SenderState) -> Prepared {
    let Some(hiker) = &sender.user else {
        return Prepared::Nothing;
    };
    let budgets = Budgets {
        limiter: Arc::new(MemoryStore::default()),
        macs: Arc::new(TestMacs::default()),
        limits: SendingLimits::default(),
    };
    let contacts = hiker.user.contacts.iter().map(|contact| &contact.phone);
    Prepared::Budget(Box::new(budgets.unspent((&hiker.user.phone, None), contacts)))
}

fn hiker(at_a_camp: bool) -> StoredUser {
    let contacts = ["+61491570110", "+61491570313"].map(|phone| Contact {
        id: None,
        phone: number(phone),
        name: ContactName::clean("Mum"),
        created_at: Timestamp::EPOCH,
        email: None,
    });
    StoredUser {
        id: UserId::from_stored(1),
        revision: Revision::At(1),
        user: User {
            phone: number("+61491570006"),
            trail_name: TrailName::parse("Sam").unwrap(),
            route: RouteId::parse(ROUTE).unwrap(),
            position: at_a_camp.then(|| Position {
                code: "RONNY".to_owned(),
                at: NOW,
            }),
            contacts: contacts.to_vec(),
            account: None,
            started_at: Timestamp::EPOCH,
            shows_number: false,
        },
        opted_out_contacts: Vec::new(),
        ready_contacts: Vec::new(),
        stopped_mails: Vec::new(),
        deadline: None,
        call: None,
        troubles: Vec::new(),
    }
}

fn moves_only_by_the_exact_form(body: &str, context: &TextContext<'_>, decision: &Decision) {
    let tells = decision.effects.outgoing.iter().any(|outgoing| match outgoing {
        Outgoing::Text(text) | Outgoing::Newest(text) => text.class == Class::Safety,
        Outgoing::Mail(_) | Outgoing::Page(_) => true,
    });
    let change = decision.effects.user.as_ref();
    let checked_in = change.and_then(|change| change.check_in.as_ref());
    assert_eq!(tells, checked_in.is_some(), "{body:?}");
    if let Some(check_in) = checked_in {
        assert_eq!(
            camp_of(&context.text.typed).as_ref(),
            Some(&check_in.camp_code),
            "{body:?}"
        );
        let route = ROUTES.find(&check_in.route).unwrap();
        assert!(route.camp(&check_in.camp_code).is_some(), "{body:?}");
        return;
    }
    let before = context.sender.user.as_ref().map(|stored| &stored.user);
    if let (Some(before), Some(after)) = (before, change.map(|change| &change.state))
        && before.route == after.route
    {
        assert_eq!(before.position, after.position, "{body:?}");
    }
}

fn stops(body: &str, context: &TextContext<'_>, decision: &Decision) {
    let read = words(body);
    let by_text = matches!(read.as_slice(), [word] if STOP_WORDS.contains(&word.as_str()));
    let recorded = matches!(decision.effects.opt_out, Some(OptOutChange::Record { .. }));
    if by_text || context.message.verdict == Some(CarrierVerdict::Stop) {
        assert!(recorded || context.sender.opted_out, "{body:?}");
        assert!(
            decision.effects.outgoing.is_empty() && decision.effects.user.is_none(),
            "{body:?}"
        );
    } else {
        assert!(!recorded, "{body:?}");
    }
}
