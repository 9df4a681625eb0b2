//! Texts in and out.
