//! One suite a port: every sentence of the port's documentation is a promise in it. Run against every adapter.

mod account;
mod inbox;
mod key_memory;
mod limit;
mod mail_outbox;
mod mail_token;
mod outbox;
mod password_hasher;
mod phone;
mod privacy;
mod route_catalogue;
mod secret;
mod session;
mod sms_gateway;
mod store_health;
mod token_sealer;
mod user;

pub use self::account::account;
pub use self::inbox::inbox;
pub use self::key_memory::key_memory;
pub use self::limit::limit;
pub use self::mail_outbox::mail_outbox;
pub use self::mail_token::mail_token;
pub use self::outbox::outbox;
pub use self::password_hasher::password_hasher;
pub use self::phone::phone;
pub use self::privacy::privacy;
pub use self::route_catalogue::route_catalogue;
pub use self::secret::{body_sealer, macs};
pub use self::session::session;
pub use self::sms_gateway::{GatewayBench, sms_gateway};
pub use self::store_health::store_health;
pub use self::token_sealer::{claims_at, token_sealer};
pub use self::user::user;
