//! The order in which a text is looked at. Its order is a safety rule: carrier words, limits, conversation, command,
//! hint.

use super::{
    answer::{hint, start},
    command::{Args, Meaning},
    context::{REGISTERED_FACTOR, TextContext},
    decision::{Decision, Effects},
    dispatch::Handler,
    inbound::{CarrierVerdict, LIMIT_WINDOW, TextOutcome},
    keyword::{CarrierKeywords, Keyword},
    verb::Verb,
};
use crate::{
    audit::{AuditEvent, Subject},
    messages,
    opt_out::{Answering, OptOutChange, OptOutSource},
    route::RouteId,
    user::{Conversation, Onboarding, Prompt, Step, TrailName, Turn, onboard},
};

/// The loop guard acts when the same text was there this often within ten minutes.
const LOOP_AFTER: u32 = 30;

/// A decision, and what it is remembered as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// What it is remembered as.
    pub outcome: TextOutcome,
}

impl Decided {
    /// A decision that is answered and counts towards the sender's hour.
    pub(super) fn answered(decision: Decision) -> Self {
        Self {
            decision,
            outcome: TextOutcome::Answered,
        }
    }

    /// A decision of which limits know nothing, answered or not.
    pub(super) fn exempt(decision: Decision) -> Self {
        let outcome = if decision.reply.is_some() {
            TextOutcome::Exempt
        } else {
            TextOutcome::Silent
        };
        Self { decision, outcome }
    }

    /// A decision without an answer.
    pub(super) fn silent(decision: Decision) -> Self {
        Self {
            decision,
            outcome: TextOutcome::Silent,
        }
    }
}

/// Decides a text from a number.
pub fn decide(context: &TextContext<'_>) -> Decided {
    let verdict = context.message.verdict;
    let keyword = context.text.keyword;
    match (verdict, keyword) {
        (Some(CarrierVerdict::Stop), _) => return stop(context, OptOutSource::Carrier),
        (_, Some(Keyword::Stop)) => return stop(context, OptOutSource::Text),
        (Some(CarrierVerdict::Help), _) => return Decided::silent(Decision::default()),
        _ => {}
    }
    let starts = context.text.starts();
    if !starts && (verdict.is_some() || keyword.is_some()) {
        if let Some((change, event)) = start::resume(context) {
            return resumed(context, change, event);
        }
        if verdict.is_some() {
            return Decided::silent(Decision::default());
        }
    }
    read(context)
}

/// STOP: at once, in every state.
fn stop(context: &TextContext<'_>, source: OptOutSource) -> Decided {
    let answered_by_carrier =
        context.rules.carrier_keywords == CarrierKeywords::Twilio || context.message.verdict.is_some();
    let recorded = !context.sender.opted_out;
    let subject = context
        .user()
        .map_or(Subject::Stored, |stored| Subject::User(stored.id));
    let event = AuditEvent::new(context.at, context.actor(), "opt_out.recorded", subject);
    let decision = Decision {
        reply: (recorded && !answered_by_carrier).then(messages::replies::stopped),
        ..Decision::default()
    }
    .with(Effects {
        conversation: start::end(context),
        opt_out: recorded.then(|| OptOutChange::Record {
            phone: context.phone.clone(),
            source,
            at: context.at,
        }),
        audit: recorded.then_some(event).into_iter().collect(),
        ..Effects::default()
    });
    Decided::exempt(decision)
}

fn resumed(context: &TextContext<'_>, change: OptOutChange, event: AuditEvent) -> Decided {
    let answered = context.message.verdict.is_some();
    let decision = Decision {
        reply: (!answered).then(messages::replies::resumed),
        ..Decision::default()
    }
    .with(Effects {
        opt_out: Some(change),
        audit: vec![event],
        ..Effects::default()
    });
    Decided::exempt(decision)
}

/// Everything that is no carrier's word, or one that changed nothing.
fn read(context: &TextContext<'_>) -> Decided {
    let text = context.text;
    let is_exempt = text.verb().is_some_and(|verb| verb.entry().exempt);
    if let (false, Some(held)) = (is_exempt, held_back(context)) {
        return held;
    }
    let (starts, answerable) = (text.starts(), context.answering == Answering::Yes);
    let talk = context.live_conversation().filter(|_| answerable && !starts);
    match (&text.meaning, talk) {
        (Meaning::Command(Verb::Start, _) | Meaning::Other, _) if !answerable => {
            Decided::silent(Decision::default())
        }
        (Meaning::Command(verb, args), None) => command(context, *verb, args),
        (Meaning::Command(verb, args), Some(talk)) => {
            with_prompt(context, talk, command(context, *verb, args))
        }
        (Meaning::Misused(verb, _), talk) => {
            let usage = Decided::answered(Decision::say(messages::help::misused(verb.entry().usage)));
            talk.map_or(usage.clone(), |talk| with_prompt(context, talk, usage))
        }
        (Meaning::Other, Some(talk)) if text.keyword.is_some() => {
            with_prompt(context, talk, Decided::answered(Decision::default()))
        }
        (Meaning::Other, Some(talk)) => turn(context, talk),
        (Meaning::Other, None) => other(context),
    }
}

