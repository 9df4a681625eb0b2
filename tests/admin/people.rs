//! What an operator changes about hikers and accounts.

use thunderbird_testkit::service::{
    Operator,
    console::location,
    phones::{DAD, MUM, SAM},
};

use super::world;

/// The last position on the page of the only hiker.
async fn position(ada: &Operator) -> String {
    let page = ada.page("/admin/users/1").await;
    let (_, rest) = page.split_once("Last position</dt><dd>").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_route_keeps_the_position_and_another_route_clears_it() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("CHECKIN RONNY").await;
    let mut ada = world.operator("ada").await;
    assert!(position(&ada).await.starts_with("RONNY"));
    for (route, notice, shown) in [
        ("overland_track", "unchanged", "RONNY"),
        ("no_such_route", "unknown-route", "RONNY"),
        ("western_arthurs_full", "route-changed", "none yet"),
    ] {
        let answer = ada.submit("/admin/users/1/route", &[("route", route)]).await;
        assert_eq!(location(&answer), format!("/admin/users/1?notice={notice}"));
        assert!(position(&ada).await.starts_with(shown), "{route}");
    }
    let audit = ada.page("/admin/audit").await;
    assert_eq!(audit.matches("user.route_changed").count(), 1, "{audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_link_is_audited_as_often_as_it_is_sent() {
    let world = world().await;
    world.client("sam").await;
    let mut ada = world.operator("ada").await;
    for notice in ["reset-sent", "reset-sent", "reset-sent", "throttled"] {
        let answer = ada.submit("/admin/accounts/1/reset-link", &[]).await;
        assert_eq!(location(&answer), format!("/admin/accounts/1?notice={notice}"));
    }
    let unknown = ada.submit("/admin/accounts/9/reset-link", &[]).await;
    assert_eq!(location(&unknown), "/admin/accounts/9?notice=unknown");
    let audit = ada.page("/admin/audit").await;
    for action in ["console.reset_link_asked", "password_reset.requested"] {
        assert_eq!(audit.matches(action).count(), 3, "{action}: {audit}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_reads_when_an_operator_takes_the_last_contact_off_or_brings_one_back() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for contact in ["SAFE 0491 570 110 Mum", "SAFE 0491 570 313 Dad"] {
        sam.says(contact).await;
    }
    let mut ada = world.operator("ada").await;
    ada.submit("/admin/opt-outs", &[("phone", MUM)]).await;
    ada.submit("/admin/opt-outs", &[("phone", DAD)]).await;
    let left = sam.texts_with("has opted out of our texts", 1).await;
    assert!(
        left[0].starts_with("Dad has opted out of our texts. Now no contact of yours can be told"),
        "Mum's opt-out left Dad, so it is not told: {left:?}"
    );
    ada.submit("/admin/opt-outs/clear", &[("phone", MUM)]).await;
    let back = sam.texts_with("gets our texts again", 1).await;
    assert!(back[0].starts_with("Mum gets our texts again"), "{back:?}");
}
