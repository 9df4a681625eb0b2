//! Routes, their camps and peaks.
