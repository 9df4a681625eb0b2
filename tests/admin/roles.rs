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
    world.hiker(SAM).registers("Sam").await;
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
