//! `X-Request-Id`: names one request in the answer and in the log.

use std::{
    future::Future,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

tokio::task_local! {
    static CURRENT: String;
}

static NAME: HeaderName = HeaderName::from_static("x-request-id");

/// Differs between two runs of the service; it need not be secret.
static RUN: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
static COUNT: AtomicU64 = AtomicU64::new(0);

/// A new id: ours, never the client's, so that nobody can forge a line of the log.
pub fn next() -> String {
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{:08x}{count:08x}", *RUN >> 32)
}

/// Runs `work` as the request `id`.
pub async fn scope<T>(id: String, work: impl Future<Output = T>) -> T {
    CURRENT.scope(id, work).await
}

/// The id of the request that this task works on.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Tells the client.
pub fn echo(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(NAME.clone(), value);
    }
}
