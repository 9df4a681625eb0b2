//! What every store of inbound texts promises.

use std::time::Duration;

use thunderbird_domain::{
    audit::{Actor, AuditEvent, Subject},
    opt_out::{OptOutChange, OptOutSource, OptOuts},
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::PhoneNumber,
    port::Revision,
    privacy::{METADATA_KEPT, PrivacyStore, RetentionCutoffs},
    sms::{
        decision::Effects,
        inbound::{
            InboundMessage, Inbox, LIMIT_WINDOW, MessageSid, ReceiveText, Received, Reply, ReplyPart,
            ReplyState, Sender, SenderState, TextDigest, TextOutcome, TokenFingerprint,
        },
    },
    time::Timestamp,
    user::{Conversation, ConversationChange, Step, TrailName},
};

use super::user::{number, registration, tag};

pub(super) const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// The promises of [`Inbox`].
pub async fn inbox<S: Inbox + OptOuts + PrivacyStore + Clone + 'static>(empty: impl AsyncFn() -> S) {
    a_sid_acts_once_and_is_answered_alike(&empty().await).await;
    a_sid_stands_for_one_text(&empty().await).await;
    a_sid_is_forgotten_when_nothing_believed_could_have_signed_it(&empty().await).await;
    a_withheld_answer_is_withheld_from_copies_too(&empty().await).await;
    everything_is_stored_with_the_text(&empty().await).await;
    nothing_is_stored_when_anything_is_stale(&empty().await).await;
    a_decision_on_an_older_view_of_the_sender_is_stale(&empty().await).await;
    a_conversation_is_replaced_and_ended(&empty().await).await;
    history_counts_what_limits_ask_for(&empty().await).await;
    a_name_is_kept_and_never_stale(&empty().await).await;
    of_many_copies_at_once_one_acts(empty().await).await;
}

/// A text of the number.
pub(crate) fn message(phone: &PhoneNumber, sid: u32, body: &str) -> InboundMessage {
    InboundMessage {
        sid: MessageSid::parse(&format!("SM{sid:032x}")).unwrap(),
        from: Sender::Number(phone.clone()),
        to: number(99),
        body: body.into(),
        media: 0,
        verdict: None,
        signed_by: TokenFingerprint::of("token"),
    }
}

/// A text that is answered and does nothing. Its sid and tags are made of `sid`.
pub(crate) fn text(phone: &PhoneNumber, sid: u32, sender: &SenderState) -> ReceiveText {
    let tagged = |purpose| tag(0).derived(purpose, sid as usize);
    ReceiveText {
        message: message(phone, sid, "HELP"),
        tag: tagged("text"),
        body: Words::Plain("HELP".into()),
        at: START,
        texted_at: None,
        sender: sender.user.as_ref().map(|stored| stored.id),
        command: Some("HELP"),
        outcome: TextOutcome::Answered,
        after: sender.history.newest,
        reply: vec![
            ReplyPart {
                tag: tagged("reply one"),
                words: Words::Plain(format!("answer {sid}, one")),
            },
            ReplyPart {
                tag: tagged("reply two"),
                words: Words::Plain(format!("answer {sid}, two")),
            },
        ],
        reply_state: ReplyState::Replied,
        effects: Effects::default(),
    }
}

pub(crate) async fn known(store: &impl Inbox, phone: &PhoneNumber, at: Timestamp) -> SenderState {
    let digest = TextDigest::of(&message(phone, 0, "HELP"));
    store.sender_state(phone, digest, at).await.unwrap()
}

async fn a_sid_acts_once_and_is_answered_alike(store: &impl Inbox) {
    let phone = number(6);
    let first = text(&phone, 1, &SenderState::default());
    let said = Reply {
        parts: first.reply.clone(),
    };
    assert_eq!(
        store.commit(first.clone()).await.unwrap(),
        Received::Stored(said.clone())
    );
    let mut copy = text(&phone, 1, &known(store, &phone, START).await);
    copy.tag = tag(77);
    copy.reply[0].words = Words::Plain("another answer".into());
    copy.effects.opt_out = Some(OptOutChange::Record {
        phone: phone.clone(),
        source: OptOutSource::Text,
        at: START,
    });
    assert_eq!(store.commit(copy).await.unwrap(), Received::Duplicate(said));
    let now = known(store, &phone, START).await;
    assert!(!now.opted_out, "a copy has no effect");
    assert_eq!(now.history.answers, 1);
}

