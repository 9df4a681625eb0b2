//! Every kind of credential, carried in every way, at every route of the route table: each opens its own doors and no
//! other. A route that joins the table joins this test.

mod secrets;

use std::collections::BTreeMap;

use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;
use thunderbird_server::http::{
    routes::table,
    row::{Guard, Row},
};
use thunderbird_testkit::{
    fake_twilio::signature,
    service::{Operator, Service, Webhook},
};

use self::secrets::secrets;
use crate::{ADA, BINARY, PASSWORD};

const BEN: &str = "ben@example.org";
const SAM: &str = "+61491570006";
const NEW_PASSWORD: &str = "a tarn below the saddle";

/// Every kind of secret there is, named.
type Secrets = BTreeMap<&'static str, String>;

/// How a secret is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carrier {
    Bearer,
    Basic,
    SimulatorKey,
    ConsoleCookie,
    SimulatorCookie,
    TwilioSignature,
}

const CARRIERS: [Carrier; 6] = [
    Carrier::Bearer,
    Carrier::Basic,
    Carrier::SimulatorKey,
    Carrier::ConsoleCookie,
    Carrier::SimulatorCookie,
    Carrier::TwilioSignature,
];

impl Carrier {
    fn carry(self, request: RequestBuilder, secret: &str) -> RequestBuilder {
        match self {
            Self::Bearer => request.header("authorization", format!("Bearer {secret}")),
            Self::Basic => request.basic_auth(ADA, Some(secret)),
            Self::SimulatorKey => request.header("authorization", format!("Simulator {secret}")),
            Self::ConsoleCookie => request.header("cookie", format!("thunderbird-console={secret}")),
            Self::SimulatorCookie => request.header("cookie", format!("thunderbird_simulator={secret}")),
            Self::TwilioSignature => request.header("x-twilio-signature", secret),
        }
    }
}

/// Whether this secret, carried so, opens this door.
fn opens(kind: &str, carrier: Carrier, row: &Row) -> bool {
    match (row.guard, carrier) {
        (Guard::Bearer, Carrier::Bearer) => kind == "access token",
        (Guard::Admin, Carrier::ConsoleCookie) if row.path == "/admin/code" => {
            kind == "console cookie, second factor awaited"
        }
        (Guard::Admin, Carrier::ConsoleCookie) if row.path != "/admin/login" => {
            ["console cookie of an operator", "console cookie of a viewer"].contains(&kind)
        }
        (Guard::Simulator, Carrier::SimulatorKey) => kind == "simulator key" && row.path != "/simulator",
        (Guard::Simulator, Carrier::SimulatorCookie) => kind == "simulator cookie",
        (Guard::Twilio, Carrier::TwilioSignature) => {
            kind == "Twilio signature" && row.path == "/webhook/sms/inbound"
        }
        _ => false,
    }
}

/// Whether the answer says that the door stayed shut.
fn is_shut(row: &Row, answer: &Response) -> bool {
    let status = answer.status().as_u16();
    match row.guard {
        Guard::Bearer => status == 401,
        Guard::Admin if row.path == "/admin/login" => status == 403,
        Guard::Admin => {
            status == 303 && ["/admin/login", "/admin/code", "/admin"].contains(&location(answer))
        }
        Guard::Twilio => status == 403,
        Guard::Simulator => status == 404,
        Guard::Public => false,
    }
}

