//! A browser at the operator's console, as far as a browser is cookies, forms and where they were sent from.

use reqwest::Response;

use super::{Service, Site};

/// The password of every administrator that a test makes.
pub const ADMIN_PASSWORD: &str = "a quiet ridge at dusk";

/// A browser at the console: it keeps the session's cookie, and says where a form was sent from.
#[derive(Debug)]
pub struct Operator {
    site: Site,
    /// `name=value`, once there is one.
    pub cookie: Option<String>,
}

impl Service {
    /// Makes an administrator by the command line.
    pub fn make_admin(&self, name: &str, role: &str) {
        std::fs::write(self.folder().join("password"), ADMIN_PASSWORD).unwrap();
        let arguments = [
            "admin",
            "create",
            name,
            "--role",
            role,
            "--password-file",
            "password",
        ];
        let made = self.run(&arguments);
        assert!(made.status.success(), "{made:?}");
    }
}

impl Operator {
    /// A browser without a session.
    pub fn new(service: &Service) -> Self {
        Self {
            site: service.site().clone(),
            cookie: None,
        }
    }

    /// Makes an administrator and signs it in.
    pub async fn signed_in(service: &Service, name: &str, role: &str) -> Self {
        service.make_admin(name, role);
        let mut browser = Self::new(service);
        assert_eq!(browser.sign_in(name).await.status(), 303);
        browser
    }

    /// Gives name and password.
    pub async fn sign_in(&mut self, name: &str) -> Response {
        self.post("/admin/login", &[("name", name), ("password", ADMIN_PASSWORD)])
            .await
    }

    /// Gives the code of the second factor.
    pub async fn submit_code(&mut self, code: &str) -> Response {
        let token = csrf(&self.page("/admin/code").await);
        self.post("/admin/code", &[("csrf", token.as_str()), ("code", code)])
            .await
    }

    /// Turns the second factor on; answers with its key and the recovery codes.
    pub async fn enrol(&mut self) -> (String, Vec<String>) {
        let page = self.page("/admin/second-factor").await;
        let (_, rest) = page.split_once("name=\"secret\" value=\"").unwrap();
        let secret = rest[..40].to_owned();
        let fields = [("secret", secret.as_str()), ("code", &totp_code(&secret))];
        let shown = self.submit("/admin/second-factor", &fields).await;
        let shown = shown.text().await.unwrap();
        let codes = shown.split("<li><code>").skip(1);
        let codes = codes.filter_map(|part| part.split_once('<'));
        (secret, codes.map(|(code, _)| code.to_owned()).collect())
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Response {
        let mut request = self.site.http().get(self.site.url(path));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        request.send().await.unwrap()
    }

    /// Opens a page that must be there.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// Sends a form as a browser does from one of our own pages, with the session's token.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let token = csrf(&self.page("/admin").await);
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// What the form on the page of a promise says of the state that it shows; empty if there is no form.
    pub async fn seen(&self, page: &str) -> String {
        let page = self.page(page).await;
        let form = page.split_once("name=\"seen\" value=\"");
        let seen = form.and_then(|(_, rest)| rest.split_once('"'));
        seen.map(|(seen, _)| seen.to_owned()).unwrap_or_default()
    }

    /// Closes the promise or call of a page as it stands there; answers where the form leads to.
    pub async fn closes(&mut self, page: &str, verdict: &str) -> String {
        let seen = self.seen(page).await;
        self.closes_as_seen(page, (verdict, &seen)).await
    }

    /// Closes the promise or call of a page as it was seen earlier.
    pub async fn closes_as_seen(&mut self, page: &str, (verdict, seen): (&str, &str)) -> String {
        let fields = [("verdict", verdict), ("sure", "yes"), ("seen", seen)];
        let answer = self.submit(&format!("{page}/close"), &fields).await;
        location(&answer).to_owned()
    }

    /// Sends a form as it stands from one of our own pages.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_with(path, fields, &[("Sec-Fetch-Site", "same-origin")])
            .await
    }

    /// Sends a form with these headers.
    pub async fn post_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Response {
        let mut request = self.site.http().post(self.site.url(path)).form(fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let answer = request.send().await.unwrap();
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
                "{cookie}"
            );
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }
}

/// The token that a page's forms bring back.
pub fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    rest[..64].to_owned()
}

/// Where an answer leads.
pub fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().unwrap()
}

/// What an authenticator shows in the present 30 seconds (RFC 6238).
pub fn totp_code(secret: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};

    let bytes: Vec<u8> = (0..secret.len())
        .step_by(2)
        .map(|place| u8::from_str_radix(&secret[place..place + 2], 16).unwrap())
        .collect();
    let now = std::process::Command::new("date")
        .arg("+%s")
        .output()
        .unwrap()
        .stdout;
    let step = String::from_utf8(now).unwrap().trim().parse::<u64>().unwrap() / 30;
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&bytes).unwrap();
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0xf);
    let number = u32::from_be_bytes(digest[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}
