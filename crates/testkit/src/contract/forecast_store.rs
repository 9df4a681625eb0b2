//! What every store of forecasts promises.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    forecast::{
        About, Answered, Asked, CellOrder, Forecast, ForecastOrder, ForecastRequest, ForecastStore, Metres,
        Ordered, Place, Span,
    },
    opt_out::{OptOutChange, OptOutSource},
    outbox::port::Outbox,
    outgoing::{Class, OutgoingText, Words},
    phone_number::PhoneNumber,
    random::Tag,
    sms::{
        inbound::{Inbox, Received, SenderState},
        outbox::TextPayload,
    },
    user::UserId,
};

use super::{
    forecast_copies::{self, HOUR, START, cell, forecast},
    inbox::{known, text},
    user::{number, registration, tag},
};

/// The promises of [`ForecastStore`], and those of [`Inbox`] about questions.
pub async fn forecast_store<S: ForecastStore + Inbox + Outbox<TextPayload> + Clone + 'static>(
    empty: impl AsyncFn() -> S,
) {
    forecast_copies::all(&empty).await;
    a_cell_is_ordered_once_and_taken_by_one(&empty().await).await;
    an_order_of_a_route_takes_over_one_of_coordinates(&empty().await).await;
    cells_that_somebody_waits_for_come_first(&empty().await).await;
    a_question_is_stored_with_its_text_and_answered_once(&empty().await).await;
    nobody_is_answered_who_wants_no_texts(&empty().await).await;
    of_many_answers_at_once_one_is_queued(empty().await).await;
    what_is_old_is_forgotten(&empty().await).await;
    what_is_kept_and_ordered_is_listed(&empty().await).await;
    routes_of_hikers_are_walked(&empty().await).await;
}

fn order(lat: i16) -> CellOrder {
    CellOrder {
        cell: cell(lat),
        height: Some(Metres::from_whole(739)),
        is_of_route: true,
    }
}

async fn a_cell_is_ordered_once_and_taken_by_one(store: &impl ForecastStore) {
    let lease = START.plus(HOUR);
    assert_eq!(store.take(START, lease).await.unwrap(), None);
    for new in [2, 0] {
        let ordered = store.order(vec![order(-837), order(-838)], START).await.unwrap();
        assert_eq!(ordered, new);
    }
    assert_eq!(store.take(START, lease).await.unwrap(), Some(order(-838)));
    assert_eq!(store.take(START, lease).await.unwrap(), Some(order(-837)));
    assert_eq!(store.take(START, lease).await.unwrap(), None, "both are taken");
    store.settle(cell(-838), None).await.unwrap();
    let later = START.plus(HOUR * 2);
    store.settle(cell(-837), Some(later)).await.unwrap();
    assert_eq!(
        store.take(lease, later).await.unwrap(),
        None,
        "one is done, one is put off"
    );
    assert_eq!(
        store.take(later, later.plus(HOUR)).await.unwrap(),
        Some(order(-837))
    );
    let after = later.plus(HOUR);
    let again = store.take(after, after.plus(HOUR)).await.unwrap();
    assert_eq!(again, Some(order(-837)), "the process that took it has died");
}

async fn an_order_of_a_route_takes_over_one_of_coordinates(store: &impl ForecastStore) {
    let typed = CellOrder {
        is_of_route: false,
        ..order(-837)
    };
    store.order(vec![typed], START).await.unwrap();
    assert_eq!(store.take(START, START.plus(HOUR)).await.unwrap(), Some(typed));
    store
        .settle(cell(-837), Some(START.plus(HOUR * 24)))
        .await
        .unwrap();
    let later = START.plus(HOUR);
    store.order(vec![order(-837)], later).await.unwrap();
    assert_eq!(
        store.take(later, later.plus(HOUR)).await.unwrap(),
        Some(order(-837)),
        "the share of coordinates is used up, and that of routes is not"
    );
}

