//! The order in which a text is looked at. Its order is a safety rule: carrier words, limits, conversation, command,
//! hint.

use super::{
    answer::{hint, start},
    case::{Case, Decided, Decision, REGISTERED_FACTOR},
    command::{Args, Text},
    dispatch::{Verb, Who},
    inbound::{CarrierVerdict, LIMIT_WINDOW, Outcome},
    keyword::{CarrierKeywords, Keyword},
};
use crate::{
    audit::{AuditEvent, Subject},
    messages,
    opt_out::{OptOutChange, OptOutSource},
    route::RouteId,
    user::{Conversation, Onboarding, Prompt, Step, TrailName, Turn, onboard},
};

/// The loop guard acts when the same text was there this often within ten minutes.
const LOOP_AFTER: u32 = 30;

/// Decides a text from a number.
pub fn decide(case: &Case<'_>) -> Decided {
    let verdict = case.message.verdict;
    let keyword = Keyword::of(&case.message.body);
    match (verdict, keyword) {
        (Some(CarrierVerdict::Stop), _) => return stop(case, OptOutSource::Carrier),
        (_, Some(Keyword::Stop)) => return stop(case, OptOutSource::Text),
        (Some(CarrierVerdict::Help), _) => return silent(Decision::default()),
        _ => {}
    }
    let text = Text::parse(&case.message.body);
    let starts = matches!(text, Text::Command(Verb::Start, _));
    if !starts && (verdict.is_some() || keyword.is_some()) {
        if let Some((change, event)) = start::resume(case) {
            return resumed(case, change, event);
        }
        if verdict.is_some() {
            return silent(Decision::default());
        }
    }
    read(case, &text, keyword)
}

/// STOP: at once, in every state.
fn stop(case: &Case<'_>, source: OptOutSource) -> Decided {
    let answered_by_carrier =
        case.rules.carrier_keywords == CarrierKeywords::Twilio || case.message.verdict.is_some();
    let recorded = !case.situation.opted_out;
    let subject = case
        .user()
        .map_or(Subject::Stored, |stored| Subject::User(stored.id));
    let event = AuditEvent::new(case.at, case.actor(), "opt_out.recorded", subject);
    let decision = Decision {
        reply: (recorded && !answered_by_carrier).then(messages::replies::stopped),
        conversation: start::end(case),
        opt_out: recorded.then(|| OptOutChange::Record {
            phone: case.phone.clone(),
            source,
            at: case.at,
        }),
        audit: recorded.then_some(event).into_iter().collect(),
        ..Decision::default()
    };
    exempt(decision)
}

fn resumed(case: &Case<'_>, change: OptOutChange, event: AuditEvent) -> Decided {
    let answered = case.message.verdict.is_some();
    let decision = Decision {
        reply: (!answered).then(messages::replies::resumed),
        opt_out: Some(change),
        audit: vec![event],
        ..Decision::default()
    };
    exempt(decision)
}

fn exempt(decision: Decision) -> Decided {
    let outcome = if decision.reply.is_some() {
        Outcome::Exempt
    } else {
        Outcome::Silent
    };
    Decided { decision, outcome }
}

fn silent(decision: Decision) -> Decided {
    Decided {
        decision,
        outcome: Outcome::Silent,
    }
}

/// Everything that is no carrier's word, or one that changed nothing.
fn read(case: &Case<'_>, text: &Text, keyword: Option<Keyword>) -> Decided {
    let is_exempt = text.verb().is_some_and(|verb| verb.entry().exempt);
    if let (false, Some(held)) = (is_exempt, held_back(case)) {
        return held;
    }
    let starts = matches!(text, Text::Command(Verb::Start, _));
    let answerable = case.is_textable && (starts || !case.situation.opted_out);
    let talk = case.live_conversation().filter(|_| answerable && !starts);
    match (text, talk) {
        (Text::Command(Verb::Start, _) | Text::Other(_), _) if !answerable => silent(Decision::default()),
        (Text::Command(verb, args), None) => command(case, *verb, args),
        (Text::Command(verb, args), Some(talk)) => with_prompt(case, talk, command(case, *verb, args)),
        (Text::Misused(verb), talk) => {
            let usage = answered(Decision::say(messages::help::misused(verb.entry().usage)));
            talk.map_or(usage.clone(), |talk| with_prompt(case, talk, usage))
        }
        (Text::Other(_), Some(talk)) if keyword.is_some() => {
            with_prompt(case, talk, answered(Decision::default()))
        }
        (Text::Other(normal), Some(talk)) => turn(case, talk, normal),
        (Text::Other(normal), None) => other(case, normal),
    }
}

