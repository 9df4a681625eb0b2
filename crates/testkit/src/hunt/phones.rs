//! Codes, words and links between accounts and numbers.

use thunderbird_domain::{
    account::Account,
    outgoing::Outgoing,
    phone::{
        CodeLimits, LinkEnd, LinkEndReason, LinkPlan, LinkView, LiveLink, NewCode, NewWords, PhoneChange,
        PhoneCommit, PhoneStore, Proof, SavePhone, Seen, SendCode, SendVerdict, UserEffect,
    },
    phone_number::PhoneNumber,
    port::Fault,
    random::Tag,
    secret::Mac,
};

use super::hunter::{Hunter, Writes, after, event, hourly, tag};

pub(super) const WRITES: &[&str] = &[
    "phones.send_code",
    "phones.count_guess",
    "phones.offer_words",
    "phones.commit",
];

impl<S: Writes> Hunter<S> {
    pub(super) async fn write_phones(&self, name: &str) -> Result<(), Fault> {
        let Some(account) = self.account().await? else {
            return Ok(());
        };
        match name {
            "phones.send_code" => self.send_code(&account, self.phone()).await.map(drop),
            "phones.count_guess" => self.store().count_guess(account.id, self.now()).await.map(drop),
            "phones.offer_words" => self.store().offer_words(self.new_words(&account)).await.map(drop),
            _ => self.link(&account).await,
        }
    }

    fn mac(&self) -> Mac {
        let mut bytes = [5; 32];
        bytes[..8].copy_from_slice(&self.ledger.next().to_be_bytes());
        Mac {
            key_id: "k1".to_owned(),
            bytes,
        }
    }

    fn new_words(&self, account: &Account) -> NewWords {
        NewWords {
            tag: tag(self.ledger.next()),
            account: account.id,
            mac: self.mac(),
            at: self.now(),
            expires_at: after(600),
            audit: vec![event("hunt.words")],
        }
    }

    async fn send_code(&self, account: &Account, phone: PhoneNumber) -> Result<Option<Tag>, Fault> {
        let code = NewCode {
            tag: tag(self.ledger.next()),
            account: account.id,
            phone: phone.clone(),
            mac: self.mac(),
            expires_at: after(600),
        };
        let code_tag = code.tag;
        let send = SendCode {
            code,
            limits: CodeLimits {
                sends_per_day: u32::MAX,
                sends_per_hour: u32::MAX,
            },
            counts: vec![hourly("hunt.codes", self.below(4), 100_000)],
            daily_room: 1_600,
            at: self.now(),
            outgoing: vec![Outgoing::Text(self.text(phone))],
            audit: vec![event("hunt.code")],
        };
        let verdict = self.store().send_code(send).await?;
        Ok(matches!(verdict, SendVerdict::Sent(_)).then_some(code_tag))
    }

    /// Two at a time want to spend one code.
    async fn link(&self, account: &Account) -> Result<(), Fault> {
        let phone = self.phone();
        let Some(code) = self.send_code(account, phone.clone()).await? else {
            return Ok(());
        };
        let Some(view) = self.store().view(account.id, &phone).await? else {
            return Ok(());
        };
        let save = || SavePhone {
            change: PhoneChange {
                phone: phone.clone(),
                at: after(40),
                pending: None,
                wrong: None,
                link: Some(plan(&view, Proof::Code(code))),
            },
            outgoing: Vec::new(),
            audit: vec![event("hunt.linked")],
        };
        let (first, second) = (
            PhoneStore::commit(self.store(), save()),
            PhoneStore::commit(self.store(), save()),
        );
        for linked in <[_; 2]>::from(futures_util::future::join(first, second).await) {
            if linked? == PhoneCommit::Stored {
                self.ledger.happens(&format!("code {code:?} links"), 1);
            }
        }
        Ok(())
    }
}

fn plan(view: &LinkView, proof: Proof) -> LinkPlan {
    let end = |link: &LiveLink, reason| LinkEnd {
        link: link.id,
        reason,
    };
    let holder = view
        .holder
        .iter()
        .map(|link| end(link, LinkEndReason::Transferred));
    let own = view.own.iter().map(|link| end(link, LinkEndReason::Replaced));
    LinkPlan {
        seen: Seen {
            account: view.account.id,
            holder: view.holder.as_ref().map(|link| link.id),
            own: view.own.as_ref().map(|link| link.id),
            user: view.user.map(|user| user.id),
        },
        proof: Some(proof),
        ends: holder.chain(own).collect(),
        begins: true,
        user: view.user.map(|user| match user.belongs_to {
            Some(other) if other != view.account.id => UserEffect::End(user.id),
            _ => UserEffect::Join(user.id),
        }),
    }
}
