//! The six digits that we text: drawn, stored as a keyed digest, guessed at most five times, sent only so often.

use std::{fmt, time::Duration};

use crate::{
    audit::AuditEvent,
    id::AccountId,
    invisible::is_invisible,
    limit::{Limit, LimitKey, Quota, Rule},
    outgoing::{Class, Outgoing},
    phone_number::{PhoneNumber, is_hyphen},
    random::{Entropy, Tag, uniform_below},
    refusals,
    secret::{Mac, MacPurpose, Macs, Secret, same_bytes},
    time::Timestamp,
};

/// How long a code is good for.
pub const CODE_LIFE: Duration = Class::Code.life();

/// Guesses that are judged; five in a million succeed.
pub const MAX_GUESSES: u32 = 5;

/// How long one account waits before it may ask for one number again: after the first, the second and every later code.
pub const RESEND_AFTER: [Duration; 3] = [
    Duration::from_mins(1),
    Duration::from_mins(2),
    Duration::from_mins(5),
];

/// Codes an hour to one thousand neighbouring numbers: pumping buys ranges of them.
pub const NEIGHBOURS_PER_HOUR: u32 = 20;

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

/// Six digits. It prints as `***`.
#[derive(Clone)]
pub struct Code(Secret<String>);

impl Code {
    /// Unpredictable digits, all of them equally likely.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self(Secret::new(format!("{:06}", uniform_below(entropy, 1_000_000))))
    }

    /// Reads six ASCII digits. Blanks, hyphens and invisible characters that a person types or a phone pastes around
    /// them do not count.
    pub fn parse(raw: &str) -> Option<Self> {
        let digits: String = raw
            .chars()
            .filter(|letter| !letter.is_whitespace() && !is_invisible(*letter) && !is_hyphen(*letter))
            .collect();
        let well_formed = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        well_formed.then(|| Self(Secret::new(digits)))
    }

    /// The digits. The caller is responsible for where they go.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is stored of the code: bound to purpose, account, number and challenge.
    pub fn mac(&self, macs: &dyn Macs, account: AccountId, phone: &PhoneNumber, challenge: Tag) -> Mac {
        let account = account.get().to_be_bytes();
        macs.mac(MacPurpose::PhoneCode, &self.parts(&account, phone, &challenge))
    }

    fn parts<'a>(&'a self, account: &'a [u8], phone: &'a PhoneNumber, challenge: &'a Tag) -> [&'a [u8]; 4] {
        [
            account,
            phone.as_str().as_bytes(),
            challenge.as_bytes(),
            self.expose().as_bytes(),
        ]
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(***)")
    }
}

/// How many codes may be sent; what the operator chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLimits {
    /// To one number, and for one account, in 24 hours.
    pub sends_per_day: u32,
    /// For the whole service, in an hour.
    pub sends_per_hour: u32,
}

impl Default for CodeLimits {
    fn default() -> Self {
        Self {
            sends_per_day: 5,
            sends_per_hour: 60,
        }
    }
}

/// What was sent before, as far as the caps care. Every list holds when codes were sent, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SendHistory {
    /// By this account to this number, in the last day.
    pub pair: Vec<Timestamp>,
    /// To this number by anybody, in the last day.
    pub number: Vec<Timestamp>,
    /// By this account to any number, in the last day.
    pub account: Vec<Timestamp>,
    /// By anybody to numbers with the same [`neighbours`], in the last hour.
    pub neighbours: Vec<Timestamp>,
    /// By anybody to anybody, in the last hour.
    pub service: Vec<Timestamp>,
    /// Guesses spent on this account's newest code for this number, and when that code expires or would have.
    pub guesses: Option<(u32, Timestamp)>,
}

impl SendHistory {
    /// How far back lists by day look.
    pub fn day_ago(now: Timestamp) -> Timestamp {
        now.minus(DAY)
    }

    /// How far back lists by hour look.
    pub fn hour_ago(now: Timestamp) -> Timestamp {
        now.minus(HOUR)
    }

    /// Whether one code more may be sent now, and with how many guesses already spent: a resend forgives none.
    pub fn judge(&self, limits: CodeLimits, now: Timestamp) -> SendVerdict {
        let spent = match self.guesses {
            Some((guesses, until)) if until > now => (guesses, until),
            _ => (0, now),
        };
        let capped = [
            ("codes.number", capped(&self.number, limits.sends_per_day, DAY)),
            ("codes.account", capped(&self.account, limits.sends_per_day, DAY)),
            (
                "codes.neighbours",
                capped(&self.neighbours, NEIGHBOURS_PER_HOUR, HOUR),
            ),
            (
                "codes.service",
                capped(&self.service, limits.sends_per_hour, HOUR),
            ),
            ("codes.guesses", (spent.0 >= MAX_GUESSES).then_some(spent.1)),
        ];
        let open = |reopens: Option<Timestamp>| reopens.filter(|reopens| *reopens > now);
        let mut latest = open(
            self.pair
                .first()
                .map(|last| last.plus(resend_after(self.pair.len()))),
        );
        for (limit, reopens) in capped {
            if let Some(reopens) = open(reopens) {
                refusals::count(limit);
                latest = latest.max(Some(reopens));
            }
        }
        match latest {
            Some(reopens) => SendVerdict::Refused {
                retry_after: reopens.since(now),
            },
            None => SendVerdict::Sent(Sent {
                guesses: spent.0,
                resend_after: now.plus(resend_after(self.pair.len().saturating_add(1))),
            }),
        }
    }
}

