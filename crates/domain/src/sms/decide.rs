//! The order in which a text is looked at. Its order is a safety rule: carrier words, calls for help, limits,
//! conversation, command, prose.

use super::{
    answer::{contact, hint, name, prose, start},
    command::{Args, Meaning},
    context::{Prepared, REGISTERED_FACTOR, TextContext},
    decided::Decided,
    decision::{Decision, Effects},
    dispatch::Handler,
    doubt::{is_doubtful_name, only_acknowledges},
    inbound::{CarrierVerdict, LIMIT_WINDOW, TextOutcome},
    keyword::{CarrierKeywords, Keyword},
    verb::Verb,
};
use crate::{
    audit::{AuditEvent, Subject},
    messages,
    opt_out::{Answering, OptOutChange, OptOutSource, WithheldBecause},
    route::RouteId,
    user::{
        Conversation, Onboarding, Prompt, PromptAnswer, Step, TrailName, Turn, names_route, onboard, rerouted,
    },
};

/// The loop guard acts when the same text was there this often within ten minutes.
const LOOP_AFTER: u32 = 30;

/// Decides a text from a number.
pub fn decide(context: &TextContext<'_>) -> Decided {
    let decided = decide_for_known_country(context);
    if context.answering == Answering::Withheld(WithheldBecause::Region) {
        foreign(context, decided)
    } else {
        decided
    }
}

/// A number of a country that may not be texted gets one sentence an hour in the response to its text, whatever it
/// texted: silence would let a visitor wait for help. What the text does is not changed by it.
fn foreign(context: &TextContext<'_>, mut decided: Decided) -> Decided {
    // Satellite messengers text from numbers abroad. Who closes a promise must read that it is closed, and who asks for
    // help whether contacts read of it.
    if matches!(context.prepared, Prepared::Trip(_) | Prepared::Call(_)) {
        decided.outcome = TextOutcome::Foreign;
        return decided;
    }
    let history = &context.sender.history;
    let is_stop = context.text.keyword == Some(Keyword::Stop) || context.message.verdict.is_some();
    if is_stop || context.sender.opted_out {
        return decided;
    }
    if history.told_foreign || history.distress > 0 {
        decided.decision.reply = decided
            .decision
            .reply
            .filter(|_| decided.outcome != TextOutcome::Distress);
        return decided;
    }
    decided.decision.reply = Some(messages::help::foreign(context.emergency_number()));
    decided.decision.secret_until = None;
    if decided.outcome != TextOutcome::Distress {
        decided.outcome = TextOutcome::Foreign;
    }
    decided
}

fn decide_for_known_country(context: &TextContext<'_>) -> Decided {
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
    let has_contacts = context
        .user()
        .is_some_and(|hiker| !hiker.user.contacts.is_empty());
    let is_watched = context
        .user()
        .is_some_and(|hiker| hiker.open_deadline().or(hiker.open_call()).is_some());
    let subject = context
        .user()
        .map_or(Subject::Stored, |stored| Subject::User(stored.id));
    let event = AuditEvent::new(context.at, context.actor(), "opt_out.recorded", subject);
    let decision = Decision {
        reply: (recorded && !answered_by_carrier)
            .then(|| messages::replies::stopped(has_contacts, is_watched)),
        ..Decision::default()
    }
    .with(Effects {
        conversation: start::end(context),
        opt_out: recorded.then(|| OptOutChange::Record {
            phone: context.phone.clone(),
            source,
            at: context.at,
        }),
        outgoing: if recorded {
            contact::leaves(context)
        } else {
            Vec::new()
        },
        audit: recorded.then_some(event).into_iter().collect(),
        ..Effects::default()
    });
    Decided::exempt(decision)
}

fn resumed(context: &TextContext<'_>, change: OptOutChange, event: AuditEvent) -> Decided {
    let answered = context.message.verdict.is_some();
    let decision = Decision {
        reply: (!answered).then(|| {
            if context.is_contact() {
                messages::for_contacts::RESUMED.to_owned()
            } else {
                messages::replies::resumed()
            }
        }),
        ..Decision::default()
    }
    .with(Effects {
        opt_out: Some(change),
        outgoing: contact::comes_back(context),
        audit: vec![event],
        ..Effects::default()
    });
    Decided::exempt(decision)
}

