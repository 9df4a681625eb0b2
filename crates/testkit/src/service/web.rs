//! A web client of the running service.

use serde_json::Value;

use super::Service;

/// The answer to a request.
#[derive(Debug)]
pub struct WebAnswer {
    /// The status.
    pub status: u16,
    /// The headers, by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null if it is not JSON.
    pub body: Value,
}

/// What a sign-in or a refresh gave.
#[derive(Debug, Clone)]
pub struct WebTokens {
    /// For `Authorization: Bearer`.
    pub access: String,
    /// For the next tokens.
    pub refresh: String,
}

impl WebAnswer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether it says when to try again.
    pub fn waits(&self) -> bool {
        self.header("retry-after").is_some()
    }

    /// Status and body, for a comparison at one go.
    pub fn pair(self) -> (u16, Value) {
        (self.status, self.body)
    }

    /// What kind of problem it is.
    pub fn problem(&self) -> &str {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.text
        );
        assert_eq!(self.body["status"], self.status);
        self.body["type"]
            .as_str()
            .unwrap()
            .strip_prefix("/problems/")
            .unwrap()
    }

    /// Both tokens of a grant.
    pub fn tokens(&self) -> WebTokens {
        assert_eq!(self.status, 200, "{}", self.text);
        let text = |name: &str| self.body[name].as_str().unwrap().to_owned();
        WebTokens {
            access: text("access_token"),
            refresh: text("refresh_token"),
        }
    }
}

impl Service {
    /// Sends a request; `bearer` and `json` only if they are given.
    pub async fn web(
        &self,
        method: &str,
        path: &str,
        bearer: Option<&str>,
        json: Option<Value>,
    ) -> WebAnswer {
        self.site().web(method, path, bearer, json).await
    }

    /// Posts a form to `/auth/token`.
    pub async fn token(&self, fields: &[(&str, &str)]) -> WebAnswer {
        self.site().token(fields).await
    }

    /// Registers an account.
    pub async fn web_register(&self, email: &str, password: &str) -> WebAnswer {
        let account = serde_json::json!({ "email": email, "password": password });
        self.web("POST", "/auth/register", None, Some(account)).await
    }

    /// Signs in.
    pub async fn web_login(&self, email: &str, password: &str) -> WebAnswer {
        self.token(&[("username", email), ("password", password)]).await
    }

    /// Trades a refresh token.
    pub async fn web_refresh(&self, refresh: &str) -> WebAnswer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh)])
            .await
    }

    /// The status of `GET /auth/me`.
    pub async fn me(&self, access: &str) -> u16 {
        self.web("GET", "/auth/me", Some(access), None).await.status
    }
}

/// Reads an answer to its end.
pub async fn answer(response: reqwest::Response) -> WebAnswer {
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    WebAnswer {
        status,
        headers,
        text,
        body,
    }
}
