//! Links between phones and accounts, and everything on the way to one, in memory.

mod judged;

use std::collections::HashMap;

use thunderbird_domain::{
    account::AccountId,
    limit::Counter,
    phone::{
        Guess, LinkAccount, LinkEnd, LinkId, LinkPlan, LinkView, LinkedUser, LiveLink, MAX_GUESSES,
        NEIGHBOURS_PER_HOUR, NewCode, NewWords, OpenCode, Pending, PendingAction, PendingChange, PhoneChange,
        PhoneCommit, PhoneStore, Proof, SavePhone, Seen, SendCode, SendHistory, SendVerdict, TextLinkState,
        UserEffect, WordSet, WordsVerdict, WrongWords,
    },
    phone_number::PhoneNumber,
    port::PortFuture,
    random::Tag,
    secret::Mac,
    time::Timestamp,
    user::UserId,
};

use super::MemoryStore;

/// What there is of links; what has ended is kept only where a cap counts it.
#[derive(Default)]
pub(crate) struct State {
    codes: Vec<Code>,
    words: Vec<Words>,
    pending: HashMap<PhoneNumber, Pending>,
    wrong: HashMap<PhoneNumber, Counter>,
    links: Vec<(LinkId, PhoneNumber, AccountId)>,
    last_accounts: HashMap<UserId, AccountId>,
    given: i64,
}

struct Code {
    new: NewCode,
    at: Timestamp,
    guesses: u32,
    open: bool,
}

struct Words {
    new: NewWords,
    open: bool,
}

impl State {
    fn holder(&self, phone: &PhoneNumber) -> Option<&(LinkId, PhoneNumber, AccountId)> {
        self.links.iter().find(|(_, linked, _)| linked == phone)
    }

    fn own(&self, account: AccountId) -> Option<&(LinkId, PhoneNumber, AccountId)> {
        self.links.iter().find(|(_, _, owner)| *owner == account)
    }

    fn text_link_state(&self, phone: &PhoneNumber, at: Timestamp) -> TextLinkState {
        let open = self.pending.get(phone).filter(|open| open.expires_at > at);
        TextLinkState {
            pending: open.cloned(),
            wrong: WrongWords(self.wrong.get(phone).copied()),
        }
    }

    fn history(&self, send: &SendCode) -> SendHistory {
        let sent_since = |since: Timestamp, cap: u32, counts: &dyn Fn(&NewCode) -> bool| {
            let newest = self.codes.iter().rev();
            let counted = newest.filter(|row| row.at > since && counts(&row.new));
            let mut stamps: Vec<Timestamp> = counted.map(|row| row.at).collect();
            stamps.sort_unstable_by(|one, other| other.cmp(one));
            stamps.truncate(cap as usize);
            stamps
        };
        let (account, phone) = (send.code.account, &send.code.phone);
        let (day, hour) = (SendHistory::day_ago(send.at), SendHistory::hour_ago(send.at));
        let cap = send.limits.sends_per_day;
        let is_pair = |code: &NewCode| code.phone == *phone && code.account == account;
        let newest = self.codes.iter().rev().find(|row| is_pair(&row.new));
        SendHistory {
            pair: sent_since(day, cap, &is_pair),
            number: sent_since(day, cap, &|code| code.phone == *phone),
            account: sent_since(day, cap, &|code| code.account == account),
            neighbours: sent_since(hour, NEIGHBOURS_PER_HOUR, &|code| {
                code.phone.neighbours() == phone.neighbours()
            }),
            service: sent_since(hour, send.limits.sends_per_hour, &|_| true),
            guesses: newest.map(|row| (row.guesses, row.new.expires_at)),
        }
    }

    /// Ends words, and every question that was asked about them.
    fn end_words(&mut self, tag: Tag) -> bool {
        let open = self.words.iter_mut().find(|set| set.open && set.new.tag == tag);
        let Some(set) = open else { return false };
        set.open = false;
        self.pending.retain(|_, open| about(open) != Some(tag));
        true
    }

    fn replace_pending(&mut self, change: &PhoneChange, pending: &PendingChange) -> bool {
        let open = self.text_link_state(&change.phone, change.at).pending;
        if open.map(|open| open.tag) != pending.replaces {
            return false;
        }
        self.pending.remove(&change.phone);
        let Some(asked) = &pending.state else { return true };
        let is_open = |tag| self.words.iter().any(|set| set.open && set.new.tag == tag);
        if !about(asked).is_none_or(is_open) {
            return false;
        }
        self.pending.insert(change.phone.clone(), asked.clone());
        true
    }

    fn replace_wrong(&mut self, phone: &PhoneNumber, (before, after): (WrongWords, WrongWords)) -> bool {
        if self.wrong.get(phone).copied() != before.0 {
            return false;
        }
        match after.0 {
            Some(counter) => self.wrong.insert(phone.clone(), counter),
            None => self.wrong.remove(phone),
        };
        true
    }

