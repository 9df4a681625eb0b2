//! What the service has acknowledged: the other side of the file.

use thunderbird_testkit::service::TextAnswer;

/// What a text was for, and so what must stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// An answer, and nothing else.
    Talk,
    /// A hiker of this name exists.
    Registration {
        /// The trail name.
        name: String,
    },
    /// This number is a contact, and is told so.
    Contact {
        /// The contact's number.
        phone: String,
    },
    /// The hiker is at this camp, and these are told.
    CheckIn {
        /// The camp's code.
        camp: &'static str,
        /// The contacts' numbers, sorted.
        told: Vec<String>,
    },
}

/// A text whose answer arrived whole, with status 200.
#[derive(Debug, Clone)]
pub struct HeardText {
    /// The MessageSid.
    pub sid: String,
    /// The sender.
    pub from: String,
    /// What it said.
    pub body: String,
    /// What it was answered.
    pub answer: TextAnswer,
    /// What it was for.
    pub meaning: Meaning,
}

/// Everything that was acknowledged, in the order of the answers.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Texts.
    pub texts: Vec<HeardText>,
    /// The addresses of accounts whose registration was answered 201.
    pub accounts: Vec<String>,
    /// The id and camp of check-ins that the web was answered 201 for.
    pub web_check_ins: Vec<(i64, &'static str)>,
}

impl Ledger {
    /// How many acknowledgements there are.
    pub fn len(&self) -> usize {
        self.texts.len() + self.accounts.len() + self.web_check_ins.len()
    }

    /// What was acknowledged after `earlier`, an earlier state of the same ledger.
    pub fn since(&self, earlier: &Self) -> Self {
        let (texts, accounts) = (earlier.texts.len(), earlier.accounts.len());
        Self {
            texts: self.texts[texts..].to_vec(),
            accounts: self.accounts[accounts..].to_vec(),
            web_check_ins: self.web_check_ins[earlier.web_check_ins.len()..].to_vec(),
        }
    }

    /// How many acknowledged texts were check-ins.
    pub fn texted_check_ins(&self) -> usize {
        let is_one = |text: &&HeardText| matches!(text.meaning, Meaning::CheckIn { .. });
        self.texts.iter().filter(is_one).count()
    }

    /// How many acknowledged texts registered a hiker.
    pub fn registrations(&self) -> usize {
        let is_one = |text: &&HeardText| matches!(text.meaning, Meaning::Registration { .. });
        self.texts.iter().filter(is_one).count()
    }
}
