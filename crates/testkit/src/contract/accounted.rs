//! Whatever becomes of the rows of an alarm, each of them is accounted for.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{Alarm, AlarmLetter, AlarmMail, DeadlineStore, How, MailedEnd, StoredDeadline},
    email::Email,
    mail::{outbox::MailPayload, stop::StoppedMails},
    outbox::{
        lease::LeaseOrder,
        message::Payload,
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::Ended,
    },
    outgoing::{Class, OutgoingCall, OutgoingText},
    port::Commit,
    random::Tag,
    sms::{
        outbox::{TextPayload, TextReceipt},
        price::Price,
    },
    time::Timestamp,
    user::UserStore,
    voice::{CallPayload, CallReceipt},
};

use super::{
    deadline::story::{DAD, HIKER, MUM, START, change, hiker, newest, promise, save, text},
    user::{number, tag},
};

/// Everything that an alarm goes through.
pub(super) trait Channels:
    Outbox<TextPayload> + Outbox<CallPayload> + Outbox<MailPayload> + StoppedMails + DeadlineStore + UserStore
{
}

impl<S> Channels for S where
    S: Outbox<TextPayload>
        + Outbox<CallPayload>
        + Outbox<MailPayload>
        + StoppedMails
        + DeadlineStore
        + UserStore
{
}

/// Chance that is the same in every run (xorshift, 64 bits).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// What becomes of an attempt: it is taken over, refused, repeated, or its end is never known, because the process ended.
fn outcome<R>(chance: &mut Chance, now: Timestamp, taken: R) -> Option<SendOutcome<R>> {
    match chance.below(6) {
        0 | 1 => Some(SendOutcome::Accepted(taken)),
        2 => Some(SendOutcome::Ended {
            state: [Ended::Failed, Ended::Dead, Ended::Unknown][usize::try_from(chance.below(3)).unwrap()],
            code: Some(500),
            ambiguous: false,
        }),
        3 | 4 => Some(SendOutcome::Again {
            at: now.plus(Duration::from_secs(30)),
            ambiguous: chance.below(2) == 0,
            code: None,
        }),
        _ => None,
    }
}

/// One round of a channel's worker.
async fn work<P: Payload>(
    outbox: &impl Outbox<P>,
    (chance, now): (&mut Chance, Timestamp),
    taken: impl Fn() -> P::Receipt,
) {
    let order = LeaseOrder {
        class: Class::Alarm,
        daily_room: None,
        limit: 3,
        lease: tag(u8::try_from(chance.below(200)).unwrap()),
        now,
        until: now.plus(Duration::from_mins(2)),
    };
    for message in outbox.lease(order).await.unwrap().messages {
        if let Some(outcome) = outcome(chance, now, taken()) {
            let settlement = Settlement {
                id: message.id,
                lease: message.lease,
                at: now,
                outcome,
                opt_out: None,
            };
            outbox.settle(vec![settlement]).await.unwrap();
        }
    }
    outbox.sweep(now).await.unwrap();
}

fn letter(words: &str) -> AlarmLetter {
    AlarmLetter::new((words.to_owned(), words.to_owned()), START)
}

/// Opens an alarm with texts, calls and mails to both contacts.
async fn open(store: &impl Channels, name: u8, user: thunderbird_domain::id::UserId) -> StoredDeadline {
    assert_eq!(
        save(store, change(None, promise(user, HIKER, name))).await,
        Commit::Stored(())
    );
    let stored = newest(store).await;
    let mut state = stored.deadline.clone();
    state.alarm = Some(Alarm {
        opened_at: START,
        asked_at: None,
        contacts: Vec::new(),
        claims: 0,
        acting: None,
        lapsed: None,
    });
    state.alert([MUM, DAD].map(|last| (number(last), String::new())), START);
    let mut alarm = change(Some(&stored), state);
    for (nth, last) in [MUM, DAD].into_iter().enumerate() {
        let named = tag(name).derived("text", nth);
        let text = OutgoingText {
            tag: named,
            ..text(name, last, "alert")
        };
        let life = Duration::from_hours(20);
        alarm.calls.push(OutgoingCall::after(&text, String::new(), life));
        alarm.mails.push(AlarmMail {
            tag: AlarmMail::tag_of(named),
            contact: number(last),
            to: Email::parse("mum@example.org").unwrap(),
            user,
            is_numbered: true,
            letter: letter("Alert"),
        });
        alarm.texts.push(text);
    }
    assert_eq!(save(store, alarm).await, Commit::Stored(()));
    newest(store).await
}

/// A store is asked after every step; nothing is ever lost. What is broken on purpose is not: the suites of the stores'
/// files show that the figure is no constant.
pub(super) async fn random_alarms_are_accounted_for(store: &impl Channels) {
    let mut chance = Chance(19);
    let user = hiker(store, HIKER).await;
    let mut now = START;
    for name in 1..=8 {
        let stored = open(store, name, user).await;
        for _ in 0..12 {
            now = now.plus(Duration::from_secs(chance.below(180)));
            step(store, &mut chance, now).await;
            assert_eq!(store.survey(now).await.unwrap().unaccounted, 0, "{name}");
        }
        let stored = StoredDeadline {
            revision: newest(store).await.revision,
            ..stored
        };
        let mut end = change(Some(&stored), stored.deadline.closed(How::Back, None, now));
        end.mailed_end = Some(MailedEnd {
            tag: tag(name).derived("end", 0),
            letter: letter("Stand down"),
        });
        assert_eq!(save(store, end).await, Commit::Stored(()));
        for _ in 0..4 {
            step(store, &mut chance, now).await;
            assert_eq!(store.survey(now).await.unwrap().unaccounted, 0, "{name}");
        }
    }
}

async fn step(store: &impl Channels, chance: &mut Chance, now: Timestamp) {
    match chance.below(4) {
        0 => {
            let receipt = || TextReceipt {
                sid: None,
                segments: 1,
                price: Price::parse("AUD 0.05").unwrap(),
            };
            work::<TextPayload>(store, (chance, now), receipt).await;
        }
        1 => work::<CallPayload>(store, (chance, now), || CallReceipt { sid: None }).await,
        2 => work::<MailPayload>(store, (chance, now), || ()).await,
        _ => {
            let mail: Tag = AlarmMail::tag_of(tag(1).derived("text", 0));
            let stops = chance.below(2) == 0;
            assert!(store.stop(mail, stops, now).await.unwrap());
        }
    }
}
