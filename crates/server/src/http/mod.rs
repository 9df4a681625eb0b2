//! HTTP: the only place that knows actix-web.

pub mod account;
pub mod admin;
pub mod app;
pub mod assets;
pub mod connections;
pub mod detached;
pub mod extract;
pub mod health;
pub mod idempotent;
pub mod log_pace;
pub mod mail;
pub mod middleware;
pub mod openapi;
pub mod pace;
pub mod pages;
pub mod phone;
pub mod privacy;
pub mod problem;
pub mod route;
pub mod routes;
pub mod row;
pub mod simulator;
pub mod sms;
pub mod user;
pub mod voice;