/// The loop guard, then the limit.
fn held_back(case: &Case<'_>) -> Option<Decided> {
    let history = &case.situation.history;
    if history.same_text >= LOOP_AFTER {
        return Some(Decided {
            decision: Decision::default(),
            outcome: Outcome::Looping,
        });
    }
    let known = case.user().is_some() || case.live_conversation().is_some();
    let factor = if known { REGISTERED_FACTOR } else { 1 };
    if history.answers < case.rules.answers_per_hour.saturating_mul(factor) {
        return None;
    }
    if history.told_limit {
        return Some(Decided {
            decision: Decision::default(),
            outcome: Outcome::OverLimit,
        });
    }
    let free_at = history.oldest_answer.unwrap_or(case.at).plus(LIMIT_WINDOW);
    let decision = Decision::say(messages::replies::over_limit(free_at.since(case.at)));
    Some(Decided {
        decision,
        outcome: Outcome::ToldLimit,
    })
}

fn answered(decision: Decision) -> Decided {
    Decided {
        decision,
        outcome: Outcome::Answered,
    }
}

fn command(case: &Case<'_>, verb: Verb, args: &Args) -> Decided {
    let entry = verb.entry();
    let decision = match (entry.who, case.user()) {
        (Who::Registered, None) => Decision::say(messages::help::unregistered()),
        _ => (entry.handler)(case, args),
    };
    if entry.exempt {
        exempt(decision)
    } else if decision.reply.is_none() {
        silent(decision)
    } else {
        answered(decision)
    }
}

/// A command at a prompt: it runs, and the question is asked again and stays open. Silence stays silence.
fn with_prompt(case: &Case<'_>, talk: &Conversation, mut decided: Decided) -> Decided {
    if case.link.is_some_and(|answer| answer.reply.is_none()) {
        return decided;
    }
    let prompt = messages::onboarding::prompt(talk.prompt(), case.routes);
    let decision = &mut decided.decision;
    decision.reply = Some(match decision.reply.take() {
        Some(reply) => messages::onboarding::after(&reply, (talk.prompt(), &prompt)),
        None => prompt,
    });
    decision.conversation = Some(start::ask(case, talk.touched(case.at)));
    decided
}

/// An answer to the question that stands open.
fn turn(case: &Case<'_>, talk: &Conversation, normal: &str) -> Decided {
    match talk.answer(&case.message.body, normal, case.routes, case.at) {
        Turn::Ask(next, prompt) => {
            let reply = messages::onboarding::prompt(prompt, case.routes);
            answered(Decision {
                conversation: Some(start::ask(case, next)),
                ..Decision::say(reply)
            })
        }
        Turn::Done { name, route } => finish(case, name, &route),
        Turn::Left => {
            let mut decided = other(case, normal);
            decided.decision.conversation = start::end(case);
            decided
        }
    }
}

fn finish(case: &Case<'_>, name: TrailName, route: &RouteId) -> Decided {
    let Some(route) = case.routes.find(route) else {
        let reply = messages::onboarding::prompt(Prompt::RouteAgain, case.routes);
        return answered(Decision::say(reply));
    };
    let reply = messages::onboarding::confirmed(name.as_str(), route);
    let (change, outgoing, audit) = onboard(Onboarding {
        phone: case.phone,
        known: case.user(),
        account: case.situation.linked_account,
        name,
        route,
        seed: case.seed,
        at: case.at,
    });
    answered(Decision {
        user: Some(change),
        conversation: start::end(case),
        outgoing,
        audit: vec![audit],
        ..Decision::say(reply)
    })
}

/// Not a command and no answer to a question: an answer that came too late, a bare code, or anything else.
fn other(case: &Case<'_>, normal: &str) -> Decided {
    let conversation = case
        .situation
        .conversation
        .as_ref()
        .map(|stored| &stored.conversation);
    if let Some(talk) = conversation
        && !talk.is_live(case.at)
        && (talk.step != Step::Change || normal == "CHANGE")
    {
        let conversation = start::end(case);
        return answered(Decision {
            conversation,
            ..Decision::say(messages::onboarding::lapsed())
        });
    }
    if let Some(hint) = hint::for_word(case, normal) {
        return answered(Decision::say(hint));
    }
    if case.situation.history.hinted {
        return silent(Decision::default());
    }
    let decision = Decision::say(messages::help::unknown(case.emergency_number()));
    Decided {
        decision,
        outcome: Outcome::Hinted,
    }
}
