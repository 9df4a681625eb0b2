//! A hiker on the SMS side: onboarding, position, check-ins, contacts.

mod check_in;
mod check_in_refusal;
mod contact;
mod contact_email;
mod contact_of;
mod contact_refusal;
mod contact_text;
mod conversation;
mod forecast;
mod message_log;
mod name;
mod notices;
mod onboard;
mod profile;
mod promise;
mod reach;
mod recipients;
mod rename;
mod take_back;
mod take_back_refusal;
mod trip;
#[expect(
    clippy::module_inception,
    reason = "the aggregate's file bears its name, as in every context"
)]
mod user;

pub use crate::id::{CheckInId, ContactId, UserId};
pub use check_in::{ANNOUNCE_AGAIN_AFTER, Announcement, CheckInError, CheckedIn, WebCheckIn, check_in};
pub use check_in_refusal::CheckInRefusal;
pub use contact::{
    AddContact, AddContactError, ContactMarks, RemoveContactError, SavedContact, UNREACHED_A_DAY,
    add_contact, opted_out, remove_contact, unreached,
};
pub use contact_email::change_email;
pub use contact_of::{ContactOf, LastNotice, MAX_HIKERS_OF_CONTACT};
pub use contact_refusal::{ContactEmailError, ContactRefusal, MAX_CONTACTS};
pub use contact_text::{Unreadable, contact_in, has_number};
pub use conversation::{
    CONFIRM_NAME, CONVERSATION_LIFE, Conversation, ConversationChange, Prompt, PromptAnswer, Step,
    StoredConversation, Turn, names_route,
};
pub use forecast::ForecastError;
pub use message_log::{Direction, LoggedMessage, MessageLog};
pub use name::{ContactName, MAX_NAME, TrailName};
pub use onboard::{GUIDE_AFTER, Onboarding, onboard};
pub use profile::{ChangeProfileError, Profile, ProfileChange, ProfileError};
pub use promise::{PromiseClosed, PromiseSet, close_promise, heard, rerouted, set_promise};
pub use reach::{CheckInNotice, Reach, Trouble};
pub use recipients::Recipients;
pub use rename::rename;
pub use take_back::{TAKE_BACK_LOOKS_AT, TAKE_BACK_WITHIN, TakeBackError, TakenBack, take_back, told};
pub use take_back_refusal::TakeBackRefusal;
pub use trip::{Trip, TripEnd, TripError, TripStands, TripVersion};
pub use user::{
    CheckIn, CheckInSource, Contact, Correction, Fit, Position, SaveUser, SavedUser, StoredCheckIn,
    StoredUser, TakeBack, User, UserChange, UserStore, Users,
};
