//! Mail out.
