//! START: lifts an opt-out, then registers, or shows a registered hiker what is kept.

use crate::{
    audit::{AuditEvent, Subject},
    messages,
    opt_out::OptOutChange,
    port::Revision,
    sms::{
        case::{Case, Decision},
        command::Args,
    },
    user::{Conversation, ConversationChange, Step},
};

/// Begins the conversation.
pub fn run(case: &Case<'_>, _: &Args) -> Decision {
    let (step, reply) = match case.user() {
        None => (Step::Name, messages::onboarding::welcome(case.routes)),
        Some(stored) => {
            let route = case
                .route()
                .map_or(stored.user.route.as_str(), |route| route.name());
            let name = stored.user.trail_name.as_str();
            (
                Step::Change,
                messages::onboarding::registered(name, route, case.routes),
            )
        }
    };
    let conversation = ask(case, Conversation::asking(step, case.at));
    let (opt_out, audit) = resume(case).unzip();
    let reply = match opt_out {
        Some(_) => format!(
            "{}\n{reply}",
            messages::replies::resumed_by_start(case.user().is_some())
        ),
        None => reply,
    };
    Decision {
        reply: Some(reply),
        conversation: Some(conversation),
        opt_out,
        audit: audit.into_iter().collect(),
        ..Decision::default()
    }
}

/// The conversation stands here from now on.
pub(in crate::sms) fn ask(case: &Case<'_>, conversation: Conversation) -> ConversationChange {
    replace(case, Some(conversation))
}

/// The conversation is over, if there was one.
pub(in crate::sms) fn end(case: &Case<'_>) -> Option<ConversationChange> {
    case.situation.conversation.as_ref().map(|_| replace(case, None))
}

fn replace(case: &Case<'_>, state: Option<Conversation>) -> ConversationChange {
    let replaces = case
        .situation
        .conversation
        .as_ref()
        .map_or(Revision::Absent, |stored| stored.revision);
    ConversationChange {
        phone: case.phone.clone(),
        replaces,
        state,
    }
}

/// Lifts the opt-out, if there is one.
pub(in crate::sms) fn resume(case: &Case<'_>) -> Option<(OptOutChange, AuditEvent)> {
    let subject = case
        .user()
        .map_or(Subject::Stored, |stored| Subject::User(stored.id));
    let event = AuditEvent::new(case.at, case.actor(), "opt_out.cleared", subject);
    let change = OptOutChange::Clear {
        phone: case.phone.clone(),
        at: case.at,
    };
    case.situation.opted_out.then_some((change, event))
}
