//! Check-ins over the web, and requests that are sent more than once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use thunderbird_testkit::{
    eventually,
    service::phones::{DAD, MUM, SAM},
};

use crate::Linked;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_check_in_is_the_texted_one() {
    let linked = Linked::new().await;
    assert_eq!(linked.add(MUM, "Mum").await.0, 201);
    assert_eq!(linked.add("0491 570 313", "Dad").await.0, 201);
    let (status, arrived) = linked.arrive("RONNY", None).await;
    assert_eq!(
        (status, &arrived["camp"]["code"]),
        (201, &json!("RONNY")),
        "{arrived}"
    );
    assert_eq!(
        (&arrived["source"], &arrived["contacts_told"]),
        (&json!("web"), &json!(2))
    );
    let (status, again) = linked.arrive("RONNY", None).await;
    assert_eq!((status, &again["id"]), (200, &arrived["id"]), "within 30 minutes");
    for phone in [MUM, DAD] {
        assert_eq!(linked.notices(phone, 1).await, 1, "told once");
    }
    let hiker = linked.get("/api/user").await;
    assert_eq!(hiker["position"]["code"], "RONNY");
    assert_eq!(
        (&hiker["phone"], &hiker["opted_out"]),
        (&json!(SAM), &json!(false))
    );
    assert!(
        linked.text("STATUS").await.contains("RONNY"),
        "the text sees it too"
    );
    let listed = linked.get("/api/user/checkins").await;
    assert_eq!(listed["items"], json!([arrived]));
    assert_eq!(listed["next_cursor"], Value::Null);
    for camp in ["RON", "ronny now", "", "NOWHERE"] {
        let (status, refused) = linked.arrive(camp, None).await;
        assert_eq!(status, 422, "{camp}: {refused}");
    }
    assert_eq!(linked.get("/api/user/checkins").await, listed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_acts_once_however_often_it_is_sent() {
    let linked = Linked::new().await;
    linked.add(MUM, "Mum").await;
    let key = Some("8e03978e-40d5-43dd-bc93-6894a57f9324");
    let answers = join_all((0..32).map(|_| linked.arrive("RONNY", key))).await;
    let settled: BTreeSet<String> = answers
        .iter()
        .filter(|(status, _)| *status == 201)
        .map(|(_, body)| body.to_string())
        .collect();
    assert_eq!(settled.len(), 1, "{answers:?}");
    assert!(
        answers.iter().all(|(status, _)| [201, 409].contains(status)),
        "{answers:?}"
    );
    let (status, again) = linked.arrive("RONNY", key).await;
    assert_eq!((status, Some(&again.to_string())), (201, settled.first()));
    let (status, reused) = linked.arrive("WINDY", key).await;
    assert_eq!(
        (status, &reused["type"]),
        (422, &json!("/problems/idempotency-key-reused"))
    );
    assert_eq!(
        linked.get("/api/user/checkins").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let body = json!({"phone": DAD, "name": "Dad"});
    let elsewhere = linked.post("/api/user/contacts", &body, key).await;
    assert_eq!(elsewhere.0, 201, "another route, another key");
    assert_eq!(linked.post("/api/user/contacts", &body, key).await, elsewhere);
    assert_eq!(linked.arrive("RONNY", Some("white space")).await.0, 422);
    assert_eq!(linked.notices(MUM, 1).await, 1);
}

/// A phone that loses its connection while a request is on its way, and sends it again as soon as it has one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_finds_the_answer_under_its_key() {
    use std::{io::Write as _, net::TcpStream, time::Duration};

    let hiker = Linked::new().await;
    let address = hiker.world.service.base_url().strip_prefix("http://").unwrap();
    for attempt in 0_u64..40 {
        let name = format!("Mum {attempt}");
        let (key, body) = (format!("key-{attempt}"), json!({"phone": MUM, "name": name}));
        let text = body.to_string();
        let mut stream = TcpStream::connect(address).unwrap();
        rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
        write!(
            stream,
            "POST /api/user/contacts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n{text}",
            hiker.client.tokens.access,
            text.len()
        )
        .unwrap();
        // Each attempt hangs up at a later moment of the request.
        tokio::time::sleep(Duration::from_micros(250 * attempt)).await;
        drop(stream);
        // The first copy may still be under way, which is a 409: then the phone asks again.
        let (status, answer) = eventually("the end of the first copy", async || {
            let answer = hiker.post("/api/user/contacts", &body, Some(&key)).await;
            (answer.0 != 409).then_some(answer)
        })
        .await;
        assert!(matches!(status, 200 | 201), "{attempt}: {status} {answer}");
        assert_eq!(answer["name"], body["name"]);
    }
}
