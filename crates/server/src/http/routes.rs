//! Every address of the service on one page.
//!
//! A row is `METHOD "path" Guard module;`, where `module` has a `pub async fn handle`, annotated with `#[utoipa::path]` for a row of `api` (its operation id and tag
//! are the module's name; schemas are named by their type, so DTOs have distinct names). A row of `forms` names its handler. The guard is what its first argument demands.

use std::{future::ready, sync::LazyLock};

use actix_web::{
    ResponseError as _, Route,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    guard,
    http::Method,
    middleware::from_fn,
    web::{self, Data},
};
use utoipa::OpenApi as _;

use super::{
    account, admin,
    app::App,
    assets, health, middleware,
    openapi::{self, Description},
    phone, privacy,
    problem::Problem,
    route,
    row::{Guard, Row, RowIndex},
    simulator, sms, user,
};

macro_rules! table {
    (
        api { $($method:ident $path:literal $guard:ident $($module:ident)::+;)* }
        pages { $($page_method:ident $page_path:literal $page_guard:ident $($page:ident)::+;)* }
        forms { $($form_method:ident $form_path:literal $form_guard:ident $($form:ident)::+;)* }
    ) => {
        /// Every row.
        pub fn table() -> Vec<Row> {
            vec![
                $(Row {
                    method: Method::$method, path: $path, guard: Guard::$guard, module: stringify!($($module)::+),
                    documented: true, mount: || Route::new().to($($module)::+::handle),
                },)*
                $(Row {
                    method: Method::$page_method, path: $page_path, guard: Guard::$page_guard,
                    module: stringify!($($page)::+), documented: false,
                    mount: || Route::new().to($($page)::+::handle),
                },)*
                $(Row {
                    method: Method::$form_method, path: $form_path, guard: Guard::$form_guard,
                    module: stringify!($($form)::+), documented: false,
                    mount: || Route::new().to($($form)::+),
                },)*
            ]
        }

        /// What the handlers' annotations say, before it is finished.
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($module)::+::handle),*))]
        pub struct Annotations;
    };
}

table! {
    api {
        GET "/api/health" Public health::report;
        GET "/api/routes" Public route::list;
        GET "/api/routes/{route_id}" Public route::one;
        GET "/api/user" Bearer user::profile;
        PATCH "/api/user" Bearer user::change;
        GET "/api/user/checkins" Bearer user::check_ins;
        POST "/api/user/checkins" Bearer user::check_in;
        DELETE "/api/user/checkins/{id}" Bearer user::take_back;
        GET "/api/user/contacts" Bearer user::contacts;
        POST "/api/user/contacts" Bearer user::add_contact;
        DELETE "/api/user/contacts/{id}" Bearer user::remove_contact;
        GET "/api/user/forecast" Bearer user::forecast;
        GET "/api/user/messages" Bearer user::messages;
        DELETE "/api/user/trip" Bearer user::withdraw_trip;
        GET "/api/user/trip" Bearer user::trip;
        PUT "/api/user/trip" Bearer user::set_trip;
        POST "/api/user/trip/back" Bearer user::back;
        POST "/api/user/trip/extend" Bearer user::extend_trip;
        GET "/api/user/trips" Bearer user::trips;
        DELETE "/auth/me" Bearer privacy::delete;
        GET "/auth/me" Bearer account::me;
        GET "/auth/me/export" Bearer privacy::export;
        GET "/auth/sessions" Bearer account::list_sessions;
        DELETE "/auth/sessions/{id}" Bearer account::end_session;
        POST "/auth/email/resend" Bearer account::resend_verification;
        POST "/auth/email/verify" Public account::verify_email;
        POST "/auth/forgot-password" Public account::forgot_password;
        POST "/auth/logout" Bearer account::logout;
        POST "/auth/logout-all" Bearer account::logout_all;
        POST "/auth/password" Bearer account::change_password;
        POST "/auth/phone" Bearer phone::start;
        DELETE "/auth/phone" Bearer phone::release;
        POST "/auth/phone/confirm" Bearer phone::confirm;
        POST "/auth/phone/text-in" Bearer phone::text_in;
        POST "/auth/register" Public account::register;
        POST "/auth/reset-password" Public account::reset_password;
        POST "/auth/token" Public account::token;
        GET "/health" Public health::report_legacy;
        GET "/healthz" Public health::alive;
        GET "/openapi.json" Public openapi;
        GET "/readyz" Public health::ready;
        POST "/webhook/sms/inbound" Twilio sms::inbound;
        POST "/webhook/sms/status" Twilio sms::status;
    }
    pages {
        GET "/account-pages.js" Public assets;
        GET "/assets/{hash}/{file}" Public assets;
        GET "/contacts" Public privacy::contacts;
        GET "/reset-password" Public assets;
        GET "/simulator" Simulator simulator::page;
        POST "/simulator/clock" Simulator simulator::clock;
        GET "/simulator/events" Simulator simulator::events;
        GET "/simulator/mails" Simulator simulator::mails;
        GET "/simulator/simulator.css" Simulator simulator::asset;
        GET "/simulator/simulator.js" Simulator simulator::asset;
        GET "/verify-email" Public assets;
        GET "/admin" Admin admin::overview;
        GET "/admin/accounts" Admin admin::accounts;
        GET "/admin/accounts/{id}" Admin admin::account;
        GET "/admin/audit" Admin admin::audit;
        GET "/admin/audit.csv" Admin admin::audit_csv;
        GET "/admin/code" Admin admin::code_form;
        POST "/admin/code" Admin admin::code;
        GET "/admin/console.css" Public assets;
        GET "/admin/forecasts" Admin admin::forecasts;
        GET "/admin/icon.svg" Public assets;
        GET "/admin/login" Public admin::login_form;
        POST "/admin/login" Admin admin::login;
        POST "/admin/logout" Admin admin::logout;
        GET "/admin/messages" Admin admin::messages;
        POST "/admin/messages/{id}/resend" Admin admin::resend;
        GET "/admin/opt-outs" Admin admin::opt_outs;
        GET "/admin/second-factor" Admin admin::second_factor_form;
        POST "/admin/second-factor" Admin admin::second_factor;
        POST "/admin/test-text" Admin admin::test_text;
        GET "/admin/users" Admin admin::users;
        GET "/admin/users/{id}" Admin admin::user;
        GET "/admin/watch" Admin admin::watch;
        GET "/admin/watch/{id}" Admin admin::promise;
        GET "/docs" Public assets;
        GET "/docs/page.css" Public assets;
        GET "/docs/page.js" Public assets;
    }
    forms {
        POST "/admin/accounts/{id}/disable" Admin admin::forms::disable_account;
        POST "/admin/accounts/{id}/enable" Admin admin::forms::enable_account;
        POST "/admin/accounts/{id}/end-sessions" Admin admin::forms::end_sessions;
        POST "/admin/accounts/{id}/reset-link" Admin admin::forms::send_reset_link;
        POST "/admin/accounts/{id}/reveal" Admin admin::reveal::account;
        POST "/admin/messages/{id}/reveal" Admin admin::reveal::message;
        POST "/admin/opt-outs" Admin admin::forms::record_opt_out;
        POST "/admin/opt-outs/clear" Admin admin::forms::clear_opt_out;
        POST "/admin/users" Admin admin::forms::register_user;
        POST "/admin/users/{id}/remove" Admin admin::forms::remove_user;
        POST "/admin/users/{id}/reveal" Admin admin::reveal::user;
        POST "/admin/users/{id}/route" Admin admin::forms::change_route;
    }
}

