//! A watchdog outside, which hears of us by HTTP.

use std::time::Duration;

use reqwest::{Client, redirect, retry};
use thunderbird_domain::{
    deadline::Watchdog,
    port::{Fault, PortFuture},
    secret::Secret,
};

const PORT: &str = "watchdog";
const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(10);

/// Gets one address, and takes only an answer of 2xx for heard. The address is a secret: who knows it can feign our life.
pub struct HttpWatchdog {
    client: Client,
    url: Secret<String>,
}

impl HttpWatchdog {
    /// A client for the watchdog at `url`. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// A fault when the TLS library cannot be set up.
    pub fn new(url: Secret<String>) -> Result<Self, Fault> {
        // The first of the process wins; everybody here installs the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .pool_max_idle_per_host(0)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .user_agent(concat!("thunderbird/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Fault::lasting(PORT, error))?;
        Ok(Self { client, url })
    }
}

impl Watchdog for HttpWatchdog {
    /// The head of the answer is all that is read.
    fn ping(&self) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let answer = self.client.get(self.url.expose()).send().await;
            let status = answer
                .map_err(|error| Fault::passing(PORT, error.without_url()))?
                .status();
            if status.is_success() {
                Ok(())
            } else {
                Err(Fault::passing(PORT, format!("the watchdog answered {status}")))
            }
        })
    }
}
