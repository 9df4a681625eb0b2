//! Mails to contacts: the page on which the owner of an address stops them.

pub mod stop;
pub mod stop_form;