    fn use_proof(&mut self, proof: Proof, at: Timestamp) -> bool {
        match proof {
            Proof::Words(tag) => self.end_words(tag),
            Proof::Code(tag) => {
                let good = |row: &&mut Code| row.open && row.new.tag == tag && row.new.expires_at > at;
                let Some(row) = self.codes.iter_mut().find(good) else {
                    return false;
                };
                row.open = false;
                true
            }
        }
    }
}

fn about(open: &Pending) -> Option<Tag> {
    match open.action {
        PendingAction::Link { words, .. } => Some(words),
        PendingAction::Unlink { .. } => None,
    }
}

impl super::State {
    fn link_view(&mut self, account: AccountId, phone: &PhoneNumber) -> Option<LinkView> {
        let known = self.accounts.account(account)?;
        let asked = LinkAccount {
            id: account,
            email: known.email.clone(),
        };
        let disabled = known.disabled_at.is_some();
        let holder = self.phones.holder(phone).cloned();
        let own = self.phones.own(account).cloned();
        let mut live = |link: (LinkId, PhoneNumber, AccountId)| {
            let (id, phone, owner) = link;
            let email = self.accounts.account(owner)?.email.clone();
            Some(LiveLink {
                id,
                phone,
                account: LinkAccount { id: owner, email },
            })
        };
        let (holder, own) = (holder.and_then(&mut live), own.and_then(&mut live));
        let user = self.user_of(phone).map(|stored| LinkedUser {
            id: stored.id,
            belongs_to: stored
                .user
                .account
                .or_else(|| self.phones.last_accounts.get(&stored.id).copied()),
        });
        Some(LinkView {
            account: asked,
            disabled,
            phone: phone.clone(),
            holder,
            own,
            user,
        })
    }

    /// Applies a change. Unless it answers [`PhoneCommit::Stored`], nothing was changed.
    pub(crate) fn change_phone(&mut self, change: &PhoneChange) -> PhoneCommit {
        let before = (self.phones.pending.clone(), self.phones.wrong.clone());
        let applied = self.try_change_phone(change);
        if applied != PhoneCommit::Stored {
            (self.phones.pending, self.phones.wrong) = before;
        }
        applied
    }

    fn try_change_phone(&mut self, change: &PhoneChange) -> PhoneCommit {
        if let Some(pending) = &change.pending
            && !self.phones.replace_pending(change, pending)
        {
            return PhoneCommit::Stale;
        }
        if let Some(wrong) = change.wrong
            && !self.phones.replace_wrong(&change.phone, wrong)
        {
            return PhoneCommit::Stale;
        }
        match &change.link {
            Some(plan) => self.change_links(change, plan),
            None => PhoneCommit::Stored,
        }
    }

    fn change_links(&mut self, change: &PhoneChange, plan: &LinkPlan) -> PhoneCommit {
        let Some(view) = self.link_view(plan.seen.account, &change.phone) else {
            return PhoneCommit::Stale;
        };
        let seen = Seen {
            account: view.account.id,
            holder: view.holder.map(|link| link.id),
            own: view.own.map(|link| link.id),
            user: view.user.map(|user| user.id),
        };
        if seen != plan.seen || (plan.begins && view.disabled) {
            return PhoneCommit::Stale;
        }
        if plan
            .proof
            .is_some_and(|proof| !self.phones.use_proof(proof, change.at))
        {
            return PhoneCommit::ProofOver;
        }
        for end in &plan.ends {
            self.end_link(*end);
        }
        if plan.begins {
            self.begin_link(plan.seen.account, change);
        }
        match plan.user {
            Some(UserEffect::Join(user)) => self.detach_or_join(user, Some(plan.seen.account)),
            Some(UserEffect::End(user)) => {
                self.users.end(user, change.at);
                self.leave_contact_mails(user);
            }
            None => {}
        }
        PhoneCommit::Stored
    }

    fn end_link(&mut self, end: LinkEnd) {
        let place = self.phones.links.iter().position(|(id, ..)| *id == end.link);
        let (_, phone, account) = self.phones.links.remove(place.expect("the plan stands"));
        self.accounts.account(account).expect("the link's account").phone = None;
        let hiker = self
            .user_of(&phone)
            .filter(|stored| stored.user.account == Some(account));
        if let Some(stored) = hiker {
            self.phones.last_accounts.insert(stored.id, account);
            self.detach_or_join(stored.id, None);
        }
    }

    fn begin_link(&mut self, account: AccountId, change: &PhoneChange) {
        let phone = &change.phone;
        self.phones.given += 1;
        let id = LinkId::from_stored(self.phones.given);
        self.phones.links.push((id, phone.clone(), account));
        self.accounts.account(account).expect("the plan stands").phone = Some(phone.clone());
        self.phones.pending.remove(phone);
        let in_flight = self.phones.codes.iter_mut().filter(|row| row.new.phone == *phone);
        in_flight.for_each(|row| row.open = false);
    }

