//! The Rust source of a crate as a tree of modules: which items each module has, and which paths it uses.
//! Items under `#[cfg(test)]` are left out, and reading goes on after them.

mod load;
mod module;
mod reading;
mod resolve;

pub use module::{Crate, Module, ModulePath, Used};
pub use reading::is_test;