fn location(answer: &Response) -> &str {
    answer
        .headers()
        .get("location")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// A request at the row's door, with a body that it understands, or would.
fn knock(service: &Service, row: &Row, webhook: &Webhook) -> RequestBuilder {
    let path = row
        .path
        .replace("{id}", "1")
        .replace("{route_id}", "overland_track");
    let method: Method = row.method.as_str().parse().unwrap();
    let request = service.http().request(method.clone(), service.url(&path));
    match (row.guard, method) {
        (_, Method::GET) => request,
        (Guard::Twilio, _) => request.form(&webhook.form),
        (Guard::Admin, _) => request.form(&[("name", "ada")]),
        (Guard::Public, _) if row.path == "/auth/token" => request.form(&[("scope", "")]),
        _ => request.json(&json!({})),
    }
}

/// A text as the simulator's phones send it, unsigned.
fn text(from: &str, body: &str) -> Webhook {
    Webhook::new("", from, body)
        .with("AccountSid", &format!("AC{}", "0".repeat(32)))
        .with("To", "+61491579455")
}

async fn service() -> Service {
    Service::builder(BINARY)
        .env("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "1000000")
        .start()
        .await
}

/// A door of an account with the account's own token: a new one each time, since some doors end it.
async fn own_door(service: &Service, row: &Row, webhook: &Webhook) {
    let tokens = service.web_login(BEN, PASSWORD).await.tokens();
    let request = Carrier::Bearer.carry(knock(service, row, webhook), &tokens.access);
    let answer = request.send().await.unwrap();
    assert!(
        !is_shut(row, &answer),
        "an access token at {} {}",
        row.method,
        row.path
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_credential_opens_its_own_doors_and_no_other() {
    let service = service().await;
    service.web_register(BEN, PASSWORD).await;
    let webhook = text(SAM, "HELP");
    let secrets = secrets(&service, &webhook).await;
    let rows = table();
    let bare = join_all(rows.iter().map(async |row| {
        let answer = knock(&service, row, &webhook).send().await.unwrap();
        assert!(
            row.guard == Guard::Public || is_shut(row, &answer),
            "nobody at {} {}",
            row.method,
            row.path
        );
        answer.status()
    }))
    .await;
    for (kind, secret) in &secrets {
        for carrier in CARRIERS {
            join_all(rows.iter().zip(&bare).map(async |(row, bare)| {
                let at = format!("{kind} as {carrier:?} at {} {}", row.method, row.path);
                if row.guard == Guard::Bearer && opens(kind, carrier, row) {
                    return;
                }
                let answer = carrier
                    .carry(knock(&service, row, &webhook), secret)
                    .send()
                    .await
                    .unwrap();
                if row.guard == Guard::Public {
                    assert_eq!(answer.status(), *bare, "{at}");
                } else {
                    assert_eq!(
                        is_shut(row, &answer),
                        !opens(kind, carrier, row),
                        "{at}: {}",
                        answer.status()
                    );
                }
            }))
            .await;
        }
    }
    for row in rows.iter().filter(|row| row.guard == Guard::Bearer) {
        own_door(&service, row, &webhook).await;
    }
}

/// What a door that takes its credential in the body makes of a secret of another kind: never a success.
#[expect(clippy::too_many_lines, reason = "one door after the other")]
async fn presented(service: &Service, secrets: &Secrets, (kind, secret): (&str, &str), number: usize) {
    let own = |door: &str| kind == door;
    let refreshed = service.web_refresh(secret).await.status;
    assert_eq!(
        refreshed == 200,
        own("refresh token"),
        "{kind} as a refresh token: {refreshed}"
    );
    let email = format!("hiker-{number}@example.org");
    service.web_register(&email, PASSWORD).await;
    let signed = service.web_login(&email, secret).await.status;
    assert_eq!(signed == 200, own("password"), "{kind} as a password: {signed}");
    let form = [
        ("username", email.as_str()),
        ("password", "no secret of any kind"),
        ("device_token", secret),
    ];
    let signed = service.token(&form).await.status;
    assert_eq!(signed, 401, "{kind} as a device token");
    let verify = json!({ "token": secret });
    let verified = service
        .web("POST", "/auth/email/verify", None, Some(verify))
        .await
        .status;
    let expected = if own("e-mail verification token") {
        204
    } else {
        400
    };
    assert_eq!(verified, expected, "{kind} as a verification token");
    if !own("reset token") {
        let reset = json!({ "token": secret, "new_password": NEW_PASSWORD });
        let reset = service
            .web("POST", "/auth/reset-password", None, Some(reset))
            .await
            .status;
        assert_eq!(reset, 400, "{kind} as a reset token");
    }
    if !own("phone code") {
        let access = &secrets["access token"];
        let code = json!({ "code": secret });
        let confirmed = service
            .web("POST", "/auth/phone/confirm", Some(access), Some(code))
            .await
            .status;
        assert!(
            [400, 422].contains(&confirmed),
            "{kind} as a phone code: {confirmed}"
        );
    }
    let from = format!("+614915740{number:02}");
    let form = text(&from, &format!("LINK {secret}")).form;
    let signature = signature(&secrets["simulator key"], &service.inbound_url(), &form);
    let request = service
        .http()
        .post(service.inbound_url())
        .header("x-twilio-signature", signature);
    let linked = request.form(&form).send().await.unwrap().text().await.unwrap();
    assert_eq!(
        linked.contains("CONFIRM"),
        own("LINK words"),
        "{kind} as LINK words: {linked}"
    );
    let link = service
        .http()
        .get(service.url("/simulator"))
        .query(&[("link", secret)]);
    assert_eq!(
        link.send().await.unwrap().status(),
        404,
        "{kind} as a one-time link"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_secret_that_is_sent_in_a_body_is_good_for_its_own_purpose_only() {
    let service = service().await;
    let secrets = secrets(&service, &text(SAM, "HELP")).await;
    for (number, (kind, secret)) in secrets.iter().enumerate() {
        presented(&service, &secrets, (kind, secret), number).await;
    }
    let code = json!({ "code": secrets["phone code"] });
    let access = &secrets["access token"];
    let confirmed = service
        .web("POST", "/auth/phone/confirm", Some(access), Some(code))
        .await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text);
    let reset = json!({ "token": secrets["reset token"], "new_password": NEW_PASSWORD });
    let reset = service
        .web("POST", "/auth/reset-password", None, Some(reset))
        .await;
    assert_eq!(reset.status, 204, "{}", reset.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_of_the_web_opens_the_console() {
    let service = service().await;
    let secrets = secrets(&service, &text(SAM, "HELP")).await;
    for (number, (kind, secret)) in secrets.iter().enumerate() {
        let mut browser = Operator::new(&service);
        for name in [format!("nobody-{number}"), "vera".to_owned()]
            .iter()
            .take(1 + usize::from(number < 4))
        {
            let answer = browser
                .post("/admin/login", &[("name", name), ("password", secret)])
                .await;
            assert_eq!(answer.status(), 401, "{kind} as an administrator's password");
        }
    }
    for kind in ["access token", "phone code", "password", "recovery code"] {
        let mut browser = Operator::new(&service);
        browser.cookie = Some(format!(
            "thunderbird-console={}",
            secrets["console cookie, second factor awaited"]
        ));
        let form = thunderbird_testkit::service::console::csrf(&browser.page("/admin/code").await);
        let answer = browser
            .post("/admin/code", &[("csrf", &form), ("code", &secrets[kind])])
            .await;
        let expected = if kind == "recovery code" { 303 } else { 401 };
        assert_eq!(answer.status(), expected, "{kind} as a second factor");
    }
}
