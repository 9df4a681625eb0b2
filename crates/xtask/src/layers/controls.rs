//! Changes that the layer checks must refuse. A check that cannot fail shows nothing, so each is tried on a copy.

use std::path::Path;

use super::{contexts, manifests};
use crate::{
    failure::{Failure, none},
    scratch,
};

/// A change to one file, and what must be said about it.
struct Control {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    complaint: &'static str,
    look: fn(&Path) -> Result<Vec<String>, Failure>,
}

const CONTROLS: [Control; 8] = [
    Control {
        file: "crates/domain/Cargo.toml",
        from: "[dependencies]\n",
        to: "[dependencies]\ndiesel = { workspace = true }\n",
        complaint: "domain must not depend on diesel",
        look: manifests::findings,
    },
    Control {
        file: "crates/adapters/Cargo.toml",
        from: "[dependencies]\n",
        to: "[dependencies]\nactix-web = { workspace = true }\n",
        complaint: "adapters must not depend on actix-web",
        look: manifests::findings,
    },
    Control {
        file: "crates/server/Cargo.toml",
        from: "[dependencies]\n",
        to: "[dependencies]\nlettre = { workspace = true }\n",
        complaint: "server must not depend on lettre",
        look: manifests::findings,
    },
    Control {
        file: "crates/adapters/Cargo.toml",
        from: "[dependencies]\n",
        to: "[dependencies]\nthunderbird-server = { path = \"../server\" }\n",
        complaint: "adapters must not depend on server",
        look: manifests::findings,
    },
    Control {
        file: "crates/domain/src/route/catalogue.rs",
        from: "use super::{id::RouteId, route::Route};",
        to: "use super::{id::RouteId, route::Route};\nuse crate::{sms::outbox, time::Clock};",
        complaint: "route must not call sms::outbox",
        look: contexts::findings,
    },
    Control {
        file: "crates/domain/src/time.rs",
        from: "use std::{fmt, time::Duration};",
        to: "use crate::admin::console;",
        complaint: "time must not call admin::console",
        look: contexts::findings,
    },
    Control {
        file: "crates/domain/src/route/catalogue.rs",
        from: "use super::{id::RouteId, route::Route};",
        to: "use super::{id::RouteId, route::Route};\nuse super::super::sms;\nfn f() { sms::deliver() }",
        complaint: "route must not call sms",
        look: contexts::findings,
    },
    Control {
        file: "crates/domain/src/route/catalogue.rs",
        from: "use super::{id::RouteId, route::Route};",
        to: "use super::{id::RouteId, route::Route};\n#[cfg(test)]\nuse crate::mail;\nfn f() { panic!(crate::sms::X) }",
        complaint: "route must not call sms::X",
        look: contexts::findings,
    },
];

/// Every control is refused, and nothing else is found.
pub fn check() -> Result<(), Failure> {
    let mut findings = Vec::new();
    for control in &CONTROLS {
        let copy = scratch::copy()?;
        scratch::edit(copy.path(), control.file, control.from, control.to)?;
        let said = (control.look)(copy.path())?;
        if said.is_empty() || !said.iter().all(|said| said.contains(control.complaint)) {
            findings.push(format!(
                "control {:?} was answered with {said:?}",
                control.complaint
            ));
        }
    }
    none(findings)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_change_that_breaks_a_layer_is_refused() {
        super::check().unwrap();
    }
}
