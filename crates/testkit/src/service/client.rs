//! A web client that is signed in.

use serde_json::Value;

use super::{Service, Site, WebAnswer, WebTokens};

/// The password of every account that a test makes without a wish of its own.
pub const PASSWORD: &str = "kea nest on the ridge";

/// A web client of one account, with its tokens.
#[derive(Debug, Clone)]
pub struct Client {
    site: Site,
    /// The tokens of the last sign-in.
    pub tokens: WebTokens,
}

impl Client {
    /// Registers `name`@example.org and signs in.
    pub async fn sign_up(service: &Service, name: &str) -> Self {
        let email = format!("{name}@example.org");
        let registered = service.web_register(&email, PASSWORD).await;
        assert_eq!(registered.status, 201, "{}", registered.text);
        Self::sign_in(service, &email).await
    }

    /// Signs an account in that has the password of all tests.
    pub async fn sign_in(service: &Service, email: &str) -> Self {
        Self {
            site: service.site().clone(),
            tokens: service.web_login(email, PASSWORD).await.tokens(),
        }
    }

    /// Signs an account in whose password may have been changed to `new`.
    pub async fn sign_in_with(service: &Service, email: &str, is_changed: bool, new: &str) -> Self {
        let password = if is_changed { new } else { PASSWORD };
        Self {
            site: service.site().clone(),
            tokens: service.web_login(email, password).await.tokens(),
        }
    }

    /// Sends a request with the access token; `json` only if it is given.
    pub async fn call(&self, method: &str, path: &str, json: Option<Value>) -> WebAnswer {
        self.site.web(method, path, Some(&self.tokens.access), json).await
    }

    /// Reads a resource.
    pub async fn get(&self, path: &str) -> WebAnswer {
        self.call("GET", path, None).await
    }

    /// Posts a document.
    pub async fn post(&self, path: &str, json: Value) -> WebAnswer {
        self.call("POST", path, Some(json)).await
    }

    /// Posts a document under an `Idempotency-Key`.
    pub async fn post_once(&self, path: &str, json: Value, key: &str) -> WebAnswer {
        let bearer = format!("Bearer {}", self.tokens.access);
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", key)];
        self.site.send("POST", path, &headers, Some(json)).await
    }

    /// Sends a request under a condition, such as `if-match`.
    pub async fn call_if(
        &self,
        method: &str,
        path: &str,
        condition: (&str, &str),
        json: Option<Value>,
    ) -> WebAnswer {
        let bearer = format!("Bearer {}", self.tokens.access);
        let headers = [("authorization", bearer.as_str()), condition];
        self.site.send(method, path, &headers, json).await
    }

    /// Changes part of a resource.
    pub async fn patch(&self, path: &str, json: Value) -> WebAnswer {
        self.call("PATCH", path, Some(json)).await
    }

    /// Deletes a resource.
    pub async fn delete(&self, path: &str) -> WebAnswer {
        self.call("DELETE", path, None).await
    }

    /// The text that links a phone to this account: `LINK` and three words.
    pub async fn link_text(&self) -> String {
        let offered = self.call("POST", "/auth/phone/text-in", None).await;
        assert_eq!(offered.status, 201, "{}", offered.text);
        offered.body["text"].as_str().unwrap().to_owned()
    }

    /// The number that is linked to this account, or null.
    pub async fn phone(&self) -> Value {
        self.get("/auth/me").await.body["phone"].clone()
    }
}
