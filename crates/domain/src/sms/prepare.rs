//! Reads what a command needs beyond [`SenderState`]. A text whose row of the table names nothing reads nothing.

use super::{
    command::{Args, Meaning, ParsedText},
    context::Prepared,
    inbound::{ALARM_REMEMBERED, SenderState},
    receive::Messages,
    verb::Prepare,
};
use crate::{
    deadline::TripWords,
    forecast::Ask,
    opt_out::Answering,
    phone::{TextAnswer, TextedBy},
    phone_number::PhoneNumber,
    port::Fault,
    time::Timestamp,
    user::{StoredUser, TAKE_BACK_LOOKS_AT, contact_in, told},
};

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
