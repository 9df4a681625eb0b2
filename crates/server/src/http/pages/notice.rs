//! What a page says about what happened just before. The address names a notice of a list; it never carries words.

/// A notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// Its colour: empty or `bad`.
    pub kind: &'static str,
    /// What it says.
    pub text: &'static str,
}

/// The notices of one kind of page: name, colour, text.
pub type Notices = [(&'static str, &'static str, &'static str)];

impl Notice {
    /// The notice of this name. `None` for a name that is not in the list.
    pub fn find(notices: &Notices, name: Option<&str>) -> Option<Self> {
        let found = notices.iter().find(|(known, ..)| Some(*known) == name);
        found.map(|&(_, kind, text)| Self { kind, text })
    }
}
