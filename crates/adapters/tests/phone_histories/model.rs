//! What should be true: who is linked to which number.

use std::collections::BTreeMap;

use thunderbird_domain::user::UserId;

/// A hiker as the model knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hiker {
    pub id: UserId,
    pub account: Option<usize>,
    pub last: Option<usize>,
}

/// Every live link and every hiker.
#[derive(Debug, Default)]
pub struct Model {
    pub links: BTreeMap<usize, usize>,
    pub hikers: BTreeMap<usize, Hiker>,
}

impl Model {
    pub fn phone_of(&self, account: usize) -> Option<usize> {
        let mut links = self.links.iter();
        links
            .find(|(_, owner)| **owner == account)
            .map(|(phone, _)| *phone)
    }

    pub fn release(&mut self, phone: usize) {
        let Some(owner) = self.links.remove(&phone) else {
            return;
        };
        if let Some(hiker) = self.hikers.get_mut(&phone) {
            (hiker.account, hiker.last) = (None, Some(owner));
        }
    }

    pub fn link(&mut self, account: usize, phone: usize) {
        if self.links.get(&phone) == Some(&account) {
            return;
        }
        self.release(phone);
        if let Some(other) = self.phone_of(account) {
            self.release(other);
        }
        self.links.insert(phone, account);
        match self.hikers.get_mut(&phone) {
            Some(hiker) if hiker.last.is_none_or(|last| last == account) => hiker.account = Some(account),
            Some(_) => drop(self.hikers.remove(&phone)),
            None => {}
        }
    }
}
