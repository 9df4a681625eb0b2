//! What a hiker may make us text to others. Each of these texts has an owner, who is the hiker, a recipient, and a cap on
//! both; what is counted is counted under keyed digests of numbers, so it outlives the account and names no person.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    email::Email,
    id::AccountId,
    limit::{Counted, Limit, LimitKey, Quota, RateLimiter, Rule, Verdict},
    phone_number::PhoneNumber,
    port::Fault,
    refusals,
    secret::{MacPurpose, Macs},
    time::Timestamp,
};

/// Texts a day from each hiker to each recipient that other hikers cannot use up.
pub const RESERVED_PER_PAIR: u32 = 3;
/// Hikers in a day who add one person as a new contact.
pub const NEW_HIKERS_PER_RECIPIENT: u32 = 10;
/// Hikers in a day whose first notices one person gets; those of others wait until that day is over.
pub const NEW_HIKERS_INTRODUCED: u32 = 3;
/// How long a hiker's first notice to a contact is remembered: within this time there is no second one.
pub const NOTICE_REMEMBERED: Duration = Duration::from_hours(30 * 24);

/// Texts a day to a hiker's own phone about times that were set by web.
pub const ECHOES_A_DAY: u32 = 10;

/// Times a day that a hiker's ALERT alerts the contacts.
pub const CALLS_A_DAY: u32 = 6;

/// Times a day that a hiker's ALERT adds words to an alert.
pub const ADDITIONS_A_DAY: u32 = 20;

/// Addresses that a hiker gives to contacts in a day; taking one away does not count.
pub const EMAILS_A_DAY: u32 = 12;

/// Times a day that one address is given to contacts, by all hikers together.
pub const EMAILS_PER_ADDRESS: u32 = 6;

/// The smallest share of the day's texts that one hiker has: two texts to each of ten contacts.
const SMALLEST_SHARE: u32 = 20;
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What the operator allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendingLimits {
    /// Texts a day for the whole service.
    pub texts_per_day: u32,
    /// Texts a day that hikers together make us send to one recipient.
    pub texts_per_recipient: u32,
    /// Check-ins of one hiker that are announced within an hour; later ones become one notice.
    pub check_ins_per_hour: u32,
    /// Check-ins of one hiker that are announced within a day.
    pub check_ins_per_day: u32,
    /// New contacts a day for one hiker, and for one account.
    pub contacts_per_day: u32,
    /// New contacts an hour for the whole service.
    pub contacts_per_hour: u32,
}

impl Default for SendingLimits {
    fn default() -> Self {
        Self {
            texts_per_day: 2_000,
            texts_per_recipient: 30,
            check_ins_per_hour: 12,
            check_ins_per_day: 40,
            contacts_per_day: 20,
            contacts_per_hour: 240,
        }
    }
}

impl SendingLimits {
    /// New contacts an hour among one thousand neighbouring numbers: pumping buys ranges of them.
    pub fn contacts_of_neighbours(self) -> u32 {
        (self.contacts_per_hour / 12).max(1)
    }

    /// The texts to others that one hiker may cause in a day: a tenth of the service's.
    pub fn share(self) -> u32 {
        (self.texts_per_day / 10).max(SMALLEST_SHARE)
    }
}

/// Reads what hikers may still make us send.
#[derive(Clone)]
pub struct Budgets {
    /// Keeps what was counted.
    pub limiter: Arc<dyn RateLimiter>,
    /// Makes the digests that numbers are counted under.
    pub macs: Arc<dyn Macs>,
    /// What the operator allows.
    pub limits: SendingLimits,
}