static DESCRIPTION: LazyLock<String> = LazyLock::new(|| {
    let document = openapi::document(Annotations::openapi(), &table());
    serde_json::to_string_pretty(&document).unwrap_or_default()
});

/// The description of the API (OpenAPI 3.1), as JSON.
pub fn description() -> Description {
    Description(&DESCRIPTION)
}

/// The whole service, ready to be served or tested.
pub fn service(
    app: Data<App>,
) -> actix_web::App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let cors = middleware::cors::layer(&app.edge.settings.cors_origins);
    actix_web::App::new()
        .app_data(app)
        .app_data(Data::new(description()))
        .configure(mount)
        .wrap(cors)
        .wrap(from_fn(middleware::edge))
}

fn mount(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
        .app_data(web::QueryConfig::default().error_handler(|_, _| unreadable_query().into()))
        .default_service(web::to(async || Problem::not_found().error_response()));
    let mut rows: Vec<(usize, Row)> = table().into_iter().enumerate().collect();
    while let Some((_, first)) = rows.first() {
        let path = first.path;
        let (here, rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, row)| row.path == path);
        rows = rest;
        let allow = allow(&here);
        let resource = here
            .into_iter()
            .fold(web::resource(path), |resource, (index, row)| {
                resource.route((row.mount)().guard(method_guard(row.method, RowIndex(index))))
            });
        config.service(resource.default_service(web::to(move || {
            ready(Problem::method_not_allowed(allow.clone()).error_response())
        })));
    }
}

fn unreadable_query() -> Problem {
    Problem::new(
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY,
        "invalid-query",
        "The query string is not what this address understands.",
    )
}

