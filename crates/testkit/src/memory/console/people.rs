//! Hikers and accounts, as lines and pages.

use thunderbird_domain::{
    account::{Account, AccountId},
    admin::{
        AccountLine, AccountPage, CheckInLine, ContactLine, LinkLine, SessionLine, UserFilter, UserLine,
        UserPage,
    },
    time::Timestamp,
    user::{StoredUser, UserId},
};

use crate::memory;

pub(super) fn matches(filter: &UserFilter, line: &UserLine) -> bool {
    let begins = |wanted: &Option<String>, text: &str| {
        let (wanted, text) = (
            wanted.as_ref().map(|wanted| wanted.to_ascii_lowercase()),
            text.to_ascii_lowercase(),
        );
        wanted.is_none_or(|wanted| text.starts_with(&wanted))
    };
    begins(&filter.phone, line.phone.as_str())
        && begins(&filter.name, &line.trail_name)
        && filter.route.as_ref().is_none_or(|route| *route == line.route)
}

pub(super) fn account_line(account: &Account) -> AccountLine {
    AccountLine {
        id: account.id,
        email: account.email.as_str().to_owned(),
        verified: account.email_verified_at.is_some(),
        created_at: account.created_at,
        disabled_at: account.disabled_at,
    }
}

fn user_line(stored: &StoredUser, ended_at: Option<Timestamp>) -> UserLine {
    let user = &stored.user;
    let position = user.position.as_ref();
    UserLine {
        id: stored.id,
        phone: user.phone.clone(),
        trail_name: user.trail_name.as_str().to_owned(),
        route: user.route.as_str().to_owned(),
        position: position.map(|position| (position.code.clone(), position.at)),
        account: user.account,
        started_at: user.started_at,
        ended_at,
    }
}

impl memory::State {
    /// Every hiker there ever was, newest first.
    pub(super) fn user_lines(&self) -> Vec<UserLine> {
        let live = self.users.users.iter().map(|stored| user_line(stored, None));
        let ended = self
            .users
            .ended
            .iter()
            .map(|(stored, at)| user_line(stored, Some(*at)));
        let mut lines: Vec<_> = live.chain(ended).collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.id));
        lines
    }

    pub(super) fn user_page(&mut self, id: UserId) -> Option<UserPage> {
        let user = self.user_lines().into_iter().find(|line| line.id == id)?;
        let live = self.users.users.iter();
        let mut all = live.chain(self.users.ended.iter().map(|(stored, _)| stored));
        let contacts = all.find(|stored| stored.id == id)?.user.contacts.iter();
        let contacts = contacts
            .map(|contact| ContactLine {
                name: contact.name.as_str().to_owned(),
                phone: contact.phone.clone(),
                opted_out: self.opt_outs.stands(&contact.phone),
            })
            .collect();
        let check_ins = self
            .users
            .check_ins
            .iter()
            .rev()
            .filter(|(owner, _)| *owner == id);
        let check_ins = check_ins
            .map(|(_, stored)| &stored.check_in)
            .map(|check_in| CheckInLine {
                at: check_in.at,
                code: check_in.camp_code.clone(),
                name: check_in.camp_name.clone(),
                source: check_in.source.as_str().to_owned(),
                contacts_told: check_in.contacts_told.into(),
            });
        let check_ins = check_ins.collect();
        let mut conversation = self.message_lines();
        conversation.retain(|line| {
            line.phone == user.phone.as_str()
                && line.at >= user.started_at
                && user.ended_at.is_none_or(|end| line.at <= end)
        });
        conversation.reverse();
        Some(UserPage {
            opted_out: self.opt_outs.stands(&user.phone),
            contacts,
            check_ins,
            conversation,
            user,
        })
    }

    pub(super) fn account_page(&mut self, id: AccountId) -> Option<AccountPage> {
        let account = account_line(self.accounts.account(id)?);
        let live = self.accounts.all_sessions(id).into_iter();
        let live = live.filter(|session| session.ended.is_none());
        let sessions = live.map(|session| SessionLine {
            id: session.id.get(),
            user_agent: session.user_agent.map(|name| name.as_str().to_owned()),
            created_at: session.started_at,
            last_seen_at: session.last_seen_at,
        });
        let own = self.console.links.iter().rev().filter(|(owner, _)| *owner == id);
        let links: Vec<LinkLine> = own.map(|(_, line)| line.clone()).collect();
        Some(AccountPage {
            account,
            sessions: sessions.collect(),
            links,
        })
    }
}