impl Budgets {
    /// What the hiker of this number may still make us text to these recipients.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn of<'a>(
        &self,
        (hiker, account): (&PhoneNumber, Option<AccountId>),
        recipients: impl IntoIterator<Item = &'a PhoneNumber> + Send,
    ) -> Result<Budget, Fault> {
        let mut budget = self.unspent((hiker, account), recipients);
        budget.counted = self.limiter.counted(budget.keys()).await?;
        Ok(budget)
    }

    /// The same for a hiker of whom nothing was counted yet.
    pub fn unspent<'a>(
        &self,
        (hiker, account): (&PhoneNumber, Option<AccountId>),
        recipients: impl IntoIterator<Item = &'a PhoneNumber>,
    ) -> Budget {
        let mut budget = self.empty(hiker, account);
        for to in recipients {
            budget.recipients.push((to.clone(), self.recipient(hiker, to)));
        }
        budget
    }

    /// What a text to the hiker's own phone about a change by web counts under.
    pub fn echo(&self, hiker: &PhoneNumber) -> Limit {
        let owner = self.digest(&[hiker.as_str().as_bytes()]);
        limit("trips.echo", owner, (ECHOES_A_DAY, DAY))
    }

    /// What a call for help counts under: one that alerts the contacts, or one that adds to an alert.
    pub fn call_for_help(&self, hiker: &PhoneNumber, alerts: bool) -> Limit {
        let owner = self.digest(&[hiker.as_str().as_bytes()]);
        if alerts {
            limit("alarms.hiker", owner, (CALLS_A_DAY, DAY))
        } else {
            limit("alarms.words", owner, (ADDITIONS_A_DAY, DAY))
        }
    }

    /// What giving a contact this address counts under: whose it is was not shown.
    pub fn contact_email(&self, hiker: &PhoneNumber, email: &Email) -> Vec<Limit> {
        let owner = self.digest(&[hiker.as_str().as_bytes()]);
        let address = self.digest(&[email.as_str().as_bytes()]);
        vec![
            limit("contact_emails.hiker", owner, (EMAILS_A_DAY, DAY)),
            limit("contact_emails.address", address, (EMAILS_PER_ADDRESS, DAY)),
        ]
    }

    fn empty(&self, hiker: &PhoneNumber, account: Option<AccountId>) -> Budget {
        let owner = self.digest(&[hiker.as_str().as_bytes()]);
        let quota = |scope, events, per| limit(scope, owner, (events, per));
        let limits = self.limits;
        let mut adding = vec![
            quota("contacts.hiker", limits.contacts_per_day, DAY),
            limit("contacts.service", *b"", (limits.contacts_per_hour, HOUR)),
        ];
        adding.extend(account.map(|account| {
            let account = account.get().to_be_bytes();
            limit("contacts.account", account, (limits.contacts_per_day, DAY))
        }));
        Budget {
            announcing: vec![
                quota("check_ins.hour", limits.check_ins_per_hour, HOUR),
                quota("check_ins.day", limits.check_ins_per_day, DAY),
            ],
            share: quota("texts.hiker", limits.share(), DAY),
            adding,
            recipients: Vec::new(),
            counted: Counted::default(),
            spent: Vec::new(),
        }
    }

    fn recipient(&self, hiker: &PhoneNumber, to: &PhoneNumber) -> Recipient {
        let number = self.digest(&[to.as_str().as_bytes()]);
        let pair = self.digest(&[hiker.as_str().as_bytes(), to.as_str().as_bytes()]);
        let near = self.digest(&[to.neighbours().as_bytes()]);
        Recipient {
            day: limit("texts.recipient", number, (self.limits.texts_per_recipient, DAY)),
            reserve: limit("texts.pair", pair, (RESERVED_PER_PAIR, DAY)),
            once: limit("contacts.pair", pair, (1, NOTICE_REMEMBERED)),
            introduced: limit("contacts.introduced", number, (NEW_HIKERS_INTRODUCED, DAY)),
            adding: vec![
                limit("contacts.recipient", number, (NEW_HIKERS_PER_RECIPIENT, DAY)),
                limit(
                    "contacts.neighbours",
                    near,
                    (self.limits.contacts_of_neighbours(), HOUR),
                ),
            ],
        }
    }

    fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.macs.mac(MacPurpose::SendingLimit, parts).bytes
    }
}

impl fmt::Debug for Budgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Budgets({:?})", self.limits)
    }
}

fn limit(scope: &'static str, subject: impl Into<Vec<u8>>, (events, per): (u32, Duration)) -> Limit {
    Limit {
        key: LimitKey::new(scope, subject),
        rule: Rule::Quota(Quota { events, per }),
    }
}

/// The same counter, without an end.
fn counted_only(limit: Limit) -> Limit {
    let rule = match limit.rule {
        Rule::Quota(quota) => Rule::Quota(Quota {
            events: u32::MAX,
            ..quota
        }),
        Rule::LoginCurve => Rule::LoginCurve,
    };
    Limit { rule, ..limit }
}

/// The limits about one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Recipient {
    /// Texts from all hikers.
    day: Limit,
    /// Texts from this hiker that the limit of all leaves alone.
    reserve: Limit,
    /// The first notice from this hiker.
    once: Limit,
    /// First notices from all hikers.
    introduced: Limit,
    /// What limits a first notice.
    adding: Vec<Limit>,
}

/// What one hiker may still make us text to some recipients, and what a decision has spent of it. The commit counts
/// [`Self::spent`] again, and is stale if another writer was faster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    announcing: Vec<Limit>,
    share: Limit,
    adding: Vec<Limit>,
    recipients: Vec<(PhoneNumber, Recipient)>,
    counted: Counted,
    spent: Vec<Limit>,
}

/// What a new contact means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adding {
    /// The contact gets a first notice.
    Notice,
    /// The contact gets a first notice later, because several other hikers have chosen the number today.
    Later {
        /// How long the notice waits; never zero.
        after: Duration,
    },
    /// This hiker's notice was sent to the number before.
    KnownAlready,
    /// A limit is reached: no contact may be added now.
    Refused {
        /// How long to wait; never zero.
        retry_after: Duration,
    },
}

