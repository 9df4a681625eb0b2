//! What placing calls promises: the provider, the queue, and what is known of placed calls.

mod caller;
mod calls;
mod closing;
mod reports;
mod stage;

pub use caller::{CallerBench, caller};
pub use calls::calls;