/// Everything that is no carrier's word, or one that changed nothing.
fn read(context: &TextContext<'_>) -> Decided {
    let text = context.text;
    let talk = context
        .live_conversation()
        .filter(|_| context.answering == Answering::Yes && !text.starts());
    // ALERT of somebody whose contacts are not known is a call for help like any other.
    let is_call = text.is_distress || (text.asks_contacts() && context.user().is_none());
    if is_call {
        let answer = prose::distress(context);
        return talk
            .filter(|_| answer.decision.reply.is_some())
            .map_or(answer.clone(), |talk| with_prompt(context, talk, answer));
    }
    // A text that only begins with one of the promise's words can be a program's, such as "Out of office".
    let is_exempt = match &text.meaning {
        Meaning::Command(verb, _) => verb.entry().exempt,
        Meaning::Misused(verb, _) => verb.entry().exempt && !verb.is_about_promise(),
        Meaning::Other => false,
    };
    if let (false, Some(held)) = (is_exempt, held_back(context)) {
        return held;
    }
    let answerable = context.answering == Answering::Yes;
    match (&text.meaning, talk) {
        (Meaning::Command(Verb::Start, _) | Meaning::Other, _) if !answerable => {
            Decided::silent(Decision::default())
        }
        (Meaning::Command(Verb::Name, _), Some(talk)) if talk.asks_for_name() => turn(context, talk),
        (Meaning::Misused(Verb::Name, _), Some(talk)) if talk.doubts_name() => turn(context, talk),
        (Meaning::Misused(Verb::Name, _), Some(_)) if context.sender.history.repeats_newest() => {
            Decided::answered(Decision::first_answer())
        }
        (Meaning::Command(verb, args) | Meaning::Misused(verb, args), Some(talk))
            if !verb.is_for(context) =>
        {
            not_yet(context, talk, (*verb, args))
        }
        (Meaning::Command(verb, args), None) => command(context, *verb, args),
        (Meaning::Command(verb, args), Some(talk)) => {
            with_prompt(context, talk, command(context, *verb, args))
        }
        (Meaning::Misused(..), talk) => {
            let usage = prose::misused(context).unwrap_or_else(|| Decided::silent(Decision::default()));
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
    let known = context.user().is_some() || context.is_contact() || context.live_conversation().is_some();
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
        (Handler::Hiker(_), None) if context.is_contact() => contact::instead_of(context, verb),
        (Handler::Hiker(_), None) => Decision::say(messages::help::unregistered(verb.tells())),
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
    let prompt = messages::onboarding::prompt(&talk.prompt(), context.routes);
    let decision = &mut decided.decision;
    decision.reply = Some(match decision.reply.take() {
        Some(reply) => messages::onboarding::after(&reply, (&talk.prompt(), &prompt)),
        None => prompt,
    });
    decision.effects.conversation = Some(start::ask(context, talk.touched(context.at)));
    decided
}

/// The word of a hikers' command, at a prompt of somebody who is not registered yet: with words after it the text is an
/// answer, such as the name "Route 66"; alone it is answered as what it is.
fn not_yet(context: &TextContext<'_>, talk: &Conversation, (verb, args): (Verb, &Args)) -> Decided {
    if args.words.is_empty() {
        let answer = if context.is_contact() && verb == Verb::Status {
            contact::last_texts(context)
        } else {
            Decision::say(messages::onboarding::not_yet(verb.tells()))
        };
        with_prompt(context, talk, Decided::answered(answer))
    } else {
        turn(context, talk)
    }
}

/// An answer to the question that stands open. A copy of the text before is not taken for the answer to the next
/// question: networks repeat texts.
fn turn(context: &TextContext<'_>, talk: &Conversation) -> Decided {
    if context.sender.history.repeats_newest() {
        return Decided::answered(Decision::first_answer());
    }
    if context.text.is_from_a_pool && context.user().is_none() {
        return Decided::answered(start::not_a_person(context));
    }
    if contact::is_asked(context) {
        return with_prompt(context, talk, Decided::answered(contact::last_texts(context)));
    }
    if let Some(answer) = prose::at_prompt(context) {
        return with_prompt(context, talk, answer);
    }
    if talk.doubts_name() && only_acknowledges(context.text) {
        return with_prompt(context, talk, Decided::answered(Decision::default()));
    }
    let (named, is_confirmed) = match &context.text.meaning {
        Meaning::Command(Verb::Name, args) => (Some(name::given(args)), name::is_confirmed(args)),
        _ => (None, false),
    };
    let text = named.as_ref().unwrap_or(context.text);
    let given = PromptAnswer {
        typed: &text.typed,
        normal: &text.normal,
        doubtful: !is_confirmed && (is_doubtful_name(text) || prose::names_camp(context)),
    };
    match talk.answer(given, context.routes, context.at) {
        Turn::Ask(next, prompt) => {
            let reply = messages::onboarding::prompt(&prompt, context.routes);
            Decided::answered(Decision::say(reply).with(Effects {
                conversation: Some(start::ask(context, next)),
                ..Effects::default()
            }))
        }
        Turn::Done { name, route } => finish(context, name, &route),
        Turn::GivenUp => Decided::answered(Decision::say(messages::onboarding::given_up()).with(Effects {
            conversation: start::end(context),
            ..Effects::default()
        })),
        Turn::Left => {
            let mut decided = other(context);
            if decided.decision.reply.is_none() {
                // A courtesy changes nothing and ends no question; it is answered with what would count.
                return Decided::answered(Decision::say(messages::onboarding::change_still_open()));
            }
            decided.decision.effects.conversation = start::end(context);
            decided
        }
    }
}

fn finish(context: &TextContext<'_>, name: TrailName, route: &RouteId) -> Decided {
    let Some(route) = context.routes.find(route) else {
        let reply = messages::onboarding::prompt(&Prompt::RouteAgain, context.routes);
        return Decided::answered(Decision::say(reply));
    };
    let reply = messages::onboarding::confirmed(name.as_str(), route);
    let deadlines = context
        .user()
        .map(|hiker| rerouted(hiker, route.id(), context.at))
        .unwrap_or_default();
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
        deadlines,
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
    // The text that chose a route, once more: the question is answered, and the copy is no news.
    if context.user().is_some()
        && context.sender.history.repeats_newest()
        && names_route(normal, context.routes)
    {
        return Decided::answered(Decision::first_answer());
    }
    if let Some(hint) = hint::for_word(context) {
        return Decided::answered(Decision::say(hint));
    }
    prose::run(context)
}