    fn detach_or_join(&mut self, user: UserId, account: Option<AccountId>) {
        let hiker = self.users.users.iter_mut().find(|stored| stored.id == user);
        let hiker = hiker.expect("the plan stands");
        hiker.user.account = account;
        hiker.revision = thunderbird_domain::port::Revision::At(hiker.revision.next());
    }
}

impl PhoneStore for MemoryStore {
    fn send_code(&self, send: SendCode) -> PortFuture<'_, SendVerdict> {
        let mut state = self.lock();
        let verdict = state.judge_code(&send);
        if let SendVerdict::Sent(_) = verdict {
            state.limits.count(&send.counts, send.at);
        }
        if let SendVerdict::Sent(sent) = verdict {
            let account = send.code.account;
            let earlier = state
                .phones
                .codes
                .iter_mut()
                .filter(|row| row.new.account == account);
            earlier.for_each(|row| row.open = false);
            state.phones.codes.push(Code {
                new: send.code,
                at: send.at,
                guesses: sent.guesses,
                open: true,
            });
            state.queue(&send.outgoing);
            state.audit.extend(send.audit);
        }
        Box::pin(async move { Ok(verdict) })
    }

    fn count_guess(&self, account: AccountId, at: Timestamp) -> PortFuture<'_, Guess> {
        let mut state = self.lock();
        let good = |row: &&mut Code| row.open && row.new.account == account && row.new.expires_at > at;
        let guess = match state.phones.codes.iter_mut().find(good) {
            None => Guess::NoCode,
            Some(row) if row.guesses >= MAX_GUESSES => Guess::Spent {
                until: row.new.expires_at,
            },
            Some(row) => {
                row.guesses += 1;
                Guess::Judged(OpenCode {
                    tag: row.new.tag,
                    phone: row.new.phone.clone(),
                    mac: row.new.mac.clone(),
                })
            }
        };
        Box::pin(async move { Ok(guess) })
    }

    fn offer_words(&self, words: NewWords) -> PortFuture<'_, WordsVerdict> {
        let mut state = self.lock();
        if state.accounts.account(words.account).is_none() {
            return Box::pin(async { Ok(WordsVerdict::Gone) });
        }
        let phones = &mut state.phones;
        let live = |set: &&Words| set.open && set.new.expires_at > words.at;
        let mut others = phones.words.iter().filter(live);
        if others.any(|set| set.new.mac == words.mac && set.new.account != words.account) {
            return Box::pin(async { Ok(WordsVerdict::Taken) });
        }
        let own = phones
            .words
            .iter()
            .find(|set| set.open && set.new.account == words.account);
        if let Some(tag) = own.map(|set| set.new.tag) {
            phones.end_words(tag);
        }
        let audit = words.audit.clone();
        phones.words.push(Words {
            new: words,
            open: true,
        });
        state.audit.extend(audit);
        Box::pin(async { Ok(WordsVerdict::Stored) })
    }

    fn words(&self, macs: Vec<Mac>, at: Timestamp) -> PortFuture<'_, Option<WordSet>> {
        let mut state = self.lock();
        let good = |set: &&Words| set.open && set.new.expires_at > at && macs.contains(&set.new.mac);
        let found = state.phones.words.iter().find(good);
        let found = found
            .map(|set| (set.new.tag, set.new.account))
            .and_then(|(tag, id)| {
                let account = state
                    .accounts
                    .account(id)
                    .filter(|account| account.disabled_at.is_none())?;
                Some(WordSet {
                    tag,
                    account: id,
                    email: account.email.clone(),
                })
            });
        Box::pin(async move { Ok(found) })
    }

    fn text_link_state(&self, phone: &PhoneNumber, at: Timestamp) -> PortFuture<'_, TextLinkState> {
        let state = self.lock().phones.text_link_state(phone, at);
        Box::pin(async move { Ok(state) })
    }

    fn linked(&self, account: AccountId) -> PortFuture<'_, Option<PhoneNumber>> {
        let linked = self.lock().phones.own(account).map(|(_, phone, _)| phone.clone());
        Box::pin(async move { Ok(linked) })
    }

    fn view(&self, account: AccountId, phone: &PhoneNumber) -> PortFuture<'_, Option<LinkView>> {
        let view = self.lock().link_view(account, phone);
        Box::pin(async move { Ok(view) })
    }

    fn commit(&self, save: SavePhone) -> PortFuture<'_, PhoneCommit> {
        let mut state = self.lock();
        let applied = state.change_phone(&save.change);
        if applied == PhoneCommit::Stored {
            state.queue_at(&save.outgoing, save.change.at);
            state.audit.extend(save.audit);
        }
        Box::pin(async move { Ok(applied) })
    }
}
