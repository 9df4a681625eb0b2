//! What each command does, a file a command. Rules of order stand in `decide`, texts in `messages`.

pub mod alarm;
pub mod alert;
pub mod cast;
pub mod check_in;
pub mod contact;
pub mod deadline;
pub mod help;
pub mod hint;
pub mod link;
pub mod name;
pub mod prose;
pub mod relation;
pub mod route;
pub mod safe;
pub mod start;
pub mod status;
pub mod undo;
