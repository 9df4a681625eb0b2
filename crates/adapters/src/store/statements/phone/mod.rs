//! Links between phones and accounts, and everything on the way to one.

mod code;
mod link;
mod standing;

use diesel::QueryResult;
use thunderbird_domain::{
    account::AccountId,
    phone::{
        Guess, LinkView, NewWords, PhoneChange, PhoneCommit, PhoneStore, SavePhone, SendCode, SendVerdict,
        TextLinkState, WordSet, WordsVerdict,
    },
    phone_number::PhoneNumber,
    port::PortFuture,
    secret::Mac,
    time::Timestamp,
};

use super::{
    Abort, Connection, Key, Keys, Store, audit, column::is_unique_violation, existence, limit, outgoing,
};

const PORT: &str = "phones";

/// What a change of a phone's link decides about.
pub(crate) fn keys(change: &PhoneChange) -> impl Iterator<Item = Key<'_>> {
    let account = change.link.iter().map(|plan| Key::Account(plan.seen.account));
    account.chain([Key::Phone(change.phone.as_str())])
}

/// Applies a change. Unless it answers [`PhoneCommit::Stored`], the caller must undo whatever was written.
pub(crate) fn apply(connection: &mut Connection, change: &PhoneChange) -> QueryResult<PhoneCommit> {
    if let Some(pending) = &change.pending
        && !standing::replace_pending(connection, change, pending)?
    {
        return Ok(PhoneCommit::Stale);
    }
    if let Some((before, after)) = change.wrong
        && !standing::replace_wrong(connection, change, (before, after))?
    {
        return Ok(PhoneCommit::Stale);
    }
    match &change.link {
        Some(plan) => link::apply(connection, change, plan),
        None => Ok(PhoneCommit::Stored),
    }
}

/// Ends everything that an account has under way towards a link, in the commit that ends one of its sessions:
/// another person may have begun it.
pub(crate) fn void(connection: &mut Connection, account: AccountId, at: Timestamp) -> QueryResult<()> {
    standing::void(connection, account, at)
}

impl PhoneStore for Store {
    fn send_code(&self, send: SendCode) -> PortFuture<'_, SendVerdict> {
        let keys = Keys::on(limit::keys(&send.counts).chain([Key::Codes, Key::Account(send.code.account)]));
        self.transact(PORT, keys, move |connection| Ok(code::send(connection, &send)?))
    }

    fn count_guess(&self, account: AccountId, at: Timestamp) -> PortFuture<'_, Guess> {
        self.transact(PORT, Keys::on([Key::Account(account)]), move |connection| {
            Ok(code::count_guess(connection, account, at)?)
        })
    }

    fn offer_words(&self, words: NewWords) -> PortFuture<'_, WordsVerdict> {
        let keys = Keys::on([Key::Account(words.account)]);
        self.transact(PORT, keys, move |connection| {
            if !existence::is_there(connection, words.account)? {
                return Ok(WordsVerdict::Gone);
            }
            match standing::offer(connection, &words) {
                Ok(()) => {}
                Err(error) if is_unique_violation(&error) => return Err(Abort::Undo(WordsVerdict::Taken)),
                Err(error) => return Err(error.into()),
            }
            audit::append(connection, &words.audit, None)?;
            Ok(WordsVerdict::Stored)
        })
    }

    fn words(&self, macs: Vec<Mac>, at: Timestamp) -> PortFuture<'_, Option<WordSet>> {
        self.read_here(PORT, move |connection| standing::words(connection, &macs, at))
    }

    fn text_link_state(&self, phone: &PhoneNumber, at: Timestamp) -> PortFuture<'_, TextLinkState> {
        let phone = phone.clone();
        self.read_here(PORT, move |connection| standing::of(connection, &phone, at))
    }

    fn linked(&self, account: AccountId) -> PortFuture<'_, Option<PhoneNumber>> {
        self.read_here(PORT, move |connection| link::linked(connection, account))
    }

    fn view(&self, account: AccountId, phone: &PhoneNumber) -> PortFuture<'_, Option<LinkView>> {
        let phone = phone.clone();
        self.read_here(PORT, move |connection| link::view(connection, account, &phone))
    }

    fn commit(&self, save: SavePhone) -> PortFuture<'_, PhoneCommit> {
        let keys = Keys::on(keys(&save.change).chain(outgoing::keys(&save.outgoing)));
        self.transact(PORT, keys, move |connection| {
            match apply(connection, &save.change)? {
                PhoneCommit::Stored => {}
                refused => return Err(Abort::Undo(refused)),
            }
            outgoing::queue(connection, &save.outgoing, None, save.change.at)?;
            audit::append(connection, &save.audit, None)?;
            Ok(PhoneCommit::Stored)
        })
    }
}