/// When a cap takes one more: a window after the oldest of the sends that fill it.
fn capped(sends: &[Timestamp], cap: u32, window: Duration) -> Option<Timestamp> {
    let oldest = usize::try_from(cap).unwrap_or(usize::MAX).checked_sub(1)?;
    sends.get(oldest).map(|oldest| oldest.plus(window))
}

/// How long to wait after the `sends`th code of a day.
fn resend_after(sends: usize) -> Duration {
    let [first, second, later] = RESEND_AFTER;
    match sends {
        0 | 1 => first,
        2 => second,
        _ => later,
    }
}

/// A code to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCode {
    /// Names the challenge; its digest is bound to it.
    pub tag: Tag,
    /// Whom the number shall be linked to.
    pub account: AccountId,
    /// Where it is texted.
    pub phone: PhoneNumber,
    /// What is stored of it.
    pub mac: Mac,
    /// When it is no longer good.
    pub expires_at: Timestamp,
}

/// What a code to `phone` is counted under, for every account that asks for it.
pub(super) fn counts(macs: &dyn Macs, phone: &PhoneNumber, limits: CodeLimits) -> Vec<Limit> {
    let limit = |scope, subject: &[u8], events, per| Limit {
        key: LimitKey::new(scope, macs.mac(MacPurpose::SendingLimit, &[subject]).bytes),
        rule: Rule::Quota(Quota { events, per }),
    };
    let near = phone.neighbours().as_bytes();
    vec![
        limit(
            "codes.number",
            phone.as_str().as_bytes(),
            limits.sends_per_day,
            DAY,
        ),
        limit("codes.neighbours", near, NEIGHBOURS_PER_HOUR, HOUR),
        limit("codes.service", b"", limits.sends_per_hour, HOUR),
    ]
}

/// A code to store and to text, unless a cap refuses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendCode {
    /// The code to store.
    pub code: NewCode,
    /// How many may be sent.
    pub limits: CodeLimits,
    /// What it is counted under besides. The rows of codes go with an account that is deleted; these counts stay.
    pub counts: Vec<Limit>,
    /// Messages of all classes that may be sent in a day before a code has to wait, which is as good as no code.
    pub daily_room: u32,
    /// When the code is asked for (UTC).
    pub at: Timestamp,
    /// The text that carries it.
    pub outgoing: Vec<Outgoing>,
    /// Who did what.
    pub audit: Vec<AuditEvent>,
}

/// A code that was stored and queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Guesses that were spent on the code before it and count against this one.
    pub guesses: u32,
    /// Not to be asked again earlier.
    pub resend_after: Timestamp,
}

/// What became of a code.
#[must_use = "a refused code was not sent"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendVerdict {
    /// Stored and queued.
    Sent(Sent),
    /// A cap is reached; nothing was stored.
    Refused {
        /// How long to wait; never zero.
        retry_after: Duration,
    },
    /// The account is gone; nothing was stored.
    Gone,
    /// The day's messages are used up, so the code would not be sent; nothing was stored.
    Full {
        /// How long to wait; never zero.
        retry_after: Duration,
    },
}

/// A code that can still be guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCode {
    /// Names the challenge.
    pub tag: Tag,
    /// The number that it was texted to.
    pub phone: PhoneNumber,
    /// What is stored of it.
    pub mac: Mac,
}

impl OpenCode {
    /// Whether this is the code. A digest under a key that is gone matches nothing.
    pub fn is(&self, guess: &Code, account: AccountId, macs: &dyn Macs) -> bool {
        let account = account.get().to_be_bytes();
        let parts = guess.parts(&account, &self.phone, &self.tag);
        macs.mac_with(&self.mac.key_id, MacPurpose::PhoneCode, &parts)
            .is_some_and(|mac| same_bytes(&mac.bytes, &self.mac.bytes))
    }
}

/// What became of an attempt to guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guess {
    /// Counted; it may now be compared.
    Judged(OpenCode),
    /// All guesses are used up; it must not be compared.
    Spent {
        /// When the code expires, and a new one may be asked for.
        until: Timestamp,
    },
    /// There is no code that could be guessed.
    NoCode,
}

#[cfg(test)]
#[path = "code_tests.rs"]
mod tests;
