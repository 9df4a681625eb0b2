//! Every text and mail we send, in one place.
