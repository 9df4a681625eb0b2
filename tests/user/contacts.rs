//! Contacts, the route and the trail name over the web.

use serde_json::{Value, json};

use thunderbird_testkit::service::phones::{DAD, MUM, SAM};

use crate::Linked;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_are_kept_renamed_limited_and_removed() {
    let linked = Linked::new().await;
    let (_, mum) = linked.add(MUM, "Mum").await;
    let (status, renamed) = linked.add("0491 570 110", "Mother").await;
    assert_eq!(
        (status, &renamed["id"], &renamed["name"]),
        (200, &mum["id"], &json!("Mother"))
    );
    for (phone, code) in [
        ("03 6234 5678", "not-mobile"),
        ("+1 202 555 0123", "region"),
        ("Mum", "malformed"),
    ] {
        let (status, refused) = linked.add(phone, "Mum").await;
        assert_eq!(
            (status, &refused["errors"][0]["code"]),
            (422, &json!(code)),
            "{phone}"
        );
    }
    let (status, own) = linked.add(SAM, "Me").await;
    assert_eq!((status, &own["errors"][0]["code"]), (422, &json!("own-number")));
    for nth in 0..9 {
        assert_eq!(linked.add(&format!("+6141234567{nth}"), "Friend").await.0, 201);
    }
    assert_eq!(linked.add(DAD, "Dad").await.0, 409);
    let (mut ids, mut path) = (Vec::new(), String::from("/api/user/contacts?limit=4"));
    loop {
        let page = linked.get(&path).await;
        ids.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|contact| contact["id"].as_i64().unwrap()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/user/contacts?limit=4&cursor={cursor}");
    }
    assert_eq!(
        (ids.len(), ids.is_sorted_by(|one, next| one > next)),
        (10, true),
        "newest first"
    );
    let gone = format!("/api/user/contacts/{}", mum["id"]);
    assert_eq!(linked.client.delete(&gone).await.status, 204);
    assert_eq!(linked.client.delete(&gone).await.status, 404);
    assert_eq!(linked.get("/api/user").await["contacts_count"], 9);
    assert_eq!(linked.world.service.text(DAD, "STOP").await.messages.len(), 1);
    assert_eq!(linked.add(DAD, "Dad").await.1["opted_out"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_route_clears_the_position_and_keeps_the_contacts() {
    let linked = Linked::new().await;
    linked.add(MUM, "Mum").await;
    linked.arrive("RONNY", None).await;
    let routes = linked.get("/api/routes").await;
    let here = linked.get("/api/user").await["route_id"].clone();
    let other = routes["routes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|route| route["route_id"] != here)
        .unwrap();
    let (status, named) = linked
        .client
        .patch("/api/user", json!({"trail_name": "Wombat"}))
        .await
        .pair();
    assert_eq!(
        (status, &named["trail_name"], &named["position"]["code"]),
        (200, &json!("Wombat"), &json!("RONNY"))
    );
    let wanted = json!({"route_id": other["route_id"]});
    let (status, moved) = linked.client.patch("/api/user", wanted).await.pair();
    assert_eq!(
        (status, &moved["route_id"], &moved["position"]),
        (200, &other["route_id"], &Value::Null)
    );
    assert_eq!(moved["contacts_count"], 1);
    for refused in [
        json!({"route_id": "nowhere"}),
        json!({"trail_name": ""}),
        json!({"trail_name": "x".repeat(31)}),
        json!({"phone": MUM}),
    ] {
        assert_eq!(
            linked.client.patch("/api/user", refused.clone()).await.status,
            422,
            "{refused}"
        );
    }
}

#[tokio::test]
async fn what_is_null_cut_or_of_another_list_is_refused_and_changes_nothing() {
    let hiker = Linked::new().await;
    let before = hiker.get("/api/user").await;
    for wanted in [
        json!({"trail_name": null}),
        json!({"route_id": null, "trail_name": "Bo"}),
    ] {
        let (status, body) = hiker.client.patch("/api/user", wanted).await.pair();
        assert_eq!(
            (status, &body["errors"][0]["code"]),
            (422, &json!("type")),
            "{body}"
        );
    }
    assert_eq!(hiker.get("/api/user").await, before);
    for name in ["", "  ", "\u{200b}", &"x".repeat(31)] {
        let (status, body) = hiker.add(MUM, name).await;
        assert_eq!(
            (status, &body["errors"][0]["field"]),
            (422, &json!("name")),
            "{body}"
        );
    }
    for (phone, name) in [(MUM, "Mum"), (DAD, "Dad")] {
        assert_eq!(hiker.add(phone, name).await.0, 201);
    }
    let page = hiker.get("/api/user/contacts?limit=1").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(
        hiker.get(&format!("/api/user/contacts?cursor={cursor}")).await["items"][0]["name"],
        "Mum"
    );
    for list in ["/api/user/messages", "/api/user/checkins", "/auth/sessions"] {
        let (status, body) = hiker.client.get(&format!("{list}?cursor={cursor}")).await.pair();
        assert_eq!(
            (status, &body["type"]),
            (400, &json!("/problems/bad-cursor")),
            "{list}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_reaches_a_stranger_without_a_link_whatever_its_dots_are() {
    let linked = Linked::new().await;
    for (phone, name) in [
        (MUM, "evil\u{3002}com"),
        (DAD, "evil\u{ff61}com"),
        ("+61412345678", "evil\u{ff0e}com"),
    ] {
        let named = linked
            .client
            .patch("/api/user", json!({"trail_name": name}))
            .await;
        assert_eq!(named.status, 200, "{}", named.text);
        linked.add(phone, "Friend").await;
        let notice = linked.world.contact(phone).nth_text(0).await;
        assert!(notice.contains("evil com"), "{name:?}: {notice}");
    }
    let jo = linked.world.hiker("+61491570157");
    jo.text("START").await;
    if jo.says("bad\u{ff61}com").await.contains("Reply NAME") {
        jo.text("NAME").await;
    }
    let confirmed = jo.says("1").await;
    assert!(confirmed.contains("You are registered: bad com"), "{confirmed}");
    jo.text("SAFE 0413 345 678 Mum").await;
    let notice = linked.world.contact("+61413345678").nth_text(0).await;
    assert!(notice.contains("bad com"), "{notice}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_contact_reads_the_whole_number_only_if_the_hiker_agreed() {
    let linked = Linked::new().await;
    assert_eq!(linked.get("/api/user").await["shows_number"], json!(false));
    linked.add(MUM, "Mum").await;
    let hidden = linked.world.contact(MUM).nth_text(0).await;
    assert!(hidden.contains("+614***") && !hidden.contains(SAM), "{hidden}");
    let agreed = json!({"shows_number": true});
    let (status, hiker) = linked.client.patch("/api/user", agreed).await.pair();
    assert_eq!((status, &hiker["shows_number"]), (200, &json!(true)));
    linked.add(DAD, "Dad").await;
    let whole = linked.world.contact(DAD).nth_text(0).await;
    assert!(whole.contains(&format!("({SAM}) is going hiking")), "{whole}");
    for refused in [json!({"shows_number": null}), json!({"shows_number": "yes"})] {
        let (status, _) = linked.client.patch("/api/user", refused.clone()).await.pair();
        assert_eq!(status, 422, "{refused}");
    }
    assert_eq!(linked.get("/api/user").await["shows_number"], json!(true));
}
