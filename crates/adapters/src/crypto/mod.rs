//! Cryptography behind the domain's ports: the key ring, PASETO, Argon2id, HMAC. Nothing here is home-made.

pub mod argon2;
pub mod entropy;
pub mod hash_cost;
pub mod hash_pool;
pub mod key_ring_file;
pub mod keys;
pub mod live_ring;
pub mod mac;
pub mod paseto;
pub mod ring_keeper;
pub mod ring_start;
pub mod sealer;
pub mod simulator_token;
pub mod totp;