async fn cells_that_somebody_waits_for_come_first(store: &(impl ForecastStore + Inbox)) {
    store
        .order(vec![order(-840), order(-839)], START.minus(HOUR))
        .await
        .unwrap();
    let hiker = registered(store).await;
    ask(store, hiker, 2, vec![order(-837), order(-840)]).await;
    let mut taken = Vec::new();
    while let Some(next) = store.take(START, START.plus(HOUR)).await.unwrap() {
        taken.push(next.cell);
    }
    assert_eq!(taken, [cell(-840), cell(-837), cell(-839)]);
}

/// A hiker of number 6.
async fn registered(store: &impl Inbox) -> UserId {
    let phone = number(6);
    let mut first = text(&phone, 1, &SenderState::default());
    first.effects.user = Some(registration(&phone, 40));
    assert!(matches!(store.commit(first).await.unwrap(), Received::Stored(_)));
    known(store, &phone, START).await.user.unwrap().id
}

fn request(user: UserId, phone: &PhoneNumber, tag: Tag) -> ForecastRequest {
    let place = |label: &str, height| Place {
        label: label.into(),
        name: "New Pelion Hut".into(),
        latitude: "-41.8293".parse().unwrap(),
        longitude: "146.0463".parse().unwrap(),
        height,
        is_checked: true,
    };
    ForecastRequest {
        tag,
        user,
        phone: phone.clone(),
        asked: Asked {
            span: Span::Week,
            about: About::Camps,
            route: "Overland".into(),
            page: 2,
            total: 14,
            zone: "Australia/Hobart".into(),
            warnings: Some("bom.gov.au".into()),
            places: vec![
                place("PELIO", Some(Metres::from_whole(739))),
                place("KIAOR", None),
            ],
        },
        asked_at: START,
        due_at: START.plus(Duration::from_mins(10)),
    }
}

/// A text of number 6 that asks for a forecast.
async fn ask(store: &impl Inbox, user: UserId, sid: u32, cells: Vec<CellOrder>) -> ForecastRequest {
    let phone = number(6);
    let request = request(user, &phone, tag(1).derived("request", sid as usize));
    let mut question = text(&phone, sid, &known(store, &phone, START).await);
    question.effects.forecast = Some(ForecastOrder {
        request: Some(request.clone()),
        cells,
    });
    assert!(matches!(
        store.commit(question).await.unwrap(),
        Received::Stored(_)
    ));
    request
}

fn answer(request: &ForecastRequest) -> Vec<OutgoingText> {
    vec![OutgoingText {
        tag: request.tag.derived("forecast", 0),
        to: request.phone.clone(),
        class: Class::Notice,
        words: Words::Plain("CAST PELIO".into()),
        not_before: START,
        expires_at: START.plus(HOUR),
        user: Some(request.user),
    }]
}

async fn is_queued(store: &impl Outbox<TextPayload>, request: &ForecastRequest) -> bool {
    let tag = request.tag.derived("forecast", 0);
    store.progress(tag).await.unwrap().is_some()
}

async fn a_question_is_stored_with_its_text_and_answered_once(
    store: &(impl ForecastStore + Inbox + Outbox<TextPayload>),
) {
    let hiker = registered(store).await;
    let first = ask(store, hiker, 2, vec![order(-837)]).await;
    let second = ask(store, hiker, 3, vec![order(-837)]).await;
    let mut waiting = vec![first.clone(), second.clone()];
    waiting.sort_by_key(|request| request.tag);
    assert_eq!(store.waiting(10).await.unwrap(), waiting);
    assert_eq!(store.waiting(1).await.unwrap().len(), 1);
    assert!(!is_queued(store, &first).await);
    let answered = store.answer(first.tag, answer(&first), START).await.unwrap();
    assert_eq!(answered, Answered::Queued);
    assert!(is_queued(store, &first).await);
    let again = store.answer(first.tag, answer(&first), START).await.unwrap();
    assert_eq!(again, Answered::Before);
    assert_eq!(store.waiting(10).await.unwrap(), [second]);
}

