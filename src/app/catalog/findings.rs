//! What is wrong in the catalogue, with file and line.

use super::Loaded;
use super::load::{path_of, set_path};
use crate::format;
use crate::model::StateName;
use crate::outcome::{Finding, Severity};
use crate::policy::Policy;
use crate::policy::catalog::{self, Order, Place};

/// The first mistake in the files that `order` is made of.
pub(super) fn of_order(
    policy: &Policy,
    loaded: &Loaded,
    order: &Order,
    approvals: Option<&[StateName]>,
) -> Option<Finding> {
    let files = order.files(&loaded.catalog);
    let is_of = |finding: &Finding| {
        files.iter().any(|(name, is_set)| {
            finding.path == if *is_set { set_path(name) } else { path_of(name) }
        })
    };
    let mut found = findings(policy, loaded, approvals).into_iter();
    found.find(|finding| finding.severity == Severity::Error && is_of(finding))
}

/// Everything that is wrong in the catalogue. `approvals` are the names of the
/// desk's approval definitions, where they can be read.
pub(in crate::app) fn findings(
    policy: &Policy,
    loaded: &Loaded,
    approvals: Option<&[StateName]>,
) -> Vec<Finding> {
    let finding = |path: &str, line, severity, rule, message: String| Finding {
        path: path.to_owned(),
        line,
        severity,
        rule,
        message,
    };
    let mut found = Vec::new();
    for (path, error) in &loaded.broken {
        let message = error.told();
        found.push(finding(path, error.line, Severity::Error, "settings-unreadable", message));
    }
    for path in &loaded.strays {
        let message =
            "this is no place for an offering; they are called NAME.yaml, sets sets/NAME.yaml";
        found.push(finding(path, None, Severity::Warning, "catalog-stray", message.to_owned()));
    }
    for mistake in catalog::check(policy, &loaded.catalog, approvals) {
        let path = if mistake.in_set { set_path(&mistake.name) } else { path_of(&mistake.name) };
        let pointer: Vec<String> = mistake
            .place
            .iter()
            .map(|step| match step {
                Place::Key(key) => key.clone(),
                Place::At(at) => at.to_string(),
            })
            .collect();
        let bytes = loaded.files.get(&path);
        let line = bytes.and_then(|bytes| format::line_at(bytes, &pointer.join("/")));
        found.push(finding(&path, line, Severity::Error, mistake.rule, mistake.message));
    }
    found
}
