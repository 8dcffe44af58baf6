//! Settings files that nothing reads, because they are called something else
//! than what they were meant for.

use super::approval::APPROVALS;
use super::deployments::DEPLOYMENTS;
use super::nearest::nearest;
use super::settings::{DESK, PEOPLE, PRIORITIES, ROLES, TEAMS, WORKFLOWS};
use super::tick::RULES;
use super::views::VIEWS;
use super::{catalog, conflicts, models, risk, sla};
use crate::model::{Kind, StateName};
use crate::outcome::{Finding, Severity};
use crate::policy::Policy;

/// The files and folders that are read.
const KNOWN: &[&str] = &[
    DESK,
    PEOPLE,
    TEAMS,
    PRIORITIES,
    ROLES,
    APPROVALS,
    DEPLOYMENTS,
    RULES,
    VIEWS,
    sla::SLA,
    WORKFLOWS,
    sla::CALENDARS,
    catalog::FOLDER,
    conflicts::WINDOWS,
    models::FOLDER,
    risk::RISK,
];

/// What there is to say about the file at `path`, if nothing reads it. Only
/// YAML is looked at; words about the settings may lie beside them.
pub(super) fn finding(policy: &Policy, path: &str) -> Option<Finding> {
    let inside = path.strip_prefix(".gitsm/")?;
    let (stem, extension) = inside.rsplit_once('.')?;
    if !matches!(extension, "yaml" | "yml") {
        return None;
    }
    let (rule, message) = match inside.split_once('/') {
        None if KNOWN.contains(&path) => return None,
        None => ("settings-stray", nobody_reads(stem, "")),
        Some((folder, _)) if !KNOWN.contains(&format!(".gitsm/{folder}").as_str()) => {
            ("settings-stray", nobody_reads(folder, "/"))
        }
        Some(_) => ("workflow-stray", workflow(policy, path)?),
    };
    let (path, line) = (path.to_owned(), None);
    Some(Finding { path, line, severity: Severity::Warning, rule, message })
}

/// Names the file or folder of settings that may have been meant.
fn nobody_reads(name: &str, end: &str) -> String {
    let names = KNOWN.iter().filter_map(|known| known.strip_prefix(".gitsm/"));
    let names: Vec<&str> = names.map(|name| name.trim_end_matches(".yaml")).collect();
    let what = if end.is_empty() {
        "no settings are read from this file"
    } else {
        "no settings are read from this folder"
    };
    let near = nearest(name, names).map(|near| {
        let known = KNOWN
            .iter()
            .find(|known| known.trim_end_matches(".yaml").ends_with(&format!("/{near}")));
        format!("; did you mean `{}`?", known.unwrap_or(&near))
    });
    format!("{what}{}", near.unwrap_or_default())
}

/// Why no records have the workflow that lies at `path`; nothing if they have.
fn workflow(policy: &Policy, path: &str) -> Option<String> {
    let inside = path.strip_prefix(WORKFLOWS)?.strip_prefix('/')?;
    let name = inside.strip_suffix(".yaml").or_else(|| inside.strip_suffix(".yml"))?;
    let (domain, name) = name.rsplit_once('/').map_or((None, name), |(d, n)| (Some(d), n));
    let domains: Vec<&str> = policy.settings.domains.keys().map(StateName::as_str).collect();
    if let Some(domain) = domain.filter(|domain| !domains.contains(domain)) {
        let known = match (nearest(domain, domains.iter().copied()), &domains[..]) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, []) => "this desk has none; they are listed in .gitsm/desk.yaml".to_owned(),
            (None, names) => format!("the domains are {}", names.join(", ")),
        };
        return Some(format!(
            "no records have this workflow: there is no domain `{domain}`; {known}"
        ));
    }
    let kinds = Kind::ALL.map(Kind::name);
    if kinds.contains(&name) {
        let meant = path.strip_suffix(".yml").map(|start| format!("{start}.yaml"))?;
        return Some(format!("no records have this workflow: the file must be called {meant}"));
    }
    let known = match nearest(name, kinds) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the types are {}", kinds.join(", ")),
    };
    Some(format!("no records have this workflow: there is no record type `{name}`; {known}"))
}
