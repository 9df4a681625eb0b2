//! What people may ask of us about their own data.

pub mod contacts;
pub mod delete;
pub mod export;
mod export_contact;
mod export_device;
mod export_promise;
mod leaving;
