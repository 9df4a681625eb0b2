//! The way to a running service.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Method, header};
use serde_json::Value;

use super::web::{WebAnswer, answer};

/// The way to a service. It stays right when the service is started again on another port, so a client that holds it
/// outlives a crash.
#[derive(Debug, Clone)]
pub struct Site {
    http: reqwest::Client,
    base_url: Arc<Mutex<String>>,
}

impl Site {
    pub(super) fn new(http: reqwest::Client) -> Self {
        Self {
            http,
            base_url: Arc::default(),
        }
    }

    pub(super) fn moves_to(&self, base_url: &str) {
        base_url.clone_into(&mut self.base_url.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The absolute address of `path` at the service as it runs now.
    pub fn url(&self, path: &str) -> String {
        let base_url = self.base_url.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{base_url}{path}")
    }

    /// An HTTP client that follows no redirect.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Sends a request with these headers; `json` only if it is given.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        json: Option<Value>,
    ) -> WebAnswer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(json) = json {
            request = request.json(&json);
        }
        answer(request.send().await.unwrap()).await
    }

    /// Sends a request; `bearer` and `json` only if they are given.
    pub async fn web(
        &self,
        method: &str,
        path: &str,
        bearer: Option<&str>,
        json: Option<Value>,
    ) -> WebAnswer {
        let bearer = bearer.map(|token| format!("Bearer {token}"));
        let bearer = bearer
            .as_deref()
            .map(|value| (header::AUTHORIZATION.as_str(), value));
        self.send(method, path, bearer.as_slice(), json).await
    }

    /// Posts a form to `/auth/token`.
    pub async fn token(&self, fields: &[(&str, &str)]) -> WebAnswer {
        let request = self.http.post(self.url("/auth/token")).form(fields);
        answer(request.send().await.unwrap()).await
    }
}
