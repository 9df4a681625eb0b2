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
    assets, health, mail, middleware,
    openapi::{self, Description},
    phone, privacy,
    problem::Problem,
    route,
    row::{Guard, Row, RowIndex},
    simulator, sms, user, voice,
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
        PATCH "/api/user/contacts/{id}" Bearer user::change_contact;
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
        POST "/webhook/voice/{call}" Twilio voice::script;
        POST "/webhook/voice/{call}/status" Twilio voice::status;
    }
    pages {
        GET "/account-pages.js" Public assets;
        GET "/assets/{hash}/{file}" Public assets;
        GET "/contacts" Public privacy::contacts;
        GET "/mail/stop/{token}" Public mail::stop_form;
        POST "/mail/stop/{token}" Public mail::stop;
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
        POST "/admin/users/{id}/contact-email" Admin admin::forms::change_contact_email;
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
#[path = "routes_tests.rs"]
mod tests;