impl Budget {
    /// One announcement more.
    pub fn announce(&mut self, now: Timestamp) -> Verdict {
        let limits = self.announcing.clone();
        self.take(limits, now)
    }

    /// One text more to a recipient. What the day of all hikers refuses, this hiker's own reserve may allow.
    pub fn tell(&mut self, to: &PhoneNumber, now: Timestamp) -> Verdict {
        let Some(Recipient { day, reserve, .. }) = self.recipient(to) else {
            return Verdict::Refused { retry_after: DAY };
        };
        let own = [self.share.clone()];
        match self.take([&own[..], &[day]].concat(), now) {
            Verdict::Refused { .. } if self.takes_of_reserve(&own, reserve, now) => Verdict::Allowed,
            verdict => verdict,
        }
    }

    /// Two texts more to a recipient: one that says something, and a later one that ends it. Both, or neither.
    pub fn tell_and_end(&mut self, to: &PhoneNumber, now: Timestamp) -> Verdict {
        let before = self.clone();
        let first = self.tell(to, now);
        let verdict = match first {
            Verdict::Allowed => self.tell(to, now),
            refused @ Verdict::Refused { .. } => refused,
        };
        if verdict != Verdict::Allowed {
            *self = before;
        }
        verdict
    }

    /// A text that corrects an earlier one. It is counted and never refused, because a contact must not be left with what
    /// is wrong; there is at most one for each text that was allowed.
    pub fn correct(&mut self, to: &PhoneNumber, now: Timestamp) {
        let Some(Recipient { day, reserve, .. }) = self.recipient(to) else {
            return;
        };
        let has_room = self.counted.judge(std::slice::from_ref(&day), now) == Verdict::Allowed;
        let limits = [self.share.clone(), if has_room { day } else { reserve }].map(counted_only);
        self.counted.count(&limits, now);
        self.spent.extend(limits);
    }

    /// One new contact more.
    pub fn add(&mut self, to: &PhoneNumber, now: Timestamp) -> Adding {
        let Some(Recipient {
            day,
            reserve,
            once,
            introduced,
            adding,
        }) = self.recipient(to)
        else {
            return Adding::Refused { retry_after: DAY };
        };
        if self.judge(std::slice::from_ref(&once), now) != Verdict::Allowed {
            return Adding::KnownAlready;
        }
        let mut limits = self.adding.clone();
        limits.extend(adding);
        limits.extend([once, self.share.clone()]);
        if let Verdict::Refused { retry_after } = self.take([&limits[..], &[day]].concat(), now)
            && !self.takes_of_reserve(&limits, reserve, now)
        {
            return Adding::Refused { retry_after };
        }
        match self.take(vec![introduced], now) {
            Verdict::Allowed => Adding::Notice,
            Verdict::Refused { retry_after } => Adding::Later { after: retry_after },
        }
    }

    /// What was spent, for the commit to count.
    pub fn spent(&self) -> Vec<Limit> {
        self.spent.clone()
    }

    fn recipient(&self, to: &PhoneNumber) -> Option<Recipient> {
        let known = self.recipients.iter().find(|(phone, _)| phone == to);
        known.map(|(_, recipient)| recipient.clone())
    }

    fn take(&mut self, limits: Vec<Limit>, now: Timestamp) -> Verdict {
        let verdict = self.judge(&limits, now);
        if verdict == Verdict::Allowed {
            self.counted.count(&limits, now);
            self.spent.extend(limits);
        }
        verdict
    }

    /// Takes what the day of all hikers refused from this hiker's own reserve, if nothing else refuses it.
    fn takes_of_reserve(&mut self, limits: &[Limit], reserve: Limit, now: Timestamp) -> bool {
        self.counted.judge(limits, now) == Verdict::Allowed
            && self.take([limits, &[reserve]].concat(), now) == Verdict::Allowed
    }

    /// What the limits say together. Each that refuses is counted for the metrics.
    fn judge(&self, limits: &[Limit], now: Timestamp) -> Verdict {
        let verdict = |limit: &Limit| {
            let said = self.counted.judge(std::slice::from_ref(limit), now);
            if said != Verdict::Allowed {
                refusals::count(limit.key.scope());
            }
            said
        };
        limits.iter().map(verdict).fold(Verdict::Allowed, Verdict::and)
    }

    fn keys(&self) -> Vec<LimitKey> {
        let own = self.announcing.iter().chain(&self.adding).chain([&self.share]);
        let others = self.recipients.iter().flat_map(|(_, limits)| {
            let Recipient {
                day,
                reserve,
                once,
                introduced,
                adding,
            } = limits;
            [day, reserve, once, introduced].into_iter().chain(adding)
        });
        own.chain(others).map(|limit| limit.key.clone()).collect()
    }
}
