//! Whether a code may be sent, and what ends with a session.

use thunderbird_domain::{
    account::AccountId,
    limit::Verdict,
    phone::{SendCode, SendVerdict},
    random::Tag,
};

use super::State;

impl State {
    /// Ends everything that an account has under way towards a link.
    pub(crate) fn void(&mut self, account: AccountId) {
        let words = self
            .words
            .iter()
            .filter(|set| set.open && set.new.account == account);
        let open: Vec<Tag> = words.map(|set| set.new.tag).collect();
        for tag in open {
            self.end_words(tag);
        }
        let codes = self.codes.iter_mut().filter(|row| row.new.account == account);
        codes.for_each(|row| row.open = false);
    }
}

impl super::super::State {
    /// Whether a code may be sent.
    pub(super) fn judge_code(&mut self, send: &SendCode) -> SendVerdict {
        if self.accounts.account(send.code.account).is_none() {
            return SendVerdict::Gone;
        }
        if let Some(retry_after) = self.outbox.day_is_full(send.daily_room, send.at) {
            return SendVerdict::Full { retry_after };
        }
        if let Verdict::Refused { retry_after } = self.limits.judge(&send.counts, send.at) {
            return SendVerdict::Refused { retry_after };
        }
        self.phones.history(send).judge(send.limits, send.at)
    }
}
