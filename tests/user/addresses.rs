//! The e-mail addresses of contacts, by the web and by the console.

use serde_json::{Value, json};
use thunderbird_testkit::service::{
    Operator,
    phones::{DAD, MUM},
};

use crate::{Linked, mails::ADDRESS};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_address_is_refused_without_effect() {
    let linked = Linked::new().await;
    let mum = linked.mum().await;
    let path = format!("/api/user/contacts/{}", mum["id"]);
    let address = async || linked.get("/api/user/contacts").await["items"][0]["email"].clone();
    for bad in [
        json!({"email": "mum"}),
        json!({"email": "mum@example.net\r\nBcc: eve@example.net"}),
        json!({"email": "a@b.c, d@e.f"}),
        json!({"email": 7}),
        json!({}),
        json!({"email": ADDRESS, "phone": DAD}),
    ] {
        let refused = linked.client.patch(&path, bad.clone()).await;
        assert_eq!(refused.status, 422, "{bad}: {}", refused.text);
        refused.problem();
    }
    let bad = json!({"phone": DAD, "name": "Dad", "email": "dad@"});
    assert_eq!(linked.post("/api/user/contacts", &bad, None).await.0, 422);
    assert_eq!(linked.get("/api/user").await["contacts_count"], 1);
    assert_eq!(address().await, ADDRESS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_kept_changed_exported_and_removed() {
    let linked = Linked::new().await;
    let mum = linked.mum().await;
    let path = format!("/api/user/contacts/{}", mum["id"]);
    let address = async || linked.get("/api/user/contacts").await["items"][0]["email"].clone();
    // Named again without an address, and named again by text, the address stays.
    linked.add(MUM, "Mother").await;
    linked.text("SAFE 0491 570 110 Mama").await;
    assert_eq!(address().await, ADDRESS);
    let export = linked.get("/auth/me/export").await;
    assert!(
        export.to_string().contains("\"email\":\"mum@example.net\""),
        "{export}"
    );
    for _ in 0..2 {
        let answer = linked
            .client
            .patch(&path, json!({"email": "work@example.net"}))
            .await;
        assert_eq!(
            (answer.status, &answer.body["email"]),
            (200, &json!("work@example.net"))
        );
    }
    let answer = linked.client.patch(&path, json!({"email": null})).await;
    assert_eq!((answer.status, &answer.body["email"]), (200, &Value::Null));
    assert_eq!(linked.count("contact_emails"), 0);
    assert_eq!(
        linked
            .client
            .patch("/api/user/contacts/99", json!({"email": null}))
            .await
            .status,
        404
    );

    linked.client.delete(&path).await;
    assert_eq!(
        linked.count("contact_emails"),
        0,
        "the address goes with the contact"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_has_a_bounded_number_of_addresses() {
    let linked = Linked::new().await;
    let mum = linked.mum().await;
    let path = format!("/api/user/contacts/{}", mum["id"]);
    let mut refused = None;
    for nth in 0..20 {
        let answer = linked
            .client
            .patch(&path, json!({"email": format!("m{nth}@example.net")}))
            .await;
        if answer.status != 200 {
            refused = Some((nth, answer));
            break;
        }
    }
    let (nth, answer) = refused.unwrap();
    assert_eq!(
        (answer.status, answer.problem(), answer.waits()),
        (429, "too-many-attempts", true)
    );
    assert_eq!(
        linked.get("/api/user/contacts").await["items"][0]["email"],
        format!("m{}@example.net", nth - 1)
    );
    assert!(
        linked.mails_to("m0@example.net").is_empty(),
        "nothing is mailed to a new address"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_cannot_be_read_holds_no_alert_up() {
    let linked = Linked::new().await;
    linked.mum().await;
    linked.on_disk("UPDATE contact_emails SET email = 'no address'");
    linked.sam.text("ALERT").await;
    linked.world.contact(MUM).texts_with("ALERT 1 of 3", 1).await;
    assert_eq!(linked.count("contact_mails"), 0);
    assert_eq!(
        linked.get("/api/user/contacts").await["items"][0]["email"],
        Value::Null
    );
    linked.sam.text("ALERT OFF").await;
    linked.world.contact(MUM).texts_with("STAND DOWN", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sets_and_removes_an_address_with_a_reason() {
    let linked = Linked::new().await;
    let mum = linked.mum().await;
    let (id, page) = (mum["id"].to_string(), "/admin/users/1");
    let mut olga = linked.world.operator("olga").await;
    let shown = olga.page(page).await;
    assert!(
        shown.contains("m***@example.net") && !shown.contains(ADDRESS),
        "{shown}"
    );
    let form = "/admin/users/1/contact-email";
    for (email, reason) in [("new@example.net", ""), ("no address", "she asked")] {
        let fields = [("contact", id.as_str()), ("email", email), ("reason", reason)];
        olga.submit(form, &fields).await;
    }
    assert_eq!(linked.count("contact_emails WHERE email = 'mum@example.net'"), 1);
    let fields = [
        ("contact", id.as_str()),
        ("email", "new@example.net"),
        ("reason", "she asked"),
    ];
    olga.submit(form, &fields).await;
    assert_eq!(linked.count("contact_emails WHERE email = 'new@example.net'"), 1);
    let fields = [
        ("contact", id.as_str()),
        ("email", ""),
        ("reason", "a stranger's"),
    ];
    olga.submit(form, &fields).await;
    assert_eq!(linked.count("contact_emails"), 0);
    assert_eq!(
        linked.count("audit_log WHERE action = 'contact.email_removed'"),
        1
    );
    let mut vera = Operator::signed_in(&linked.world.service, "vera", "viewer").await;
    let fields = [("contact", id.as_str()), ("email", ADDRESS), ("reason", "no")];
    let refused = vera.post(form, &fields).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(linked.count("contact_emails"), 0);
}
