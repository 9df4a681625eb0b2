//! What every [`ReceptionLog`] promises, and every [`Inbox`] about texts that no webhook brought.

use std::time::Duration;

use thunderbird_domain::{
    sms::{
        inbound::Inbox,
        reception::{Reception, ReceptionLog},
    },
    time::Timestamp,
};

use super::fetched::{
    a_fetched_text_is_known_by_its_sid_and_dated_by_its_sender,
    a_number_s_own_texts_are_read_newest_first_without_secrets,
};

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// Runs the suite.
pub async fn reception_log<S: ReceptionLog + Inbox>(empty: impl AsyncFn() -> S) {
    each_note_is_kept_and_leaves_the_other_alone(&empty().await).await;
    what_was_read_is_kept_before_any_sign_of_life(&empty().await).await;
    a_fetched_text_is_known_by_its_sid_and_dated_by_its_sender(&empty().await).await;
    a_number_s_own_texts_are_read_newest_first_without_secrets(&empty().await).await;
}

async fn each_note_is_kept_and_leaves_the_other_alone(log: &impl ReceptionLog) {
    assert_eq!(log.last().await.unwrap(), None);
    log.alive(NOW).await.unwrap();
    let noted = |alive_at, read_to| Some(Reception { alive_at, read_to });
    assert_eq!(log.last().await.unwrap(), noted(NOW, None));
    let read = NOW.minus(Duration::from_secs(30));
    log.read_to(read).await.unwrap();
    assert_eq!(log.last().await.unwrap(), noted(NOW, Some(read)));
    let earlier = NOW.minus(Duration::from_hours(26));
    log.alive(earlier).await.unwrap();
    assert_eq!(
        log.last().await.unwrap(),
        noted(earlier, Some(read)),
        "a clock that was set back is noted as it is"
    );
}

async fn what_was_read_is_kept_before_any_sign_of_life(log: &impl ReceptionLog) {
    log.read_to(NOW).await.unwrap();
    let last = log.last().await.unwrap().unwrap();
    assert_eq!(last.read_to, Some(NOW));
}
