//! Dependencies point inwards: the manifests' edges, the domain's own edges, and proof that both checks can fail.

mod contexts;
mod controls;
mod manifests;

use crate::{
    failure::{Failure, none},
    process::root,
};

/// The manifests, the contexts, then the controls: changes that must be refused, each tried on a copy.
pub fn check() -> Result<(), Failure> {
    let mut findings = manifests::findings(&root())?;
    findings.extend(contexts::findings(&root())?);
    none(findings)?;
    controls::check()
}