async fn a_sid_is_forgotten_when_nothing_believed_could_have_signed_it(store: &(impl Inbox + PrivacyStore)) {
    let phone = number(6);
    let mut first = text(&phone, 1, &SenderState::default());
    first.message.signed_by = TokenFingerprint::of("old");
    let stored = async |text| matches!(store.commit(text).await.unwrap(), Received::Stored(_));
    assert!(stored(first).await);
    let second = text(&phone, 2, &known(store, &phone, START).await);
    assert!(stored(second).await);
    let [old, token] = ["old", "token"].map(TokenFingerprint::of);
    let after = START.plus(Duration::from_micros(1));
    let forget = async |before, believed: &[_]| {
        let mut gone = 0;
        loop {
            match store.forget_sids(before, believed.to_vec()).await.unwrap() {
                0 => return gone,
                some => gone += some,
            }
        }
    };
    assert_eq!(forget(START, &[]).await, 0, "too young");
    assert_eq!(
        forget(after, &[old, token]).await,
        0,
        "could still be played again"
    );
    assert_eq!(forget(after, &[token]).await, 1);
    assert_eq!(forget(after, &[token]).await, 0);
    let cutoffs = RetentionCutoffs::at(after.plus(METADATA_KEPT));
    while store.forget(cutoffs).await.unwrap() > 0 {}
    let mut again = text(&phone, 1, &known(store, &phone, START).await);
    again.tag = tag(78);
    again
        .reply
        .iter_mut()
        .zip(79..)
        .for_each(|(part, number)| part.tag = tag(number));
    assert!(stored(again).await);
    let copy = text(&phone, 2, &known(store, &phone, START).await);
    assert!(matches!(
        store.commit(copy).await.unwrap(),
        Received::Duplicate(_)
    ));
}

async fn a_sid_stands_for_one_text(store: &impl Inbox) {
    let phone = number(6);
    let _ = store
        .commit(text(&phone, 1, &SenderState::default()))
        .await
        .unwrap();
    let view = known(store, &phone, START).await;
    let other = |edit: fn(&mut InboundMessage)| {
        let mut other = text(&phone, 1, &view);
        edit(&mut other.message);
        other
    };
    for reused in [
        other(|message| message.body = "STOP".into()),
        other(|message| message.from = Sender::Number(number(10))),
        other(|message| message.to = number(98)),
    ] {
        assert_eq!(store.commit(reused).await.unwrap(), Received::SidReused);
    }
    let signed_anew = other(|message| message.signed_by = TokenFingerprint::of("the next token"));
    assert!(matches!(
        store.commit(signed_anew).await.unwrap(),
        Received::Duplicate(_)
    ));
}

async fn a_withheld_answer_is_withheld_from_copies_too(store: &impl Inbox) {
    let phone = number(6);
    let mut withheld = text(&phone, 1, &SenderState::default());
    withheld.reply_state = ReplyState::Withheld;
    assert_eq!(
        store.commit(withheld.clone()).await.unwrap(),
        Received::Stored(Reply::default())
    );
    assert_eq!(
        store.commit(withheld).await.unwrap(),
        Received::Duplicate(Reply::default())
    );
}

/// A text that registers its sender, opts another number out, and queues and audits something.
fn busy(phone: &PhoneNumber) -> ReceiveText {
    let mut busy = text(phone, 1, &SenderState::default());
    let changes = &mut busy.effects;
    changes.user = Some(registration(phone, 40));
    changes.conversation = Some(ConversationChange {
        phone: phone.clone(),
        replaces: Revision::Absent,
        state: Some(Conversation::asking(Step::Name { again: false }, START)),
    });
    changes.opt_out = Some(OptOutChange::Record {
        phone: number(10),
        source: OptOutSource::Carrier,
        at: START,
    });
    changes.outgoing = vec![Outgoing::Text(OutgoingText {
        tag: tag(41),
        to: phone.clone(),
        class: Class::Notice,
        words: Words::Plain("the guide".into()),
        not_before: START,
        expires_at: START.plus(Duration::from_hours(6)),
        user: None,
    })];
    changes.audit = vec![AuditEvent::new(
        START,
        Actor::Anonymous,
        "user.registered",
        Subject::Stored,
    )];
    busy
}

async fn everything_is_stored_with_the_text(store: &(impl Inbox + OptOuts)) {
    let phone = number(6);
    assert!(matches!(
        store.commit(busy(&phone)).await.unwrap(),
        Received::Stored(_)
    ));
    let now = known(store, &phone, START).await;
    assert_eq!(now.user.unwrap().user, registration(&phone, 40).state);
    assert_eq!(
        now.conversation.unwrap().conversation,
        Conversation::asking(Step::Name { again: false }, START)
    );
    assert!(!now.opted_out);
    assert!(store.is_opted_out(&number(10)).await.unwrap());
}

async fn nothing_is_stored_when_anything_is_stale(store: &(impl Inbox + OptOuts)) {
    let phone = number(6);
    let stale_user = {
        let mut stale = busy(&phone);
        stale.effects.user.as_mut().unwrap().replaces = Revision::At(3);
        stale
    };
    let stale_conversation = {
        let mut stale = busy(&phone);
        stale.effects.conversation.as_mut().unwrap().replaces = Revision::At(3);
        stale
    };
    for stale in [stale_user, stale_conversation] {
        assert_eq!(store.commit(stale).await.unwrap(), Received::Stale);
        assert_eq!(known(store, &phone, START).await, SenderState::default());
        assert!(!store.is_opted_out(&number(10)).await.unwrap());
    }
    assert!(
        matches!(store.commit(busy(&phone)).await.unwrap(), Received::Stored(_)),
        "the sid is still free"
    );
}

