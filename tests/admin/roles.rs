//! Who may do what: every route of the console, taken from the route table, so that none is forgotten.

use reqwest::Method;
use thunderbird_server::http::{routes::table, row::Guard};
use thunderbird_testkit::service::{Service, console::location, phones::SAM};

use super::{Browser, world};

/// What a viewer may send: it concerns nobody but the viewer.
const THEIR_OWN: [&str; 3] = ["/admin/logout", "/admin/second-factor", "/admin/code"];

fn console_rows() -> Vec<(Method, String)> {
    let rows = table();
    let rows = rows.iter().filter(|row| row.guard == Guard::Admin);
    rows.map(|row| {
        let method = row.method.as_str().parse().unwrap();
        (method, row.path.replace("{id}", "1"))
    })
    .collect()
}

/// Everything that stands in the database, but for sessions and what is written about whoever looked.
fn contents(service: &Service) -> Vec<String> {
    use diesel::{Connection as _, RunQueryDsl as _, sql_query, sql_types::Text};

    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        row: String,
    }
    let mut connection = diesel::SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    [
        "SELECT 'user ' || id || route_id || coalesce(ended_at, '') || revision AS row FROM users",
        "SELECT 'account ' || id || coalesce(disabled_at, '') || revision AS row FROM accounts",
        "SELECT 'session ' || id || coalesce(ended_at, '') AS row FROM sessions",
        "SELECT 'text ' || id || state || direction AS row FROM messages",
        "SELECT 'opt-out ' || id || coalesce(ended_at, '') AS row FROM opt_outs",
        "SELECT 'mail ' || id AS row FROM mails",
        "SELECT 'reset ' || id AS row FROM password_resets",
        "SELECT 'audit ' || id || action AS row FROM audit_log",
    ]
    .into_iter()
    .flat_map(|query| sql_query(query).load::<Row>(&mut connection).unwrap())
    .map(|row| row.row)
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_session_every_route_of_the_console_leads_to_the_sign_in_page() {
    let world = world().await;
    let mut stranger = Browser::new(&world.service);
    let rows = console_rows();
    assert!(rows.len() >= 29, "{rows:?}");
    for (method, path) in rows {
        let answer = match method {
            Method::GET => stranger.get(&path).await,
            _ => stranger.post(&path, &[("sure", "yes")]).await,
        };
        if path == "/admin/login" {
            assert_eq!(answer.status(), 401, "{path}");
        } else {
            assert_eq!(
                (answer.status().as_u16(), location(&answer)),
                (303, "/admin/login"),
                "{method} {path}"
            );
        }
        assert_eq!(stranger.cookie, None, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_sees_everything_masked_and_changes_nothing() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("OUT TOMORROW 6PM").await;
    world.twilio.wait_for(1).await;
    world
        .service
        .web_register("kim@example.org", "a long walk in the rain")
        .await;
    let session = world
        .service
        .web_login("kim@example.org", "a long walk in the rain")
        .await
        .tokens();
    let mut viewer = Browser::signed_in(&world.service, "vera", "viewer").await;
    let before = contents(&world.service);
    for (method, path) in console_rows() {
        if method == Method::GET {
            let page = viewer.get(&path).await;
            let expected = if path == "/admin/code" { 303 } else { 200 };
            assert_eq!(page.status(), expected, "{path}");
            let page = page.text().await.unwrap();
            assert!(
                !page.contains("+61491570006") && !page.contains("kim@"),
                "{path}: {page}"
            );
            for form in page.split("method=\"post\"").skip(1) {
                let action = form.split_once("action=\"").unwrap().1;
                let action = action.split_once('"').unwrap().0;
                assert!(THEIR_OWN.contains(&action), "{path} offers a viewer {action}");
            }
            continue;
        }
        if THEIR_OWN.contains(&path.as_str()) || path == "/admin/login" {
            continue;
        }
        let fields = [
            ("phone", "+61491570110"),
            ("trail_name", "Kea"),
            ("words", "x"),
            ("sure", "yes"),
            ("route", "federation_peak"),
        ];
        let refused = viewer.submit(&path, &fields).await;
        assert_eq!(refused.status(), 403, "{method} {path}");
    }
    assert_eq!(contents(&world.service), before);
    assert_eq!(world.service.me(&session.access).await, 200);
    assert_eq!(
        location(&viewer.submit("/admin/logout", &[]).await),
        "/admin/login?notice=signed-out"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_is_disabled_with_every_session_and_enabled_without_any() {
    let world = world().await;
    let run = |arguments: &[&str]| {
        let output = world.service.run(&[&["admin"], arguments].concat());
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let ada = Browser::signed_in(&world.service, "ada", "operator").await;
    let (code, said) = run(&["disable", "ada"]);
    assert!(code == Some(1) && said.contains("--even-the-last"), "{said}");
    assert_eq!(ada.get("/admin").await.status(), 200, "the last one stays");
    let vera = Browser::signed_in(&world.service, "vera", "viewer").await;
    let (code, said) = run(&["disable", "ada"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(location(&ada.get("/admin").await), "/admin/login");
    assert_eq!(Browser::new(&world.service).sign_in("ada").await.status(), 401);
    assert_eq!(vera.get("/admin").await.status(), 200);
    let (code, said) = run(&["disable", "vera"]);
    assert!(code == Some(1) && said.contains("--even-the-last"), "{said}");
    let (code, said) = run(&["disable", "ADA"]);
    assert!(code == Some(1) && said.contains("already"), "{said}");
    assert_eq!(run(&["disable", "stranger"]).0, Some(1));
    assert!(
        run(&["list"])
            .1
            .contains("ada\toperator\tpassword alone\tdisabled")
    );
    assert_eq!(run(&["enable", "ada"]).0, Some(0));
    assert_eq!(
        location(&ada.get("/admin").await),
        "/admin/login",
        "what ended stays ended"
    );
    let mut again = Browser::new(&world.service);
    assert_eq!(again.sign_in("ada").await.status(), 303);
    assert_eq!(run(&["disable", "vera"]).0, Some(0));
    assert_eq!(run(&["disable", "ada", "--even-the-last"]).0, Some(0));
    assert_eq!(location(&again.get("/admin").await), "/admin/login");
    let log = contents(&world.service);
    let lines = |action: &str| log.iter().filter(|line| line.ends_with(action)).count();
    assert_eq!(
        (lines("admin.disabled"), lines("admin.enabled")),
        (3, 1),
        "{log:?}"
    );
}

/// How many rows of a list a page shows.
fn rows(page: &str) -> usize {
    page.matches("+614***006").count() + page.matches("k***@").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_finds_only_what_it_knows_whole_and_only_so_often() {
    let world = world().await;
    world.hiker(SAM).registers("Sam").await;
    world
        .service
        .web_register("kim@example.org", "a long walk in the rain")
        .await;
    let ada = Browser::signed_in(&world.service, "ada", "operator").await;
    let vera = Browser::signed_in(&world.service, "vera", "viewer").await;
    for (list, whole, part) in [
        ("users?phone=", "0491570006", "%2B6149157000"),
        ("messages?phone=", "%2B61491570006", "%2B61491"),
        ("accounts?email=", "Kim@example.org", "kim@example.or"),
    ] {
        for (typed, seen_by_viewer) in [(whole, true), (part, false)] {
            let path = format!("/admin/{list}{typed}");
            // Texts are found by a whole number only, in every role.
            let seen_by_operator = seen_by_viewer || !list.starts_with("messages");
            assert_eq!(rows(&ada.page(&path).await) > 0, seen_by_operator, "{path}");
            assert_eq!(rows(&vera.page(&path).await) > 0, seen_by_viewer, "{path}");
        }
    }
    assert!(vera.page("/admin/users?name=Sa").await.contains("Sam"));
    let mut searches = 7;
    while vera.get("/admin/accounts?email=a@example.org").await.status() == 200 {
        searches += 1;
        assert!(searches <= 60, "an hour has 60 searches");
    }
    assert_eq!(searches, 60);
    let refused = vera.get("/admin/messages?phone=%2B61491570006").await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(
        vera.get("/admin/users").await.status(),
        200,
        "a list is no search"
    );
    assert_eq!(ada.get("/admin/users?phone=%2B6149").await.status(), 200);
    let log = contents(&world.service);
    let found = log
        .iter()
        .filter(|line| line.ends_with("console.searched"))
        .count();
    assert_eq!(found, 60 + 7);
}
