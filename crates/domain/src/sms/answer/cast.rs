//! CAST: the forecast, or the truth that there is none.

use crate::{
    forecast::{ForecastOrder, ForecastRequest, PATIENCE},
    messages,
    sms::{
        command::Args,
        context::{Prepared, TextContext},
        decision::{Decision, Effects},
    },
    user::StoredUser,
};

/// Says the forecast as far as it is kept, and orders what is missing or old.
pub fn run(context: &TextContext<'_>, hiker: &StoredUser, _: &Args) -> Decision {
    if !context.has_forecasts {
        return Decision::say(messages::replies::no_forecast());
    }
    let Prepared::Forecast(answer) = context.prepared else {
        return Decision::say(messages::check_in::unknown_route());
    };
    let request = answer.waits_for.clone().map(|asked| ForecastRequest {
        tag: context.seed.derived("forecast", 0),
        user: hiker.id,
        phone: context.phone.clone(),
        asked,
        asked_at: context.at,
        due_at: context.at.plus(PATIENCE),
    });
    let order = ForecastOrder {
        request,
        cells: answer.cells.clone(),
    };
    Decision::say(answer.reply.clone()).with(Effects {
        forecast: (!order.cells.is_empty()).then_some(order),
        counts: answer.counts.clone(),
        ..Effects::default()
    })
}
