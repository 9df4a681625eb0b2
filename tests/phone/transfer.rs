//! A number that moves to another account.

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use serde_json::{Value, json};
use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::Fault,
    service::phones::{MUM, SAM},
};

use crate::{ask, confirm, hike, texted_code, world};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_proven_by_another_account_moves_and_the_hiker_does_not() {
    let world = world().await;
    let sam = world.hiker(SAM);
    hike(&sam).await;
    let (ada, grace) = (world.client("ada").await, world.client("grace").await);
    ask(&ada, SAM).await;
    let code = texted_code(&sam, 1).await;
    assert_eq!(confirm(&grace, &code).await.status, 400, "another account's code");
    assert_eq!(confirm(&ada, &code).await.status, 200);
    let asked = ask(&grace, SAM).await;
    assert_eq!(asked.status, 202, "the answer does not tell whose the number is");
    let code = texted_code(&sam, 2).await;
    assert_eq!(ada.phone().await, json!(SAM), "asking takes nothing away");
    assert_eq!(confirm(&grace, &code).await.status, 200);
    assert_eq!(
        (ada.phone().await, grace.phone().await),
        (Value::Null, json!(SAM))
    );
    for account in [&ada, &grace] {
        assert_eq!(account.get("/api/user").await.status, 404);
    }
    assert!(
        sam.says("STATUS").await.contains("START"),
        "unregistered until START"
    );
    for text in ["START", "Kiri", "1"] {
        sam.text(text).await;
    }
    let hiker = grace.get("/api/user").await;
    assert_eq!(
        (&hiker.body["trail_name"], &hiker.body["contacts_count"]),
        (&json!("Kiri"), &json!(0))
    );
    assert_eq!(hiker.body["position"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contacts_of_a_number_that_moved_hear_nothing_more_not_even_what_was_under_way() {
    let world = world().await;
    world.twilio.script_for(MUM, [Fault::Hang; 4]);
    let (ada, grace) = (world.client("ada").await, world.client("grace").await);
    let sam = world.hiker(SAM);
    ask(&ada, SAM).await;
    let code = texted_code(&sam, 1).await;
    assert_eq!(confirm(&ada, &code).await.status, 200);
    hike(&sam).await;
    sam.says("CHECKIN PELIO").await;
    ask(&grace, SAM).await;
    let code = texted_code(&sam, 2).await;
    assert_eq!(confirm(&grace, &code).await.status, 200);
    let states = || {
        let mut db = SqliteConnection::establish(world.service.database().to_str().unwrap()).unwrap();
        let of_mum = format!("SELECT state FROM messages WHERE direction = 'out' AND phone = '{MUM}'");
        diesel::dsl::sql::<diesel::sql_types::Text>(&of_mum)
            .load::<String>(&mut db)
            .unwrap()
    };
    eventually_holds("every text to Mum to be withheld", async || {
        states().iter().all(|state| state == "withheld")
    })
    .await;
    assert_eq!(states(), ["withheld"; 3]);
    assert!(world.contact(MUM).texts().is_empty());
}
