//! A weather service on loopback: it answers as Open-Meteo and as MET Norway do, from synthetic values, and misbehaves on
//! request in the ways that were seen in the world.
//!
//! ```no_run
//! # async fn example() {
//! let weather = thunderbird_testkit::fake_forecast::FakeForecast::start().await;
//! // start the service with THUNDERBIRD_FORECASTS = open-meteo and weather.environment()
//! let asked = weather.asked();
//! # }
//! ```

mod bodies;
mod fault;
mod http;
mod state;

use std::{net::SocketAddr, sync::Arc, time::Duration};

pub use bodies::{Weather, free_air, met_norway, run_description, surface};
pub use fault::Fault;
pub use state::Request;
use state::State;
use thunderbird_domain::time::Timestamp;
use tokio::{net::TcpListener, task::JoinHandle};

/// A weather service on loopback, gone when dropped.
pub struct FakeForecast {
    address: SocketAddr,
    state: Arc<State>,
    listener: JoinHandle<()>,
}

impl FakeForecast {
    /// Listens on a free port of loopback.
    ///
    /// # Panics
    ///
    /// When loopback has no free port.
    pub async fn start() -> Self {
        let bound = TcpListener::bind(("127.0.0.1", 0)).await;
        let (listener, address) = match bound.and_then(|listener| Ok((listener.local_addr()?, listener))) {
            Ok((address, listener)) => (listener, address),
            Err(error) => unreachable!("loopback has no free port: {error}"),
        };
        let state = Arc::new(State::default());
        let listener = tokio::spawn(http::serve(listener, Arc::clone(&state)));
        Self {
            address,
            state,
            listener,
        }
    }

    /// Where it is.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The variables with which the service asks this one.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("THUNDERBIRD_OPEN_METEO_URL", self.base_url()),
            ("THUNDERBIRD_MET_NORWAY_URL", self.base_url()),
            ("THUNDERBIRD_FORECAST_CONTACT", "operator@example.org".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// From now on every answer has this fault, or none.
    pub fn misbehave(&self, fault: impl Into<Option<Fault>>) {
        self.state.book().fault = fault.into();
    }

    /// From now on every answer waits for so long.
    pub fn delay(&self, delay: Duration) {
        self.state.book().delay = delay;
    }

    /// What the weather is, and which run says so.
    pub fn says(&self, weather: Weather) {
        self.state.book().weather = weather;
    }

    /// When the newest run began.
    pub fn run_began(&self, at: Timestamp) {
        self.state.book().weather.run = at;
    }

    /// What `Expires` says.
    pub fn expires(&self, date: &str) {
        self.state.book().expires = Some(date.to_owned());
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Request> {
        self.state.book().asked.clone()
    }

    /// How many forecasts of cells were asked for, whatever became of them.
    pub fn forecasts_asked(&self) -> usize {
        let is_forecast = |request: &&Request| {
            request.target.contains("models=ecmwf_ifs") || request.target.contains("/locationforecast/")
        };
        self.state.book().asked.iter().filter(is_forecast).count()
    }
}

impl Drop for FakeForecast {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