fn allow(rows: &[(usize, Row)]) -> String {
    let mut methods: Vec<&str> = rows.iter().map(|(_, row)| row.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    methods.join(", ")
}

/// Lets a row's method in, and leaves the row's number with the request, for whoever counts.
fn method_guard(method: Method, row: RowIndex) -> impl guard::Guard {
    guard::fn_guard(move |context| {
        let asked = &context.head().method;
        let is_met = *asked == method || (method == Method::GET && *asked == Method::HEAD);
        if is_met {
            context.req_data_mut().insert(row);
        }
        is_met
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use actix_web::test;

    use super::*;
    use crate::wiring::in_memory;

    fn app() -> Data<App> {
        Data::new(in_memory())
    }

    /// The rows anybody may call; a row that joins or leaves them changes this list knowingly.
    const PUBLIC: &[&str] = &[
        "GET /account-pages.js",
        "GET /assets/{hash}/{file}",
        "GET /contacts",
        "GET /admin/console.css",
        "GET /admin/icon.svg",
        "GET /admin/login",
        "GET /api/health",
        "GET /api/routes",
        "GET /api/routes/{route_id}",
        "GET /docs",
        "GET /docs/page.css",
        "GET /docs/page.js",
        "GET /health",
        "GET /healthz",
        "GET /openapi.json",
        "GET /readyz",
        "GET /reset-password",
        "GET /verify-email",
        "POST /auth/email/verify",
        "POST /auth/forgot-password",
        "POST /auth/register",
        "POST /auth/reset-password",
        "POST /auth/token",
    ];

    #[actix_web::test]
    async fn exactly_these_rows_are_public() {
        let public: BTreeSet<String> = table()
            .iter()
            .filter(|row| row.guard == Guard::Public)
            .map(|row| format!("{} {}", row.method, row.path))
            .collect();
        assert_eq!(public, PUBLIC.iter().map(ToString::to_string).collect());
    }

    #[actix_web::test]
    async fn every_other_row_sends_a_stranger_away() {
        let service = test::init_service(service(app())).await;
        for row in table().iter().filter(|row| row.guard != Guard::Public) {
            let path = row
                .path
                .replace("{id}", "1")
                .replace("{route_id}", "overland_track");
            let request = test::TestRequest::default()
                .method(row.method.clone())
                .uri(&path)
                .peer_addr("203.0.113.7:4711".parse().unwrap())
                .insert_header(("content-type", "application/json"))
                .set_payload("{}");
            let status = test::call_service(&service, request.to_request()).await.status();
            let away: &[u16] = match row.guard {
                Guard::Bearer => &[401],
                Guard::Admin => &[303, 401, 403],
                Guard::Twilio => &[403],
                Guard::Simulator => &[404],
                Guard::Public => &[],
            };
            assert!(away.contains(&status.as_u16()), "{} {path}: {status}", row.method);
        }
    }

    #[actix_web::test]
    async fn the_table_and_the_description_name_the_same_operations() {
        let described: BTreeSet<String> = Annotations::openapi()
            .paths
            .paths
            .iter()
            .flat_map(|(path, item)| {
                [
                    ("GET", &item.get),
                    ("POST", &item.post),
                    ("PATCH", &item.patch),
                    ("PUT", &item.put),
                    ("DELETE", &item.delete),
                ]
                .into_iter()
                .filter(|(_, operation)| operation.is_some())
                .map(move |(method, _)| format!("{method} {path}"))
            })
            .collect();
        let documented: BTreeSet<String> = table()
            .iter()
            .filter(|row| row.documented)
            .map(|row| format!("{} {}", row.method, row.path))
            .collect();
        assert_eq!(described, documented);
    }

    #[actix_web::test]
    async fn every_answer_carries_an_id_and_the_careful_headers() {
        let service = test::init_service(service(app())).await;
        let mut ids = BTreeSet::new();
        for path in ["/healthz", "/nowhere", "/healthz/"] {
            let response = test::call_service(&service, test::TestRequest::with_uri(path).to_request()).await;
            let header = |name: &str| {
                response
                    .headers()
                    .get(name)
                    .map(|value| value.to_str().unwrap().to_owned())
            };
            assert!(ids.insert(header("x-request-id").unwrap()));
            assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
            assert_eq!(header("cache-control").as_deref(), Some("no-store"));
            assert_eq!(header("strict-transport-security"), None);
        }
    }

    #[actix_web::test]
    async fn an_unknown_address_is_404_and_a_wrong_method_405_with_allow() {
        let service = test::init_service(service(app())).await;
        let nowhere = test::TestRequest::post().uri("/nowhere").to_request();
        let response = test::call_service(&service, nowhere).await;
        assert_eq!(response.status(), 404);
        assert_eq!(
            response.headers().get("content-type").unwrap(),
            "application/problem+json"
        );
        for row in table() {
            let wrong = test::TestRequest::default().method(Method::TRACE).uri(row.path);
            let response = test::call_service(&service, wrong.to_request()).await;
            assert_eq!(response.status(), 405, "{}", row.path);
            let allow = response.headers().get("allow").unwrap().to_str().unwrap();
            assert!(allow.contains(row.method.as_str()), "{}: {allow}", row.path);
            assert_eq!(
                response.headers().get("content-type").unwrap(),
                "application/problem+json"
            );
        }
    }

    #[actix_web::test]
    async fn head_is_answered_like_get() {
        let service = test::init_service(service(app())).await;
        let head = test::TestRequest::default().method(Method::HEAD).uri("/healthz");
        assert_eq!(
            test::call_service(&service, head.to_request()).await.status(),
            200
        );
    }
}
