//! A handler takes a request apart, calls one use case and renders the answer: that fits on 25 lines.

use syn::{
    Attribute, ImplItemFn, ItemFn, ItemMod,
    visit::{self, Visit},
};

use crate::{
    failure::{Failure, none},
    process::{files, read},
    ratchet::{Counts, List},
    source::is_test,
};

const MOST_LINES: usize = 25;

/// Where the handlers are.
const FOLDER: &str = "crates/server/src/http";

/// What the file of a handler has; helpers next to it are measured like it.
const HANDLER: &str = "pub async fn handle(";

/// A file with one function of 26 lines and one of 25, which the check must tell apart.
const FIXTURE: &str = include_str!("../fixtures/handlers.rs");

/// Functions that are still longer, with their lines.
const ALLOWED: List = List {
    file: "crates/xtask/lists/handlers.txt",
    shows: "lines of a handler",
};

/// Proves that a long function is found, then measures every function of the HTTP modules.
pub fn check() -> Result<(), Failure> {
    control()?;
    none(ALLOWED.complaints(&too_long()?)?)
}

/// Lowers the numbers of the list.
pub fn lower() -> Result<(), Failure> {
    ALLOWED.lower(&too_long()?)
}

fn control() -> Result<(), Failure> {
    let found = measure("fixture", FIXTURE)?;
    if found == Counts::from([("fixture::too_long".to_owned(), MOST_LINES + 1)]) {
        return Ok(());
    }
    Err(Failure::found(format!(
        "the fixture's long handler: found {found:?}"
    )))
}

fn too_long() -> Result<Counts, Failure> {
    let mut found = Counts::new();
    for path in files()? {
        let name = path.to_string_lossy();
        let is_test = name.ends_with("tests.rs") || name.contains("/tests/");
        if !path.starts_with(FOLDER) || !name.ends_with(".rs") || is_test {
            continue;
        }
        let text = read(&path)?;
        if text.contains(HANDLER) {
            found.extend(measure(&name, &text)?);
        }
    }
    Ok(found)
}

fn measure(file: &str, text: &str) -> Result<Counts, Failure> {
    let parsed = syn::parse_file(text).map_err(|error| Failure::found(format!("{file}: {error}")))?;
    let mut measure = Measure {
        file,
        lines: text.lines().collect(),
        found: Counts::new(),
    };
    measure.visit_file(&parsed);
    Ok(measure.found)
}

struct Measure<'a> {
    file: &'a str,
    lines: Vec<&'a str>,
    found: Counts,
}

impl Measure<'_> {
    /// Lines between the braces, without blank lines and comments.
    fn function(&mut self, name: &syn::Ident, block: &syn::Block) {
        let span = block.brace_token.span;
        let (first, last) = (span.open().start().line, span.close().start().line);
        let inside = self.lines.iter().skip(first).take(last.saturating_sub(first + 1));
        let count = inside
            .map(|line| line.trim())
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .count();
        if count > MOST_LINES {
            self.found.insert(format!("{}::{name}", self.file), count);
        }
    }
}

impl<'ast> Visit<'ast> for Measure<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !is_test(&item.attrs) {
            self.function(&item.sig.ident, &item.block);
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !is_test(&item.attrs) {
            self.function(&item.sig.ident, &item.block);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {}
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_handler_of_26_lines_is_found() {
        super::control().unwrap();
    }
}
