//! Forecasts, composed: nothing at all until the operator names a provider.

use std::sync::Arc;

use thunderbird_adapters::forecast::{
    met_norway::MetNorway, open_meteo::OpenMeteo, simulated::SimulatedForecaster,
};
use thunderbird_domain::{
    forecast::{ForecastLimits, ForecastStore, Forecaster, Forecasts, Outcomes, Rests, Source},
    port::Fault,
    time::Clock,
};

use super::kernel::KernelPorts;
use crate::config::ForecastSettings;

/// The ports of forecasts.
pub struct ForecastPorts {
    /// Keeps forecasts and the questions that wait.
    pub store: Arc<dyn ForecastStore>,
    /// The providers, in order; none for no forecasts.
    pub forecasters: Vec<Arc<dyn Forecaster>>,
}

impl ForecastPorts {
    /// Composes the use cases, if there is a provider.
    pub fn compose(self, kernel: &KernelPorts, limits: ForecastLimits) -> Option<Arc<Forecasts>> {
        if self.forecasters.is_empty() {
            return None;
        }
        Some(Arc::new(Forecasts {
            store: self.store,
            forecasters: self.forecasters,
            routes: Arc::clone(&kernel.routes),
            limiter: Arc::clone(&kernel.limiter),
            macs: Arc::clone(&kernel.macs),
            clock: Arc::clone(&kernel.clock),
            entropy: Arc::clone(&kernel.entropy),
            limits,
            rests: Rests::default(),
            outcomes: Outcomes::default(),
        }))
    }
}

/// Sets the providers up; asks none yet.
///
/// # Errors
///
/// A fault when the TLS library cannot be set up.
pub fn forecasters(
    settings: &ForecastSettings,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<Arc<dyn Forecaster>>, Fault> {
    let one = |source: &Source| -> Result<Arc<dyn Forecaster>, Fault> {
        let contact = settings.contact.as_deref();
        Ok(match source {
            Source::OpenMeteo => Arc::new(OpenMeteo::new(
                settings.open_meteo_url.clone(),
                (settings.open_meteo_key.clone(), contact),
                Arc::clone(clock),
            )?),
            Source::MetNorway => Arc::new(MetNorway::new(
                settings.met_norway_url.clone(),
                contact.unwrap_or_default(),
                Arc::clone(clock),
            )?),
            Source::Simulated => Arc::new(SimulatedForecaster::new(Arc::clone(clock))),
        })
    };
    settings.sources.iter().map(one).collect()
}
