//! What the store of administrators, and of what their console asks and does, promises.

mod actions;
mod administrators;
mod lists;
mod pages;
mod sessions;
mod stage;
mod watch;

pub use self::{administrators::admin_store, sessions::admin_sessions, stage::Administered};

/// Every promise of [`thunderbird_domain::admin::AdminReader`]. `empty` opens a fresh store for each.
pub async fn admin_reader<S: Administered>(empty: impl AsyncFn() -> S) {
    lists::of_hikers_are_newest_first_and_go_on_by_key(&empty().await).await;
    lists::of_hikers_are_narrowed_by_number_name_and_route(&empty().await).await;
    lists::of_accounts_are_narrowed_by_the_beginning_of_an_address(&empty().await).await;
    lists::of_texts_are_narrowed_by_state_error_number_and_time(&empty().await).await;
    lists::of_opt_outs_have_those_that_stand(&empty().await).await;
    lists::of_the_audit_are_narrowed_by_who_and_whom(&empty().await).await;
    pages::a_hikers_page_has_one_time_on_the_number(&empty().await).await;
    pages::an_accounts_page_has_live_sessions_and_every_number(&empty().await).await;
    pages::one_text_is_found_by_its_row(&empty().await).await;
    watch::lists_alarms_first_then_by_the_promised_time(&empty().await).await;
    watch::a_promise_is_shown_with_its_texts(&empty().await).await;
    pages::figures_count_by_hour_way_and_state(&empty().await).await;
}

/// Every promise of [`thunderbird_domain::admin::AdminActions`]. `empty` opens a fresh store for each.
pub async fn admin_actions<S: Administered>(empty: impl AsyncFn() -> S) {
    actions::registers_a_number_once(&empty().await).await;
    actions::registers_one_of_many_at_once(empty().await).await;
    actions::registers_nobody_on_an_older_view_of_the_link(&empty().await).await;
    actions::stores_no_change_of_a_hiker_who_has_left_for_the_next_one(&empty().await).await;
    actions::removes_a_hiker_whose_history_stays(&empty().await).await;
    actions::removes_nobody_on_an_older_view_of_the_link(&empty().await).await;
    actions::queues_a_tag_once_and_nothing_against_the_owners_will(&empty().await).await;
    actions::sends_again_only_what_was_given_up(&empty().await).await;
    actions::records_and_clears_an_opt_out_once(&empty().await).await;
}