async fn a_decision_on_an_older_view_of_the_sender_is_stale(store: &impl Inbox) {
    let phone = number(6);
    let view = known(store, &phone, START).await;
    let _ = store.commit(text(&phone, 1, &view)).await.unwrap();
    assert_eq!(
        store.commit(text(&phone, 2, &view)).await.unwrap(),
        Received::Stale
    );
    let other = text(&number(10), 3, &SenderState::default());
    assert!(
        matches!(store.commit(other).await.unwrap(), Received::Stored(_)),
        "another sender is not concerned"
    );
    let view = known(store, &phone, START).await;
    assert!(matches!(
        store.commit(text(&phone, 2, &view)).await.unwrap(),
        Received::Stored(_)
    ));
}

async fn a_conversation_is_replaced_and_ended(store: &impl Inbox) {
    let phone = number(6);
    let name = TrailName::parse("Sam").unwrap();
    let steps = [
        Some(Step::Name { again: false }),
        Some(Step::Name { again: true }),
        Some(Step::ConfirmName { name: name.clone() }),
        Some(Step::Route { name, again: true }),
        Some(Step::Change),
        None,
        Some(Step::Name { again: false }),
    ];
    for (sid, step) in (1..).zip(steps) {
        let view = known(store, &phone, START).await;
        let mut next = text(&phone, sid, &view);
        let expected =
            step.map(|step| Conversation::asking(step, START.plus(Duration::from_secs(sid.into()))));
        next.effects.conversation = Some(ConversationChange {
            phone: phone.clone(),
            replaces: view
                .conversation
                .map_or(Revision::Absent, |stored| stored.revision),
            state: expected.clone(),
        });
        assert!(matches!(store.commit(next).await.unwrap(), Received::Stored(_)));
        let stands = known(store, &phone, START)
            .await
            .conversation
            .map(|stored| stored.conversation);
        assert_eq!(stands, expected);
    }
}

async fn history_counts_what_limits_ask_for(store: &impl Inbox) {
    let phone = number(6);
    let minutes = |minutes: u64| START.plus(Duration::from_mins(minutes));
    for (sid, (at, outcome)) in (1..).zip([
        (0, TextOutcome::Answered),
        (10, TextOutcome::Answered),
        (20, TextOutcome::Hinted),
        (30, TextOutcome::Exempt),
        (40, TextOutcome::ToldLimit),
        (50, TextOutcome::OverLimit),
    ]) {
        let view = known(store, &phone, minutes(at)).await;
        let sent = ReceiveText {
            at: minutes(at),
            outcome,
            ..text(&phone, sid, &view)
        };
        assert!(matches!(store.commit(sent).await.unwrap(), Received::Stored(_)));
    }
    let at_once = known(store, &phone, minutes(50)).await.history;
    assert_eq!((at_once.answers, at_once.oldest_answer), (3, Some(START)));
    assert_eq!(
        (at_once.told_limit, at_once.hinted, at_once.same_text),
        (true, false, 1)
    );
    let later = known(store, &phone, START.plus(LIMIT_WINDOW)).await.history;
    assert_eq!((later.answers, later.oldest_answer), (2, Some(minutes(10))));
    let much_later = known(store, &phone, minutes(110)).await.history;
    assert_eq!(
        (
            much_later.answers,
            much_later.told_limit,
            much_later.newest.is_some()
        ),
        (0, false, true)
    );
    assert_eq!(known(store, &number(10), minutes(50)).await.history.newest, None);
}

async fn a_name_is_kept_and_never_stale(store: &impl Inbox) {
    for sid in 1..=2 {
        let mut named = text(&number(6), sid, &SenderState::default());
        named.message.from = Sender::Name("Telstra".into());
        named.reply.clear();
        assert_eq!(
            store.commit(named).await.unwrap(),
            Received::Stored(Reply::default())
        );
    }
}

async fn of_many_copies_at_once_one_acts<S: Inbox + OptOuts + Clone + 'static>(store: S) {
    let phone = number(6);
    let copies: Vec<_> = (0..64)
        .map(|copy: u8| {
            let (store, mut copied) = (store.clone(), busy(&phone));
            copied.tag = tag(100 + copy);
            tokio::spawn(async move { store.commit(copied).await.unwrap() })
        })
        .collect();
    let mut stored = 0;
    for copy in copies {
        let reply = match copy.await.unwrap() {
            Received::Stored(reply) => {
                stored += 1;
                reply
            }
            Received::Duplicate(reply) => reply,
            refused => panic!("{refused:?}"),
        };
        assert_eq!(
            reply,
            Reply {
                parts: busy(&phone).reply
            }
        );
    }
    assert_eq!(stored, 1);
    assert_eq!(known(&store, &phone, START).await.history.answers, 1);
}
