//! Everything held about an account.

use crate::{
    account::{Account, KnownDevice, Session},
    deadline::Plan,
    time::Timestamp,
};

/// Everything held about an account, but for its password's hash and the digests of its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The account itself.
    pub account: Account,
    /// Its sessions, newest first, ended ones included.
    pub sessions: Vec<Session>,
    /// The devices that are known at its sign-in, the last used first.
    pub devices: Vec<KnownDevice>,
    /// The numbers it was linked to, newest first.
    pub links: Vec<ExportedLink>,
    /// The number that the account had in an earlier version of the service, which nobody proved, in E.164.
    pub claimed_phone: Option<String>,
    /// The numbers that it had codes texted to, as long as they are kept, newest first.
    pub codes: Vec<ExportedCode>,
    /// The mails it was sent, newest first.
    pub mails: Vec<ExportedMail>,
    /// The hikers it is or was linked to.
    pub hikers: Vec<ExportedHiker>,
    /// What the audit log says of it, and of what it did, oldest first.
    pub audit: Vec<ExportedAudit>,
}

/// The period in which a number was linked to the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedLink {
    /// The number, in E.164.
    pub phone: String,
    /// From when on.
    pub started_at: Timestamp,
    /// When the link ended (UTC), if it did.
    pub ended_at: Option<Timestamp>,
}

/// A code that was texted; never the code itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedCode {
    /// The number, in E.164.
    pub phone: String,
    /// When it happened (UTC).
    pub at: Timestamp,
}

/// A mail. What it said is not kept here when it carried a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedMail {
    /// When it was queued.
    pub at: Timestamp,
    /// Whom it went to.
    pub to: String,
    /// Its subject line.
    pub subject: String,
    /// Its text, if it is still kept.
    pub text: Option<String>,
    /// What became of it.
    pub state: String,
}

/// A hiker's last check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedPosition {
    /// The camp's code.
    pub camp: String,
    /// When it happened (UTC).
    pub at: Timestamp,
}

/// A hiker, as long as the account was linked to the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedHiker {
    /// The number, in E.164.
    pub phone: String,
    /// What the hiker is called.
    pub trail_name: String,
    /// The route's id.
    pub route_id: String,
    /// The last check-in.
    pub position: Option<ExportedPosition>,
    /// When the hiker registered (UTC).
    pub started_at: Timestamp,
    /// Whether new contacts read the whole number.
    pub shows_number: bool,
    /// Whom to tell.
    pub contacts: Vec<ExportedContact>,
    /// Every check-in, oldest first.
    pub check_ins: Vec<ExportedCheckIn>,
    /// Every promise to be out by a time, oldest first.
    pub promises: Vec<ExportedPromise>,
    /// Every text, oldest first.
    pub messages: Vec<ExportedMessage>,
}

/// A promise to be out by a time, or a call for help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedPromise {
    /// Which of the two it is.
    pub kind: String,
    /// The route's id.
    pub route_id: String,
    /// The promised time, or when help was asked for.
    pub due_at: Timestamp,
    /// When it was set (UTC).
    pub set_at: Timestamp,
    /// Where it stands.
    pub state: String,
    /// When it was closed (UTC), if it was.
    pub closed_at: Option<Timestamp>,
    /// How it was closed.
    pub closed_how: Option<String>,
    /// How many contacts were alerted.
    pub contacts_alerted: u32,
    /// What the hiker has written about the trip.
    pub plan: Plan,
}

/// Somebody whom a hiker wants told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedContact {
    /// The number, in E.164.
    pub phone: String,
    /// What the hiker calls them.
    pub name: String,
    /// When the contact was added (UTC).
    pub created_at: Timestamp,
    /// Why the last text did not arrive, if it did not.
    pub trouble: Option<String>,
    /// Whether the contact has agreed to be alerted.
    pub is_ready: bool,
    /// The contact's e-mail address, if the hiker has given one.
    pub email: Option<String>,
}

/// A check-in of a hiker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedCheckIn {
    /// The route's id.
    pub route_id: String,
    /// The camp's code.
    pub camp: String,
    /// The camp's name.
    pub camp_name: String,
    /// By text or by web.
    pub source: String,
    /// How many contacts a text was queued for.
    pub contacts_told: u32,
    /// When the check-in was made (UTC).
    pub at: Timestamp,
    /// When it was taken back.
    pub taken_back_at: Option<Timestamp>,
}

/// A text that was received or sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedMessage {
    /// `in` or `out`.
    pub direction: String,
    /// What it said, as long as it is kept.
    pub text: Option<String>,
    /// What became of it.
    pub state: String,
    /// When it came or was queued.
    pub at: Timestamp,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedAudit {
    /// When it happened (UTC).
    pub at: Timestamp,
    /// What was done.
    pub action: String,
}
