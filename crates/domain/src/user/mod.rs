//! A hiker on the SMS side: onboarding, position, check-ins, contacts.

mod check_in;
mod check_in_refusal;
mod contact;
mod contact_refusal;
mod contact_text;
mod conversation;
mod message_log;
mod name;
mod onboard;
mod profile;
mod recipients;
#[expect(
    clippy::module_inception,
    reason = "the aggregate's file bears its name, as in every context"
)]
mod user;

pub use crate::id::{CheckInId, ContactId, UserId};
pub use check_in::{ANNOUNCE_AGAIN_AFTER, Announcement, CheckInError, CheckedIn, WebCheckIn, check_in};
pub use check_in_refusal::CheckInRefusal;
pub use contact::{
    AddContact, AddContactError, RemoveContactError, SavedContact, add_contact, contact_notice,
    remove_contact,
};
pub use contact_refusal::{ContactRefusal, MAX_CONTACTS};
pub use contact_text::{Unreadable, contact_in};
pub use conversation::{
    CONFIRM_NAME, CONVERSATION_LIFE, Conversation, ConversationChange, Prompt, PromptAnswer, Step,
    StoredConversation, Turn,
};
pub use message_log::{Direction, LoggedMessage, MessageLog};
pub use name::{ContactName, MAX_NAME, TrailName};
pub use onboard::{GUIDE_AFTER, Onboarding, onboard};
pub use profile::{ChangeProfileError, Profile, ProfileChange, ProfileError};
pub use recipients::Recipients;
pub use user::{
    CheckIn, CheckInSource, Contact, Position, SaveUser, SavedUser, StoredCheckIn, StoredUser, User,
    UserChange, UserStore, Users,
};
