//! The promises of the outbox for texts, and of what the provider reports of them.

mod callbacks;
mod leases;
mod reached;
mod settled;
mod stage;

use std::sync::Arc;

use thunderbird_domain::{opt_out::OptOuts, user::UserStore};

use stage::Outbox;

/// Every promise of the outbox; `empty` opens a fresh store for each.
pub async fn outbox<S: Outbox + OptOuts + UserStore + 'static>(empty: impl AsyncFn() -> S) {
    leases::leases_in_order_one_at_a_time_per_recipient_and_class(&empty().await).await;
    leases::gives_a_text_to_one_of_many_leases(Arc::new(empty().await)).await;
    leases::leases_nothing_before_its_time(&empty().await).await;
    leases::ends_what_is_too_old(&empty().await).await;
    leases::withholds_from_who_opted_out(&empty().await).await;
    leases::holds_back_what_has_a_room_at_the_daily_cap(&empty().await).await;
    leases::queues_a_tag_once(&empty().await).await;
    leases::waits_for_no_text_whose_time_has_not_come(&empty().await).await;
    settled::settles_only_what_the_lease_holds(&empty().await).await;
    settled::never_sends_again_what_is_known_to_be_accepted(&empty().await).await;
    settled::shows_what_was_left_leased(&empty().await).await;
    settled::erases_sealed_words_at_the_end(&empty().await).await;
    settled::keeps_no_alarm_waiting_because_the_clock_was_set_back(&empty().await).await;
    callbacks::hears_callbacks_once_and_never_goes_back(&empty().await).await;
    callbacks::keeps_a_callback_that_came_early(&empty().await).await;
    callbacks::records_an_opt_out_that_the_provider_tells(&empty().await).await;
    callbacks::reads_back_when_due(&empty().await).await;
    callbacks::reads_an_alarm_back_ten_minutes_after_it_was_taken_over(&empty().await).await;
    callbacks::gives_one_sid_to_one_text(&empty().await).await;
    reached::keeps_what_became_of_the_newest_text(&empty().await).await;
    reached::begins_again_with_a_contact_that_is_added_again(&empty().await).await;
    reached::corrects_what_may_have_been_read(&empty().await).await;
    reached::what_waits_is_about_the_check_in_that_stands(&empty().await).await;
    reached::a_refusal_for_an_opt_out_is_told_once_a_day(&empty().await).await;
}
