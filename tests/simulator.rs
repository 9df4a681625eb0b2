//! The simulator through the real binary: a phone on the command line, the events it hears, and who may listen.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Output;

use serde_json::Value;
use thunderbird_testkit::{eventually, service::Service};

const ADA: &str = "0491570006";
const BEN: &str = "+61491570156";

async fn service() -> Service {
    Service::builder(env!("CARGO_BIN_EXE_thunderbird")).start().await
}

fn text(service: &Service, from: &str, body: &str) -> Output {
    service.run(&["phone", from, body, "--url", service.base_url()])
}

/// What came back, as one line.
fn said(service: &Service, from: &str, body: &str) -> String {
    let output = text(service, from, body);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().replace('\n', " ")
}

async fn events(service: &Service, cookie: &str, query: &str) -> Value {
    let request = service
        .http()
        .get(service.url(&format!("/simulator/events?{query}")));
    let answer = request.header("cookie", cookie).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_registers_and_a_contact_hears_of_a_check_in() {
    let service = service().await;
    assert!(said(&service, ADA, "START").contains("What name"));
    said(&service, ADA, "Ada");
    assert!(said(&service, ADA, "1").contains("You are registered: Ada on the Overland Track"));
    said(&service, ADA, "SAFE 0491 570 156 Ben");
    let cookie = service.simulator_cookie().await;
    let introduced = events(&service, &cookie, "phone=%2B61491570156&after=0").await;
    let notice = introduced["events"][0]["body"].as_str().unwrap();
    assert!(notice.contains("Ada") && notice.contains("STOP"), "{notice}");
    assert!(said(&service, ADA, "CHECKIN WATER").contains("Waterfall Valley"));
    let after = introduced["last"].as_u64().unwrap();
    let told = events(&service, &cookie, &format!("phone=%2B61491570156&after={after}")).await;
    let body = told["events"][0]["body"].as_str().unwrap();
    assert!(
        body.contains("Ada") && body.contains("Waterfall Valley"),
        "{body}"
    );
    assert_eq!(told["events"][0]["to"], BEN);
    assert!(told["events"][0]["sid"].as_str().unwrap().starts_with("SM"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_opens_once_by_its_link_and_then_by_its_cookie() {
    let service = service().await;
    let cookie = service.simulator_cookie().await;
    let link = service.simulator_link().await;
    let again = service.http().get(service.url(&link)).send().await.unwrap();
    assert_eq!(again.status(), 404, "the link is used up");
    for (path, kind) in [
        ("/simulator", "text/html"),
        ("/simulator/simulator.js", "text/javascript"),
        ("/simulator/simulator.css", "text/css"),
    ] {
        let page = service
            .http()
            .get(service.url(path))
            .header("cookie", &cookie)
            .send()
            .await
            .unwrap();
        assert_eq!(page.status(), 200, "{path}");
        assert!(
            page.headers()["content-type"].to_str().unwrap().starts_with(kind),
            "{path}"
        );
        let policy = page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        let body = page.text().await.unwrap();
        assert!(!body.contains("<script>") && !body.contains(" style="), "{path}");
        assert!(
            kind != "text/html" || body.contains(service.base_url()),
            "the page signs for the public URL"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_looks_at_the_link_does_not_use_it_up() {
    let service = service().await;
    let link = service.url(&service.simulator_link().await);
    let looked = service.http().head(&link).send().await.unwrap();
    assert_eq!(looked.status(), 404);
    let opened = service.http().get(&link).send().await.unwrap();
    assert_eq!(opened.status(), 303);
}

#[tokio::test]
async fn strangers_find_nothing() {
    let service = service().await;
    let cookie = service.simulator_cookie().await;
    let with = |headers: &[(&'static str, String)]| {
        let mut request = service.http().get(service.url("/simulator/events?wait=0"));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request
    };
    let good = ("cookie", cookie.clone());
    assert_eq!(
        with(std::slice::from_ref(&good)).send().await.unwrap().status(),
        200
    );
    for headers in [
        vec![],
        vec![("cookie", "thunderbird_simulator=0".to_owned())],
        vec![("authorization", "Simulator 00".to_owned())],
        vec![("authorization", "Bearer 00".to_owned())],
        vec![good.clone(), ("x-forwarded-for", "127.0.0.1".to_owned())],
        vec![good.clone(), ("forwarded", "for=127.0.0.1".to_owned())],
        vec![good.clone(), ("x-real-ip", "127.0.0.1".to_owned())],
        vec![good.clone(), ("host", "evil.example".to_owned())],
    ] {
        let answer = with(&headers).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{headers:?}");
    }
    let page = service
        .http()
        .get(service.url("/simulator?link=0"))
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_a_phone_or_a_service_is_said_plainly() {
    let service = service().await;
    let landline = text(&service, "not a number", "HELP");
    assert_eq!(landline.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&landline.stderr).contains("not a valid phone number"));
    let nowhere = service.run(&["phone", ADA, "HELP", "--url", "http://127.0.0.1:9"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("no running service"));
    let open_port = service.run(&["phone", ADA, "HELP"]);
    assert_eq!(open_port.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&open_port.stderr).contains("--url"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_listens_does_not_keep_the_service_from_ending() {
    let mut service = service().await;
    let cookie = service.simulator_cookie().await;
    let listening = service
        .http()
        .get(service.url("/simulator/events"))
        .header("cookie", cookie)
        .send();
    let listening = tokio::spawn(listening);
    // A request that waits leaves no trace to await: this is time enough for it to arrive.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let ended = tokio::time::timeout(std::time::Duration::from_secs(5), service.terminate()).await;
    assert!(ended.expect("it ends at once").success());
    listening.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_who_does_not_answer_is_called_and_presses_a_key() {
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_VOICE", "on")
        .start()
        .await;
    for line in ["START", "Ada", "1", "SAFE 0491 570 156 Ben"] {
        said(&service, ADA, line);
    }
    assert!(said(&service, ADA, "ALERT").contains("We are texting your 1 contact"));
    let pressed = |key: &str| {
        let output = service.run(&["phone", BEN, "--key", key, "--url", service.base_url()]);
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    assert!(!pressed("1").0, "the phone has not rung");
    let moved = service.run(&["phone", ADA, "STATUS", "--at", "+4m", "--url", service.base_url()]);
    assert!(moved.status.success());
    let said = eventually("the call", async || {
        let (is_answered, said) = pressed("1");
        is_answered.then_some(said)
    })
    .await;
    assert!(
        said.contains("Ada asks for help.") && said.contains("Press 1"),
        "{said}"
    );
    assert!(said.contains("You deal with it"), "{said}");
    let cookie = service.simulator_cookie().await;
    let heard = eventually("what Police will ask", async || {
        let all = events(&service, &cookie, "phone=%2B61491570156&after=0&wait=0").await;
        let texts = all["events"].as_array().unwrap().iter();
        let bodies: Vec<String> = texts.map(|text| text["body"].to_string()).collect();
        bodies.into_iter().find(|body| body.contains("For Police: Ada"))
    })
    .await;
    assert!(heard.contains("Reply FOUND"), "{heard}");
}
