//! Reads what a command needs beyond [`SenderState`]. A text whose row of the table names nothing reads nothing.

use std::time::Duration;

use super::{
    command::{Args, Meaning, ParsedText},
    context::{Prepared, PreparedCall},
    inbound::{ALARM_REMEMBERED, SenderState},
    receive::Messages,
    verb::Prepare,
};
use crate::{
    deadline::{LastCheckIn, SAME_CALL, TripWords},
    forecast::Ask,
    limit::Verdict,
    opt_out::Answering,
    phone::{TextAnswer, TextedBy},
    phone_number::PhoneNumber,
    port::Fault,
    refusals,
    time::Timestamp,
    user::{StoredUser, TAKE_BACK_LOOKS_AT, contact_in, told},
};

/// How old the words may be that go to contacts with a call for help.
const WORDS_COUNT: Duration = Duration::from_mins(30);

/// Most texts that are looked at for them.
const WORDS_LOOKS_AT: u32 = 20;

/// Whether the contacts were asked for help so lately that ALERT is the same call.
fn asked_lately(hiker: &StoredUser, at: Timestamp) -> bool {
    let asked = hiker.asked_alarm().and_then(|stored| stored.deadline.asked_at());
    asked.is_some_and(|asked| asked.within(SAME_CALL, at))
}

impl Messages {
    /// Reads what the command of `text` names in its row of the table.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub(super) async fn prepare(
        &self,
        text: &ParsedText,
        phone: &PhoneNumber,
        (sender, answering): (&SenderState, Answering),
        at: Timestamp,
    ) -> Result<Prepared, Fault> {
        let (Some(what), Meaning::Command(_, args)) = (text.prepare(), &text.meaning) else {
            return Ok(Prepared::Nothing);
        };
        let by = TextedBy {
            phone,
            user: sender.user.as_ref().map(|stored| stored.id),
            linked: sender.linked_account,
            answering,
            at,
        };
        let phones = &self.phones;
        let answer = match what {
            Prepare::Link => phones.start_by_text(&by, &args.words).await?,
            Prepare::Confirm => phones.confirm_by_text(&by, &args.words).await?,
            Prepare::Unlink => phones.release_by_text(&by).await?,
            Prepare::TripWords => return self.trip(&by, &args.tail).await,
            Prepare::Call if args.first() == "OFF" => return Ok(Prepared::Nothing),
            Prepare::Call => return self.call(sender, at).await,
            Prepare::CheckIns => return self.check_ins(sender.user.as_ref()).await,
            Prepare::Forecast => return self.forecast(text, &by, sender.user.as_ref()).await,
            Prepare::Contacts | Prepare::NewContact => {
                return self.budget(what, sender.user.as_ref(), args).await;
            }
        };
        Ok(Prepared::Phone(Box::new(answer)))
    }

    /// The promise whose words the text quotes, or what is answered to wrong words. A wrong guess is counted together with
    /// those at the words of LINK, before anything is looked up.
    async fn trip(&self, by: &TextedBy<'_>, tail: &str) -> Result<Prepared, Fault> {
        let Some(words) = TripWords::in_tail(tail) else {
            return Ok(Prepared::Nothing);
        };
        if self.phones.is_silenced(by).await? {
            return Ok(Prepared::Phone(Box::new(TextAnswer::silence())));
        }
        let since = by.at.minus(ALARM_REMEMBERED);
        let found = self.deadlines.by_words(words, since).await?;
        Ok(match found {
            Some(watched) => Prepared::Trip(Box::new(watched)),
            None => Prepared::Phone(Box::new(self.phones.wrong_trip_words(by).await?)),
        })
    }

    /// What the hiker may still make us text to those whom the command is about.
    async fn budget(
        &self,
        what: Prepare,
        hiker: Option<&StoredUser>,
        args: &Args,
    ) -> Result<Prepared, Fault> {
        let Some(hiker) = hiker else {
            return Ok(Prepared::Nothing);
        };
        let owner = (&hiker.user.phone, hiker.user.account);
        let budget = if what == Prepare::NewContact {
            let named = contact_in(&args.tail, self.rules.region).ok();
            self.budgets
                .of(owner, named.as_ref().map(|(phone, _)| phone))
                .await?
        } else {
            let contacts = hiker.user.contacts.iter().map(|contact| &contact.phone);
            self.budgets.of(owner, contacts).await?
        };
        Ok(Prepared::Budget(Box::new(budget)))
    }

    /// The answer to a question about the weather. Nothing is read where no provider is named, for a stranger, and for a
    /// number that is not answered.
    async fn forecast(
        &self,
        text: &ParsedText,
        by: &TextedBy<'_>,
        hiker: Option<&StoredUser>,
    ) -> Result<Prepared, Fault> {
        let (Some(forecasts), Some(hiker), Answering::Yes) = (&self.forecasts, hiker, by.answering) else {
            return Ok(Prepared::Nothing);
        };
        let Some(route) = self.routes.find(&hiker.user.route) else {
            return Ok(Prepared::Nothing);
        };
        let position = hiker.user.position.as_ref();
        let ask = Ask {
            normal: &text.normal,
            typed: &text.typed,
            route,
            last: position.map(|position| position.code.as_str()),
            phone: by.phone,
            at: by.at,
        };
        Ok(Prepared::Forecast(Box::new(forecasts.answer(ask).await?)))
    }

    /// What the hiker has texted lately, where they were last, and whether one more call is allowed: one that alerts contacts
    /// counts by itself, and so does one that only adds words.
    async fn call(&self, sender: &SenderState, at: Timestamp) -> Result<Prepared, Fault> {
        let Some(hiker) = sender.user.as_ref() else {
            return Ok(Prepared::Nothing);
        };
        let phone = &hiker.user.phone;
        // The answers to the questions of the registration are no words for contacts.
        let registered = hiker.user.started_at.plus(Duration::from_micros(1));
        let since = at.minus(WORDS_COUNT).max(registered);
        let texts = self.inbox.own_texts(phone, since, WORDS_LOOKS_AT).await?;
        let check_ins = self.users.check_ins(hiker.id, None, TAKE_BACK_LOOKS_AT).await?;
        let mut standing = check_ins.into_iter().map(|stored| stored.check_in);
        let last = standing.find(|check_in| check_in.taken_back_at.is_none());
        let alerts = !asked_lately(hiker, at);
        let limit = self.budgets.call_for_help(phone, alerts);
        let counted = self.budgets.limiter.counted(vec![limit.key.clone()]).await?;
        let is_allowed = counted.judge(std::slice::from_ref(&limit), at) == Verdict::Allowed;
        if !is_allowed {
            refusals::count(limit.key.scope());
        }
        Ok(Prepared::Call(Box::new(PreparedCall {
            texts,
            last_check_in: last.map(|check_in| LastCheckIn {
                camp: check_in.camp_name,
                route: check_in.route,
                at: check_in.at,
            }),
            count: is_allowed.then_some(limit),
        })))
    }

    /// The hiker's newest check-ins, and what the hiker may still make us text to those who heard of them.
    async fn check_ins(&self, hiker: Option<&StoredUser>) -> Result<Prepared, Fault> {
        let Some(hiker) = hiker else {
            return Ok(Prepared::Nothing);
        };
        let newest = self.users.check_ins(hiker.id, None, TAKE_BACK_LOOKS_AT).await?;
        let owner = (&hiker.user.phone, hiker.user.account);
        let budget = self.budgets.of(owner, told(&newest)).await?;
        Ok(Prepared::CheckIns(newest, Box::new(budget)))
    }
}
