//! What each command does, a file a command. Rules of order stand in `decide`, texts in `messages`.

pub mod cast;
pub mod check_in;
pub mod help;
pub mod hint;
pub mod link;
pub mod prose;
pub mod route;
pub mod safe;
pub mod start;
pub mod status;
