//! The page for the contacts of hikers, and the link to it.

use thunderbird_testkit::service::{Service, World, phones::MUM, phones::SAM};

use crate::BINARY;

const HOLDER: &str = "THUNDERBIRD_HOLDER";

async fn page(service: &Service) -> String {
    let answer = service.http().get(service.url("/contacts")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let policy = answer.headers().get("content-security-policy").unwrap();
    assert!(policy.to_str().unwrap().contains("default-src 'none'"));
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_page_for_contacts_names_the_holder_and_what_a_contact_can_do() {
    let service = Service::builder(BINARY)
        .env(HOLDER, "Track Trust <b>, 1 Hut Lane, trust@example.org")
        .start()
        .await;
    let named = page(&service).await;
    for part in [
        "Track Trust &#60;b&#62;, 1 Hut Lane",
        "READY",
        "DECLINE",
        "STOP",
        "principle 3A",
        "if the hiker asks for help",
        "400 days after it ended",
    ] {
        assert!(named.contains(part), "{part}: {named}");
    }
    let unnamed = Service::builder(BINARY).start().await;
    let origin = unnamed.base_url().to_owned();
    assert!(
        page(&unnamed)
            .await
            .contains(&format!("The operator of the service at {origin}."))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_text_links_to_the_page_where_strangers_can_open_it() {
    let public = "https://sms.example.org";
    let world = World::start_with(BINARY, |builder| builder.env("THUNDERBIRD_PUBLIC_URL", public)).await;
    let sam = world.hiker(SAM);
    let text = |body| sam.webhook(body).signed(&format!("{public}/webhook/sms/inbound"));
    for body in ["START", "Sam", "1", "SAFE 0491570110 Mum"] {
        assert_eq!(sam.deliver(&text(body)).await.status, 200, "{body}");
    }
    let first = world.contact(MUM).nth_text(0).await;
    assert!(first.ends_with("reply STOP. sms.example.org/contacts"), "{first}");
}
