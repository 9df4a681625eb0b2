//! Answers to texts that are no command. They change nothing and text no contact: only the answer fits what was meant.

use super::{alarm, alert, contact, deadline, relation};
use crate::{
    messages,
    outgoing::Outgoing,
    page::PageKind,
    route::Waypoint,
    sms::{
        command::{Args, Meaning},
        context::TextContext,
        decided::Decided,
        decision::{Decision, Effects},
        doubt::only_acknowledges,
        inbound::TextOutcome,
        normal::asks_or_quotes,
        remark::{Remark, reports_arrival, tells_news},
        verb::Verb,
    },
};

/// Calls for help of one sender that are answered in an hour; after that one in ten minutes is.
const DISTRESS_ANSWERS: u32 = 20;

/// Calls for help of one sender in an hour that the operator is paged about one by one; further ones are counted.
const DISTRESS_PAGES: u32 = 3;

/// Answers a call for help. It stands above prompts, limits and conversations, and changes nothing of theirs.
pub(in crate::sms) fn distress(context: &TextContext<'_>) -> Decided {
    let history = &context.sender.history;
    let is_over = history.distress >= DISTRESS_ANSWERS && history.recent_distress;
    let told = messages::call::told(context.user());
    let reply = messages::help::distress(context.emergency_number(), &told);
    Decided {
        decision: if is_over {
            Decision::default()
        } else {
            Decision::say(reply).with(Effects {
                outgoing: distress_page(context).into_iter().collect(),
                ..Effects::default()
            })
        },
        outcome: if is_over {
            TextOutcome::OverLimit
        } else {
            TextOutcome::Distress
        },
    }
}

/// The page about a call for help in words.
fn distress_page(context: &TextContext<'_>) -> Option<Outgoing> {
    let words = messages::page::distress(context.phone);
    let mut page = context
        .rules
        .pagers
        .page(PageKind::Distress, context.seed, (words, None))?;
    page.is_minor = context.sender.history.distress >= DISTRESS_PAGES;
    Some(Outgoing::Page(page))
}

/// Answers a text that is neither a command nor the answer to a question.
pub(in crate::sms) fn run(context: &TextContext<'_>) -> Decided {
    let meant = meant(context, &context.text.typed);
    let remark = Remark::of(&context.text.typed, &context.text.normal, !meant.camps.is_empty());
    if remark == Remark::WantsStop {
        return hint(context, messages::help::to_stop());
    }
    if let Some(reply) = alert::near_miss(context).filter(|_| remark != Remark::Courtesy) {
        return hint(context, reply);
    }
    if let Some(answer) = at_question(context, remark, &meant) {
        return answer;
    }
    let emergency = context.emergency_number();
    let is_hiker = context.user().is_some();
    let reply = match remark {
        Remark::Courtesy => return Decided::silent(Decision::default()),
        // A question about a hiker is as good as STATUS: no program sends it.
        _ if contact::is_asked(context) => return Decided::answered(contact::last_texts(context)),
        _ if context.is_contact() => {
            let Decision { reply, .. } = contact::last_texts(context);
            reply.unwrap_or_default()
        }
        // A stranger has no route whose camps the words could name.
        _ if !is_hiker && (remark == Remark::Arrival || tells_news(&context.text.normal)) => {
            messages::help::greeting_untold(emergency)
        }
        _ if !is_hiker => messages::help::greeting(emergency, false),
        // A failed check-in never gets silence, not even one that comes at a program's pace.
        Remark::Arrival => return Decided::answered(Decision::say(failed_check_in(context, &meant))),
        Remark::News => news(context),
        Remark::Greeting => messages::help::greeting(emergency, true),
        _ if context.sender.history.hinted => messages::help::unknown_again(emergency),
        _ => messages::help::unknown(emergency),
    };
    hint(context, reply)
}

