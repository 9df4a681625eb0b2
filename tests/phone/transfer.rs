//! A number that moves to another account.

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use serde_json::{Value, json};
use thunderbird_testkit::fake_twilio::Fault;

use crate::{Account, MUM, SAM, hike, limits::contains, said, service, texted_code};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_proven_by_another_account_moves_and_the_hiker_does_not() {
    let (service, twilio) = service().await;
    hike(&service, SAM).await;
    let (ada, grace) = (
        Account::new(&service, "ada").await,
        Account::new(&service, "grace").await,
    );
    ada.ask(&service, SAM).await;
    let code = texted_code(&twilio, SAM, 1).await;
    assert_eq!(
        grace.confirm(&service, &code).await.status,
        400,
        "another account's code"
    );
    assert_eq!(ada.confirm(&service, &code).await.status, 200);
    let asked = grace.ask(&service, SAM).await;
    assert_eq!(asked.status, 202, "the answer does not tell whose the number is");
    let code = texted_code(&twilio, SAM, 2).await;
    assert_eq!(ada.phone(&service).await, json!(SAM), "asking takes nothing away");
    assert_eq!(grace.confirm(&service, &code).await.status, 200);
    assert_eq!(
        (ada.phone(&service).await, grace.phone(&service).await),
        (Value::Null, json!(SAM))
    );
    for account in [&ada, &grace] {
        assert_eq!(account.call(&service, "GET", "/api/user", None).await.status, 404);
    }
    assert!(
        said(&service, SAM, "STATUS").await.contains("START"),
        "unregistered until START"
    );
    for text in ["START", "Kiri", "1"] {
        service.text(SAM, text).await;
    }
    let hiker = grace.call(&service, "GET", "/api/user", None).await;
    assert_eq!(
        (&hiker.body["trail_name"], &hiker.body["contacts_count"]),
        (&json!("Kiri"), &json!(0))
    );
    assert_eq!(hiker.body["position"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contacts_of_a_number_that_moved_hear_nothing_more_not_even_what_was_under_way() {
    let (service, twilio) = service().await;
    twilio.script_for(MUM, [Fault::Hang; 4]);
    let (ada, grace) = (
        Account::new(&service, "ada").await,
        Account::new(&service, "grace").await,
    );
    ada.ask(&service, SAM).await;
    let code = texted_code(&twilio, SAM, 1).await;
    assert_eq!(ada.confirm(&service, &code).await.status, 200);
    hike(&service, SAM).await;
    said(&service, SAM, "CHECKIN PELIO").await;
    grace.ask(&service, SAM).await;
    let code = texted_code(&twilio, SAM, 2).await;
    assert_eq!(grace.confirm(&service, &code).await.status, 200);
    let states = || {
        let mut db = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
        let of_mum = format!("SELECT state FROM messages WHERE direction = 'out' AND phone = '{MUM}'");
        diesel::dsl::sql::<diesel::sql_types::Text>(&of_mum)
            .load::<String>(&mut db)
            .unwrap()
    };
    for _ in 0..600 {
        if states().iter().all(|state| state == "withheld") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(states(), ["withheld"; 3]);
    assert!(twilio.accepted_for(MUM).is_empty());
}
