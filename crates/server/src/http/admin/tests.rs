//! The console's sessions through the router, with a clock that moves.

use std::time::Duration;

use actix_web::{dev::ServiceResponse, test, web::Data};
use thunderbird_domain::{
    admin::{AdminName, AuditSearch, Role},
    time::Clock as _,
};
use thunderbird_testkit::{clock::StoppedClock, memory::MemoryStore};

use crate::{
    http::{app::App, routes::service},
    wiring::in_memory_with,
};

const PASSWORD: &str = "a quiet ridge at dusk";

struct Console {
    app: Data<App>,
    clock: StoppedClock,
    cookie: String,
}

impl Console {
    async fn signed_in() -> Self {
        let clock = StoppedClock::default();
        let app = Data::new(in_memory_with(&MemoryStore::default(), clock.clone()));
        let name = AdminName::parse("ada").unwrap();
        app.console
            .create_admin(name, Role::Operator, PASSWORD)
            .await
            .unwrap();
        let mut console = Self {
            app,
            clock,
            cookie: String::new(),
        };
        let form = test::TestRequest::post()
            .uri("/admin/login")
            .insert_header(("sec-fetch-site", "same-origin"))
            .set_form([("name", "ada"), ("password", PASSWORD)]);
        let welcome = console.send(form).await;
        assert_eq!(welcome.status(), 303);
        let cookie = welcome.headers().get("set-cookie").unwrap().to_str().unwrap();
        console.cookie = cookie.split(';').next().unwrap().to_owned();
        console
    }

    async fn send(&self, request: test::TestRequest) -> ServiceResponse {
        let service = test::init_service(service(self.app.clone())).await;
        let request = request
            .peer_addr("203.0.113.7:4711".parse().unwrap())
            .insert_header(("cookie", self.cookie.as_str()));
        test::call_service(&service, request.to_request()).await
    }

    async fn is_open(&self) -> bool {
        let answer = self.send(test::TestRequest::get().uri("/admin/users")).await;
        if answer.status() == 200 {
            return true;
        }
        assert_eq!(answer.headers().get("location").unwrap(), "/admin/login");
        false
    }

    fn wait(&self, minutes: u64) {
        self.clock.advance(Duration::from_mins(minutes));
    }
}

#[actix_web::test]
async fn a_quarter_of_an_hour_without_a_click_ends_a_session_whatever_the_clock_says_later() {
    let console = Console::signed_in().await;
    console.wait(14);
    assert!(console.is_open().await);
    console.wait(14);
    assert!(
        console.is_open().await,
        "a click begins the quarter of an hour anew"
    );
    let live = console.clock.now();
    console.wait(15);
    assert!(!console.is_open().await);
    console.clock.set(live);
    assert!(!console.is_open().await, "an expired session stays ended");
    let log = console.app.console.audit(AuditSearch::default()).await.unwrap();
    let ends = log
        .items
        .iter()
        .filter(|line| line.action == "admin.session_expired");
    assert_eq!(ends.count(), 1);
}

#[actix_web::test]
async fn eight_hours_end_a_session_that_is_used_all_the_time() {
    let console = Console::signed_in().await;
    for _ in 0..47 {
        console.wait(10);
        assert!(console.is_open().await);
    }
    console.wait(10);
    assert!(!console.is_open().await);
}

#[actix_web::test]
async fn a_problem_is_a_page_for_whoever_sits_at_the_console() {
    let console = Console::signed_in().await;
    let answer = console
        .send(test::TestRequest::get().uri("/admin/users/99"))
        .await;
    assert_eq!(answer.status(), 404);
    assert_eq!(
        answer.headers().get("content-type").unwrap(),
        "text/html; charset=utf-8"
    );
    let page = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();
    assert!(
        page.contains("<h1>Not found</h1>") && page.contains("Back to the console"),
        "{page}"
    );
}
