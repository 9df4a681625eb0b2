//! `docs/problems.md` has a row for every problem that the service can answer with, and no other.

use std::{collections::BTreeMap, path::Path};

use syn::{
    Expr, ExprCall, ItemFn, ItemMod, Lit,
    visit::{self, Visit},
};

use crate::{
    failure::{Failure, none},
    process::{files, read},
    source::is_test,
};

const PAGE: &str = "docs/problems.md";

/// The calls that name a problem: the last two names of the function.
const CONSTRUCTORS: [[&str; 2]; 4] = [
    ["Problem", "new"],
    ["Problem", "refused"],
    ["Self", "new"],
    ["Self", "refused"],
];

/// What `refused` answers with.
const REFUSED: &str = "UNPROCESSABLE_ENTITY";

/// Each problem's name and the statuses that it is answered with.
type Problems = BTreeMap<String, Vec<String>>;

/// Compares the page's rows with the source.
pub fn check() -> Result<(), Failure> {
    let mut named = Named::default();
    for path in files()? {
        let name = path.to_string_lossy();
        if name.starts_with("crates/server/src/http") && name.ends_with(".rs") && !name.ends_with("tests.rs")
        {
            let text = read(&path)?;
            let parsed = syn::parse_file(&text);
            let parsed = parsed.map_err(|error| Failure::found(format!("{name}: {error}")))?;
            named.visit_file(&parsed);
        }
    }
    none(complaints(&named.0, &read(Path::new(PAGE))?))
}

fn complaints(problems: &Problems, page: &str) -> Vec<String> {
    let rows: BTreeMap<&str, &str> = page.lines().filter_map(row).collect();
    let missing = problems.iter().filter_map(|(slug, statuses)| {
        let statuses = statuses.join(", ");
        match rows.get(slug.as_str()) {
            Some(told) if *told == statuses => None,
            Some(told) => Some(format!("{PAGE}: {slug} is answered with {statuses}, not {told}")),
            None => Some(format!("{PAGE}: no row for {slug} ({statuses})")),
        }
    });
    let unknown = rows
        .keys()
        .filter(|slug| !problems.contains_key(**slug))
        .map(|slug| format!("{PAGE}: the service has no problem {slug}"));
    missing.chain(unknown).collect()
}

/// The name and the statuses of a row ``| `name` | 404 | .. |``.
fn row(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.strip_prefix("| `")?.split(" | ");
    Some((cells.next()?.strip_suffix('`')?, cells.next()?))
}

/// What the calls name.
#[derive(Default)]
struct Named(Problems);

impl<'ast> Visit<'ast> for Named {
    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        visit::visit_expr_call(self, call);
        let Expr::Path(function) = call.func.as_ref() else {
            return;
        };
        let names: Vec<String> = function
            .path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        if !CONSTRUCTORS
            .iter()
            .any(|constructor| names.ends_with(&constructor.map(str::to_owned)))
        {
            return;
        }
        let Some(slug) = call.args.iter().find_map(slug) else {
            return;
        };
        // Other types have a `new` too: a problem's begins with its status.
        let is_new = names.last().is_some_and(|name| name == "new");
        let Some(status) = call
            .args
            .first()
            .and_then(status)
            .or((!is_new).then(|| REFUSED.to_owned()))
        else {
            return;
        };
        let status = code(&status);
        let statuses = self.0.entry(slug).or_default();
        if !statuses.contains(&status) {
            statuses.push(status);
            statuses.sort_unstable();
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }
}

fn slug(argument: &Expr) -> Option<String> {
    let Expr::Lit(literal) = argument else {
        return None;
    };
    let Lit::Str(text) = &literal.lit else {
        return None;
    };
    let text = text.value();
    let is_slug = !text.is_empty()
        && text
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    is_slug.then_some(text)
}

fn status(argument: &Expr) -> Option<String> {
    let Expr::Path(status) = argument else {
        return None;
    };
    let last = status.path.segments.last()?.ident.to_string();
    last.chars()
        .all(|letter| letter.is_ascii_uppercase() || letter == '_')
        .then_some(last)
}

/// The number of a status; its name if it is none that we answer with.
fn code(name: &str) -> String {
    let number = match name {
        "BAD_REQUEST" => "400",
        "UNAUTHORIZED" => "401",
        "FORBIDDEN" => "403",
        "NOT_FOUND" => "404",
        "METHOD_NOT_ALLOWED" => "405",
        "REQUEST_TIMEOUT" => "408",
        "CONFLICT" => "409",
        "PRECONDITION_FAILED" => "412",
        "PRECONDITION_REQUIRED" => "428",
        "GONE" => "410",
        "PAYLOAD_TOO_LARGE" => "413",
        "URI_TOO_LONG" => "414",
        "UNSUPPORTED_MEDIA_TYPE" => "415",
        "UNPROCESSABLE_ENTITY" => "422",
        "TOO_MANY_REQUESTS" => "429",
        "INTERNAL_SERVER_ERROR" => "500",
        "SERVICE_UNAVAILABLE" => "503",
        other => other,
    };
    number.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_too_many_too_few_or_with_another_status_is_found() {
        let problems = Problems::from([
            ("gone".to_owned(), vec!["404".to_owned()]),
            ("busy".to_owned(), vec!["503".to_owned()]),
        ]);
        let page = "| name | status |\n|---|---|\n| `gone` | 404 | It is gone. |\n| `busy` | 503 | Wait. |\n";
        assert_eq!(complaints(&problems, page), Vec::<String>::new());
        for wrong in [
            page.replace("404", "410"),
            page.replace("| `busy` | 503 | Wait. |\n", ""),
            format!("{page}| `unknown` | 400 | ? |\n"),
        ] {
            assert_eq!(complaints(&problems, &wrong).len(), 1, "{wrong}");
        }
    }
}
