//! LINK, UNLINK and CONFIRM: `phone` decides them, and here the decision becomes an answer.

use crate::sms::{
    command::Args,
    context::{Prepared, TextContext},
    decision::{Decision, Effects},
};

/// Says and does what was decided; stays silent if that was decided.
pub fn run(context: &TextContext<'_>, _: &Args) -> Decision {
    let Prepared::Phone(answer) = context.prepared.clone() else {
        return Decision::default();
    };
    let secret_until = answer.reply.as_ref().and_then(|reply| reply.secret_until);
    Decision {
        repeats_first_answer: false,
        reply: answer.reply.map(|reply| reply.text),
        secret_until,
        effects: Effects {
            link: answer.change,
            outgoing: answer.outgoing,
            audit: answer.audit,
            ..Effects::default()
        },
    }
}
