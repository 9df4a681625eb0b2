//! Inside the domain: which context may call which.

use std::path::Path;

use crate::{failure::Failure, source::Crate};

/// Every context, and the contexts that it may call. `messages` writes about what the others decided.
const MAY_CALL: [(&str, &[&str]); 14] = [
    ("account", &["token"]),
    (
        "admin",
        &[
            "account", "deadline", "mail", "phone", "privacy", "route", "sms", "token", "user", "voice",
        ],
    ),
    ("deadline", &["route"]),
    ("forecast", &["route"]),
    ("mail", &[]),
    (
        "messages",
        &["account", "deadline", "forecast", "phone", "route", "sms", "user"],
    ),
    ("pager", &["deadline"]),
    ("phone", &["account", "user"]),
    (
        "privacy",
        &[
            "account", "deadline", "mail", "phone", "route", "sms", "token", "user",
        ],
    ),
    ("route", &[]),
    (
        "sms",
        &["account", "deadline", "forecast", "phone", "route", "user"],
    ),
    ("token", &[]),
    ("user", &["deadline", "forecast", "route"]),
    ("voice", &["deadline", "route"]),
];

/// Values of a context that any module may name: codes, which decide nothing. Row ids stand in the kernel.
const VALUES: [&str; 1] = ["RouteId"];

/// Every edge between contexts of the domain under `root` that the table does not allow.
pub fn findings(root: &Path) -> Result<Vec<String>, Failure> {
    let source = Crate::read(&root.join("crates/domain/src"))?;
    let mut findings = Vec::new();
    for (path, module) in &source.modules {
        let Some(context) = path.first() else {
            continue;
        };
        let imports = module.imports.values().map(|import| &import.used);
        let globs = module.globs.iter().map(|import| &import.used);
        for used in imports.chain(globs).chain(&module.paths) {
            let Some(absolute) = source.absolute(path, &used.segments) else {
                continue;
            };
            if !allowed(context, &absolute) {
                findings.push(format!(
                    "domain/src/{}:{}: {context} must not call {}",
                    module.file.display(),
                    used.line,
                    absolute.join("::")
                ));
            }
        }
    }
    Ok(findings)
}

fn allowed(module: &str, used: &[String]) -> bool {
    let context = used.first().map(String::as_str).unwrap_or_default();
    let is_context = context != "messages" && MAY_CALL.iter().any(|(name, _)| *name == context);
    if !is_context || context == module {
        return true;
    }
    if used.iter().any(|name| VALUES.contains(&name.as_str())) {
        return true;
    }
    MAY_CALL
        .iter()
        .any(|(name, callees)| *name == module && callees.contains(&context))
}

#[cfg(test)]
mod tests {
    fn allowed(module: &str, used: &str) -> bool {
        let used: Vec<String> = used.split("::").map(str::to_owned).collect();
        super::allowed(module, &used)
    }

    #[test]
    fn a_context_calls_only_what_the_table_names() {
        assert!(allowed("user", "route::Route"));
        assert!(allowed("user", "time::Clock"));
        assert!(allowed("user", "user::check_in"));
        assert!(allowed("token", "route::RouteId"), "a code decides nothing");
        assert!(!allowed("user", "account::register"));
        assert!(!allowed("route", "user::User"));
        assert!(
            !allowed("outgoing", "sms::deliver"),
            "the kernel calls no context"
        );
        assert!(!allowed("privacy", "admin::console"));
    }
}