async fn nobody_is_answered_who_wants_no_texts(store: &(impl ForecastStore + Inbox + Outbox<TextPayload>)) {
    let phone = number(6);
    let hiker = registered(store).await;
    let question = ask(store, hiker, 2, vec![order(-837)]).await;
    let mut stop = text(&phone, 3, &known(store, &phone, START).await);
    stop.effects.opt_out = Some(OptOutChange::Record {
        phone: phone.clone(),
        source: OptOutSource::Text,
        at: START,
    });
    assert!(matches!(store.commit(stop).await.unwrap(), Received::Stored(_)));
    let answered = store
        .answer(question.tag, answer(&question), START)
        .await
        .unwrap();
    assert_eq!(answered, Answered::Withheld);
    assert!(!is_queued(store, &question).await);
    assert_eq!(store.waiting(10).await.unwrap(), []);
}

async fn of_many_answers_at_once_one_is_queued<S: ForecastStore + Inbox + Clone + 'static>(store: S) {
    let hiker = registered(&store).await;
    let question = ask(&store, hiker, 2, vec![order(-837)]).await;
    let tasks = (0..8).map(|_| {
        let (store, question) = (store.clone(), question.clone());
        tokio::spawn(async move {
            store
                .answer(question.tag, answer(&question), START)
                .await
                .unwrap()
        })
    });
    let mut queued = 0;
    for task in tasks.collect::<Vec<_>>() {
        queued += usize::from(task.await.unwrap() == Answered::Queued);
    }
    assert_eq!(queued, 1);
}

async fn what_is_old_is_forgotten(store: &(impl ForecastStore + Inbox)) {
    let hiker = registered(store).await;
    ask(store, hiker, 2, vec![order(-837)]).await;
    store.put(forecast(cell(-837), START)).await.unwrap();
    assert_eq!(store.prune(START).await.unwrap(), 0);
    let mut gone = 0;
    loop {
        match store.prune(START.plus(HOUR)).await.unwrap() {
            0 => break,
            some => gone += some,
        }
    }
    assert_eq!(gone, 3, "a forecast, an order and a question");
    assert_eq!(store.copies(vec![cell(-837)]).await.unwrap(), []);
    assert_eq!(store.waiting(10).await.unwrap(), []);
    assert_eq!(
        store.take(START.plus(HOUR), START.plus(HOUR * 2)).await.unwrap(),
        None
    );
}

async fn what_is_kept_and_ordered_is_listed(store: &(impl ForecastStore + Inbox)) {
    let (old, new) = (
        forecast(cell(-837), START),
        forecast(cell(-836), START.plus(HOUR)),
    );
    for forecast in [&old, &new] {
        store.put(forecast.clone()).await.unwrap();
    }
    let without_hours = |forecast: Forecast| Forecast {
        hours: Arc::default(),
        ..forecast
    };
    let listed = [without_hours(new), without_hours(old)];
    assert_eq!(store.kept(10).await.unwrap(), listed);
    store.order(vec![order(-838)], START).await.unwrap();
    let hiker = registered(store).await;
    ask(store, hiker, 2, vec![order(-837)]).await;
    let put_off = START.plus(HOUR);
    store.settle(cell(-838), Some(put_off)).await.unwrap();
    let ordered = |lat, is_waited_for, again_at| Ordered {
        order: order(lat),
        is_waited_for,
        since: START,
        again_at,
    };
    let listed = [ordered(-838, false, put_off), ordered(-837, true, START)];
    assert_eq!(store.ordered(10).await.unwrap(), listed);
    assert_eq!(store.ordered(1).await.unwrap(), listed[..1]);
}

async fn routes_of_hikers_are_walked(store: &(impl ForecastStore + Inbox)) {
    assert_eq!(store.walked().await.unwrap(), []);
    registered(store).await;
    let walked = store.walked().await.unwrap();
    let walked: Vec<&str> = walked
        .iter()
        .map(thunderbird_domain::route::RouteId::as_str)
        .collect();
    assert_eq!(walked, ["overland_track"]);
}
