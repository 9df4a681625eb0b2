//! The example of a proxy, in front of the real binary: `cargo xtask proxy` runs this.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails; the task says where the certificate is"
)]

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command},
    time::Duration,
};

use serde_json::json;
use thunderbird_testkit::{
    fake_twilio::FakeTwilio,
    service::{Service, Webhook},
};

const EXAMPLE: &str = include_str!("../deploy/nginx/thunderbird.conf");
const HOST: &str = "thunderbird.example.org";

/// nginx with the example; only ports, certificate and the service's own port are others. Ended when dropped.
struct Nginx {
    child: Child,
    https: SocketAddr,
    http: SocketAddr,
}

impl Nginx {
    fn start(folder: &Path, service: &str) -> Self {
        let [http, https] = [free(), free()];
        let kept: Vec<&str> = EXAMPLE
            .lines()
            .filter(|line| !line.contains("listen [::]"))
            .collect();
        let example = kept
            .join("\n")
            .replace("listen 80;", &format!("listen {http};"))
            .replace("listen 443 ssl", &format!("listen {https} ssl"))
            .replace(
                "server 127.0.0.1:8080;",
                &format!("server {};", service.trim_start_matches("http://")),
            )
            .replace(
                "/etc/letsencrypt/live/thunderbird.example.org",
                &std::env::var("THUNDERBIRD_CERTIFICATE").unwrap(),
            );
        assert!(
            example.contains(&https.to_string()) && !example.contains("letsencrypt"),
            "{example}"
        );
        fs::write(folder.join("example.conf"), example).unwrap();
        let place = folder.display();
        let main = format!(
            "daemon off; pid {place}/nginx.pid; error_log {place}/nginx.log; worker_processes 1;\nevents {{}}\n\
             http {{ access_log off; client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; \
             uwsgi_temp_path {place}/u; scgi_temp_path {place}/s; include {place}/example.conf; }}\n"
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, main).unwrap();
        let child = Command::new("nginx")
            .arg("-e")
            .arg(folder.join("nginx.log"))
            .arg("-c")
            .arg(file)
            .spawn()
            .unwrap();
        Self { child, https, http }
    }

    fn client(&self) -> reqwest::Client {
        let authority =
            fs::read(Path::new(&std::env::var("THUNDERBIRD_CERTIFICATE").unwrap()).join("fullchain.pem"));
        reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .resolve(HOST, self.https)
            .tls_certs_only([reqwest::Certificate::from_pem(&authority.unwrap()).unwrap()])
            .no_proxy()
            .build()
            .unwrap()
    }
}

impl Nginx {
    /// Waits until it does.
    async fn answers(&self, client: &reqwest::Client, url: &str) {
        let mut tries = 0;
        while let Err(error) = client.get(url).send().await {
            tries += 1;
            assert!(tries < 100, "nginx at {} does not answer: {error:?}", self.https);
            // Nginx says nowhere that it listens; a request shows it.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        drop(self.child.wait());
    }
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[tokio::test]
#[ignore = "needs nginx: cargo xtask proxy"]
async fn the_example_of_nginx_serves_the_public_url_and_hides_nobody_behind_a_forged_address() {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .twilio(&twilio)
        .env("THUNDERBIRD_PUBLIC_URL", &format!("https://{HOST}"))
        .env("THUNDERBIRD_TRUSTED_PROXIES", "127.0.0.1/32")
        .env("THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR", "1")
        .start()
        .await;
    let nginx = Nginx::start(service.folder(), service.base_url());
    let client = nginx.client();
    let url = |path: &str| format!("https://{HOST}:{}{path}", nginx.https.port());
    nginx.answers(&client, &url("/readyz")).await;
    let text = Webhook::new(
        &format!("https://{HOST}/webhook/sms/inbound"),
        "+61491570156",
        "HELP",
    );
    let request = client.post(url("/webhook/sms/inbound")).form(&text.form);
    let answer = request
        .header("X-Twilio-Signature", text.signature.unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().contains_key("strict-transport-security"));
    let mut statuses = Vec::new();
    for (name, forged) in [("ada", "198.51.100.1"), ("grace", "198.51.100.2")] {
        let account = json!({"email": format!("{name}@example.org"), "password": "a long walk in the rain"});
        let request = client.post(url("/auth/register")).json(&account);
        let answer = request.header("X-Forwarded-For", forged).send().await.unwrap();
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(
        statuses,
        [201, 429],
        "the source is who connected, whatever it says of itself"
    );
    let large = client
        .post(url("/auth/register"))
        .body("x".repeat(70_000))
        .send()
        .await
        .unwrap();
    assert_eq!(large.status(), 413);
    let plain = format!("http://{}/docs", nginx.http);
    let moved = service
        .http()
        .get(plain)
        .header("host", HOST)
        .send()
        .await
        .unwrap();
    assert_eq!(moved.status(), 301);
    assert_eq!(moved.headers()["location"], format!("https://{HOST}/docs"));
}