/// The loop guard, then the limit.
fn held_back(context: &TextContext<'_>) -> Option<Decided> {
    let history = &context.sender.history;
    if history.same_text >= LOOP_AFTER {
        return Some(Decided {
            decision: Decision::default(),
            outcome: TextOutcome::Looping,
        });
    }
    let known = context.user().is_some() || context.live_conversation().is_some();
    let factor = if known { REGISTERED_FACTOR } else { 1 };
    if history.answers < context.rules.answers_per_hour.saturating_mul(factor) {
        return None;
    }
    if history.told_limit {
        return Some(Decided {
            decision: Decision::default(),
            outcome: TextOutcome::OverLimit,
        });
    }
    let free_at = history.oldest_answer.unwrap_or(context.at).plus(LIMIT_WINDOW);
    let decision = Decision::say(messages::replies::over_limit(free_at.since(context.at)));
    Some(Decided {
        decision,
        outcome: TextOutcome::ToldLimit,
    })
}

fn command(context: &TextContext<'_>, verb: Verb, args: &Args) -> Decided {
    let decision = match (verb.handler(), context.user()) {
        (Handler::Anyone(run), _) => run(context, args),
        (Handler::Hiker(run), Some(hiker)) => run(context, hiker, args),
        (Handler::Hiker(_), None) => Decision::say(messages::help::unregistered()),
    };
    if verb.entry().exempt {
        Decided::exempt(decision)
    } else if decision.reply.is_none() {
        Decided::silent(decision)
    } else {
        Decided::answered(decision)
    }
}

/// A command at a prompt: it runs, and the question is asked again and stays open. Silence stays silence.
fn with_prompt(context: &TextContext<'_>, talk: &Conversation, mut decided: Decided) -> Decided {
    if context.prepared.is_silent() {
        return decided;
    }
    let prompt = messages::onboarding::prompt(talk.prompt(), context.routes);
    let decision = &mut decided.decision;
    decision.reply = Some(match decision.reply.take() {
        Some(reply) => messages::onboarding::after(&reply, (talk.prompt(), &prompt)),
        None => prompt,
    });
    decision.effects.conversation = Some(start::ask(context, talk.touched(context.at)));
    decided
}

/// An answer to the question that stands open.
fn turn(context: &TextContext<'_>, talk: &Conversation) -> Decided {
    match talk.answer(
        &context.message.body,
        &context.text.normal,
        context.routes,
        context.at,
    ) {
        Turn::Ask(next, prompt) => {
            let reply = messages::onboarding::prompt(prompt, context.routes);
            Decided::answered(Decision::say(reply).with(Effects {
                conversation: Some(start::ask(context, next)),
                ..Effects::default()
            }))
        }
        Turn::Done { name, route } => finish(context, name, &route),
        Turn::Left => {
            let mut decided = other(context);
            decided.decision.effects.conversation = start::end(context);
            decided
        }
    }
}

fn finish(context: &TextContext<'_>, name: TrailName, route: &RouteId) -> Decided {
    let Some(route) = context.routes.find(route) else {
        let reply = messages::onboarding::prompt(Prompt::RouteAgain, context.routes);
        return Decided::answered(Decision::say(reply));
    };
    let reply = messages::onboarding::confirmed(name.as_str(), route);
    let (change, outgoing, audit) = onboard(Onboarding {
        phone: context.phone,
        known: context.user(),
        account: context.sender.linked_account,
        name,
        route,
        seed: context.seed,
        at: context.at,
    });
    Decided::answered(Decision::say(reply).with(Effects {
        user: Some(change),
        conversation: start::end(context),
        outgoing,
        audit: vec![audit],
        ..Effects::default()
    }))
}

/// Not a command and no answer to a question: an answer that came too late, a bare code, or anything else.
fn other(context: &TextContext<'_>) -> Decided {
    let normal = context.text.normal.as_str();
    let conversation = context
        .sender
        .conversation
        .as_ref()
        .map(|stored| &stored.conversation);
    if let Some(talk) = conversation
        && !talk.is_live(context.at)
        && (talk.step != Step::Change || normal == "CHANGE")
    {
        let conversation = start::end(context);
        return Decided::answered(Decision::say(messages::onboarding::lapsed()).with(Effects {
            conversation,
            ..Effects::default()
        }));
    }
    if let Some(hint) = hint::for_word(context) {
        return Decided::answered(Decision::say(hint));
    }
    if context.sender.history.hinted {
        return Decided::silent(Decision::default());
    }
    let decision = Decision::say(messages::help::unknown(context.emergency_number()));
    Decided {
        decision,
        outcome: TextOutcome::Hinted,
    }
}
