//! Providers of forecasts: a real one asks over HTTPS, reads whole answers only, and leaves out every value that cannot be.

mod http;
pub mod met_norway;
pub mod open_meteo;
mod reading;
pub mod simulated;

pub use self::http::base_url_of;