/// The answer while a question of ours is open: to a hiker whether they are out, to a contact whether they deal with an
/// alarm.
fn at_question(context: &TextContext<'_>, remark: Remark, meant: &Meant<'_>) -> Option<Decided> {
    if contact::is_asked(context) {
        return None;
    }
    let acknowledges = remark == Remark::Courtesy || only_acknowledges(context.text);
    let is_asked = context
        .user()
        .is_some_and(|hiker| deadline::is_asked(hiker) || (deadline::is_reminded(hiker) && acknowledges));
    let has_called = context.user().is_some_and(|hiker| hiker.open_call().is_some());
    if !is_asked && !has_called {
        return alarm::near_miss(context).map(|reply| hint(context, reply));
    }
    let unchanged = if has_called {
        messages::call::unchanged()
    } else {
        messages::deadline::unchanged()
    };
    Some(match remark {
        Remark::Arrival => {
            let failed = failed_check_in(context, meant);
            Decided::answered(Decision::say(format!("{unchanged}\n{failed}")))
        }
        Remark::News if !has_called && !asks_or_quotes(&context.text.typed) => hint(context, news(context)),
        _ => hint(context, unchanged),
    })
}

/// News that a contact would want to hear was not passed on: what tells it, and what answers an open question.
fn news(context: &TextContext<'_>) -> String {
    let told = if context.text.normal == Verb::Safe.word() {
        messages::help::news_or_contact(next_camp(context), Verb::Safe.entry().usage)
    } else {
        messages::help::news(next_camp(context))
    };
    if context
        .user()
        .is_some_and(|hiker| hiker.open_deadline().is_some())
    {
        format!("{}\n{told}", messages::deadline::unchanged())
    } else {
        told
    }
}

/// What is answered to an arrival: no contact gets a text, and here is the line to copy.
fn failed_check_in(context: &TextContext<'_>, Meant { peak, camps }: &Meant<'_>) -> String {
    let why = peak.map(messages::routes::is_a_peak).unwrap_or_default();
    if camps.is_empty() {
        messages::help::misused_check_in(next_camp(context))
    } else {
        messages::check_in::not_done(&why, camps)
    }
}

/// Answers a hiker at a prompt who reports an arrival or other news: the text is no answer to the question, and the
/// hiker could take silence about it for a check-in. The name of a camp alone can be an answer.
pub(in crate::sms) fn at_prompt(context: &TextContext<'_>) -> Option<Decided> {
    context.user()?;
    let text = context.text;
    if let Some(reply) = alert::near_miss(context) {
        return Some(Decided::answered(Decision::say(reply)));
    }
    let meant = meant(context, &text.typed);
    let reply = if reports_arrival(&text.normal, !meant.camps.is_empty()) {
        failed_check_in(context, &meant)
    } else if Remark::of(&text.typed, &text.normal, false) == Remark::News {
        messages::help::news(next_camp(context))
    } else {
        return None;
    };
    Some(Decided::answered(Decision::say(reply)))
}

/// Whether a camp of the hiker's route is near to the words: at a prompt the text can be meant as a check-in.
pub(in crate::sms) fn names_camp(context: &TextContext<'_>) -> bool {
    !meant(context, &context.text.typed).camps.is_empty()
}

