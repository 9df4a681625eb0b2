//! The pager: how pages reach the operator, and what the watch finds that is to be told.

mod deliver;
mod gateway;
mod log;
mod outbox;
mod own;
mod round;

pub use deliver::{PageChannel, Paging};
pub use gateway::{PageGateway, PageLetter, Rung};
pub use log::{FailedText, PageFigure, PageLog, Troubles};
pub use outbox::PagePayload;
pub use own::{OwnTroubles, Seen};
pub use round::PageRounds;
