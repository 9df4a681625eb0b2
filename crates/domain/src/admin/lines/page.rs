//! Pages of a list.

/// Rows of a list on one page of the console.
pub const PAGE_ROWS: u32 = 50;

/// Where the next part of a list begins: below the row that was read last. It travels through the address of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(i64);

impl Cursor {
    /// The cursor behind the row with this number.
    pub const fn below(row: i64) -> Self {
        Self(row)
    }

    /// The number of the row.
    pub const fn row(self) -> i64 {
        self.0
    }
}

/// Part of a list, newest first, and where the next part begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOf<T> {
    /// Rows of this part.
    pub items: Vec<T>,
    /// Where the next part begins; `None` if this is the last part.
    pub next: Option<Cursor>,
}

impl<T> PageOf<T> {
    /// A list without any row.
    pub const fn empty() -> Self {
        Self {
            items: Vec::new(),
            next: None,
        }
    }
}