/// Answers a command's word with something that it cannot be followed by.
pub(in crate::sms) fn misused(context: &TextContext<'_>) -> Option<Decided> {
    let Meaning::Misused(verb, args) = &context.text.meaning else {
        return None;
    };
    if *verb == Verb::Alert {
        return Some(match alert::near_miss(context) {
            Some(reply) => hint(context, reply),
            None => hint(
                context,
                messages::help::distress(context.emergency_number(), &messages::call::told(None)),
            ),
        });
    }
    if context.is_contact() && contact::is_asked(context) {
        return Some(Decided::answered(contact::last_texts(context)));
    }
    if let Some(reply) = alarm::near_miss(context).filter(|_| verb.is_about_promise()) {
        return Some(hint(context, reply));
    }
    if context.is_contact() && *verb == Verb::Ready {
        return Some(hint(context, relation::near_miss(context)));
    }
    if context.is_contact() && matches!(verb, Verb::Acting | Verb::Found | Verb::Decline) {
        return Some(run(context));
    }
    if context.is_contact() {
        let is_question = matches!(verb, Verb::Status | Verb::Safe);
        let answer = if is_question { Verb::Status } else { *verb };
        let decision = contact::instead_of(context, answer);
        return Some(match decision.reply {
            Some(reply) if verb.is_about_promise() => hint(context, reply),
            _ => Decided::answered(decision),
        });
    }
    let Some(hiker) = context.user() else {
        let usage = messages::help::misused(verb.entry().usage);
        // A program's "Out of office" begins with one of these words.
        return Some(if verb.is_about_promise() {
            hint(context, usage)
        } else {
            Decided::answered(Decision::say(usage))
        });
    };
    if verb.is_about_promise() {
        let is_news = || Remark::of(&context.text.typed, &context.text.normal, false) == Remark::News;
        let passes_on = hiker.open_deadline().is_some() && !asks_or_quotes(&context.text.typed) && is_news();
        return Some(match deadline::misused(context, hiker, *verb) {
            Some(_) if passes_on => hint(context, news(context)),
            Some(reply) => hint(context, reply),
            // Without a promise "back at camp" is what anybody would say.
            None => run(context),
        });
    }
    let reply = match verb {
        Verb::CheckIn => misused_check_in(context, args),
        Verb::Safe if args.words.is_empty() => return Some(run(context)),
        _ => messages::help::misused(verb.entry().usage),
    };
    Some(Decided::answered(Decision::say(reply)))
}

/// The line to copy for a check-in with words too many, too few or in another order.
fn misused_check_in(context: &TextContext<'_>, args: &Args) -> String {
    failed_check_in(context, &meant(context, &args.tail))
}

/// A hiker or a contact is always answered, unless it is a program; a stranger once in ten minutes.
fn hint(context: &TextContext<'_>, reply: String) -> Decided {
    let history = &context.sender.history;
    let is_known = context.user().is_some() || context.is_contact() || alarm::is_alerted(context);
    if history.hinted && (history.is_robot || !is_known) {
        return Decided::silent(Decision::default());
    }
    Decided {
        decision: Decision::say(reply),
        outcome: TextOutcome::Hinted,
    }
}

/// The place that a text probably means.
struct Meant<'a> {
    /// The peak that it names instead of a camp.
    peak: Option<&'a Waypoint>,
    /// The camps that it probably means, or the one next to the peak.
    camps: Vec<&'a Waypoint>,
}

fn meant<'a>(context: &TextContext<'a>, typed: &str) -> Meant<'a> {
    let camps = nearest(context, typed);
    let peak = context
        .route()
        .filter(|_| camps.is_empty())
        .and_then(|route| Some((route, route.named_peak(typed)?)));
    match peak {
        Some((route, peak)) => Meant {
            peak: Some(peak),
            camps: route.camp_next_to(peak).into_iter().collect(),
        },
        None => Meant { peak: None, camps },
    }
}

/// The camps of the hiker's route that the words probably mean.
pub(super) fn nearest<'a>(context: &TextContext<'a>, typed: &str) -> Vec<&'a Waypoint> {
    context
        .route()
        .map(|route| route.nearest_camps(typed))
        .unwrap_or_default()
}

/// The code of the camp after the last check-in, or of the first camp, for an example that can be copied.
fn next_camp<'a>(context: &TextContext<'a>) -> Option<&'a str> {
    let route = context.route()?;
    let last = context.user()?.user.position.as_ref();
    let passed = last
        .filter(|_| route.is_ordered())
        .and_then(|position| route.camps().position(|camp| camp.code.as_str() == position.code))
        .map_or(0, |place| place.saturating_add(1));
    let next = route.camps().nth(passed).or_else(|| route.camps().last());
    next.map(|camp| camp.code.as_str())
}
