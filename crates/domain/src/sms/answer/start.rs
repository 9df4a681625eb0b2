//! START: lifts an opt-out, then registers, or shows a registered hiker what is kept.

use super::contact;
use crate::{
    audit::{AuditEvent, Subject},
    messages,
    opt_out::OptOutChange,
    port::Revision,
    sms::{
        command::Args,
        context::TextContext,
        decision::{Decision, Effects},
    },
    user::{Conversation, ConversationChange, Step},
};

/// Starts the conversation. START from a contact only resumes our texts; REGISTER registers a contact as well.
pub fn run(context: &TextContext<'_>, _: &Args) -> Decision {
    let registers = context.text.normal == "REGISTER" || context.live_conversation().is_some();
    if context.is_contact() && !registers {
        let (opt_out, audit) = resume(context).unzip();
        return contact::start(context).with(Effects {
            outgoing: opt_out
                .iter()
                .flat_map(|_| contact::comes_back(context))
                .collect(),
            opt_out,
            audit: audit.into_iter().collect(),
            ..Effects::default()
        });
    }
    let (step, reply) = match context.user() {
        None if context.text.is_from_a_pool => return not_a_person(context),
        None => (
            Step::Name { again: false },
            messages::onboarding::welcome(context.emergency_number()),
        ),
        Some(stored) => {
            let route = context
                .route()
                .map_or(stored.user.route.as_str(), |route| route.name());
            let name = stored.user.trail_name.as_str();
            (
                Step::Change,
                messages::onboarding::registered(name, route, context.routes),
            )
        }
    };
    let conversation = ask(context, Conversation::asking(step, context.at));
    let (opt_out, audit) = resume(context).unzip();
    let reply = match opt_out {
        Some(_) => format!(
            "{}\n{reply}",
            messages::replies::resumed_by_start(context.user().is_some())
        ),
        None => reply,
    };
    Decision::say(reply).with(Effects {
        conversation: Some(conversation),
        outgoing: opt_out
            .iter()
            .flat_map(|_| contact::comes_back(context))
            .collect(),
        opt_out,
        audit: audit.into_iter().collect(),
        ..Effects::default()
    })
}

/// A number that many people's messengers share is not registered: it would give one hiker's promises to another. The
/// conversation is over, if there was one.
pub(in crate::sms) fn not_a_person(context: &TextContext<'_>) -> Decision {
    Decision::say(messages::onboarding::shared_number()).with(Effects {
        conversation: end(context),
        ..Effects::default()
    })
}

/// The conversation stands here from now on.
pub(in crate::sms) fn ask(context: &TextContext<'_>, conversation: Conversation) -> ConversationChange {
    replace(context, Some(conversation))
}

/// The conversation is over, if there was one.
pub(in crate::sms) fn end(context: &TextContext<'_>) -> Option<ConversationChange> {
    context
        .sender
        .conversation
        .as_ref()
        .map(|_| replace(context, None))
}

fn replace(context: &TextContext<'_>, state: Option<Conversation>) -> ConversationChange {
    let replaces = context
        .sender
        .conversation
        .as_ref()
        .map_or(Revision::Absent, |stored| stored.revision);
    ConversationChange {
        phone: context.phone.clone(),
        replaces,
        state,
    }
}

/// Lifts the opt-out, if there is one.
pub(in crate::sms) fn resume(context: &TextContext<'_>) -> Option<(OptOutChange, AuditEvent)> {
    let subject = context
        .user()
        .map_or(Subject::Stored, |stored| Subject::User(stored.id));
    let event = AuditEvent::new(context.at, context.actor(), "opt_out.cleared", subject);
    let change = OptOutChange::Clear {
        phone: context.phone.clone(),
        at: context.at,
    };
    context.sender.opted_out.then_some((change, event))
}
