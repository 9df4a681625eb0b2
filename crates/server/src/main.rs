//! The thunderbird binary.

fn main() {}
