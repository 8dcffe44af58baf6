//! The name of what was done, and the commit message that says so.
//!
//! Both are pure functions of the states before and after, so anyone can
//! recompute them and compare.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

pub use parse::{Told, ToldField, ToldRecord, parse};

use super::Policy;
use crate::model::{FieldChange, Major, NoteKind, PersonId, Record, Relation, diff, summary};

/// Records listed by name in a commit message; a larger batch says how many.
/// The diff always lists them all.
const LISTED: usize = 100;
/// Up to this many records, a batch's message also shows what changed in each.
const DETAILED: usize = 20;

/// The actions besides those of workflows.
pub const ACTIONS: &[&str] = &[
    "new",
    "edit",
    "note",
    "assign",
    "link",
    "unlink",
    "attach",
    "escalate",
    "cause",
    "workaround",
    "schedule",
    "review",
    "move",
    "import",
    "apply",
    "commit",
    "merge",
    "init",
    "settings",
    "propose",
    "promote",
    "decline",
    "communicate",
    "why",
    "duplicate",
];

/// One record's change within a commit.
#[derive(Clone, Debug)]
pub struct RecordChange<'a> {
    /// `None` for a new record.
    pub before: Option<&'a Record>,
    pub after: &'a Record,
}

impl RecordChange<'_> {
    /// The field changes, without what a new record's subject line says anyway.
    pub fn fields(&self) -> Vec<FieldChange> {
        let mut changes = diff(self.before, Some(self.after));
        if self.before.is_none() {
            changes.retain(|change| {
                !matches!(change.field.as_str(), "title" | "name" | "opened_at" | "opened_by")
            });
        }
        changes
    }
}

/// What was done to a record: the transition's name where the state moved or a
/// transition left its mark, else what the changed fields say.
pub fn action(policy: &Policy, change: &RecordChange<'_>) -> String {
    let Some(before) = change.before else { return "new".to_owned() };
    let duplicates = |record: &Record| {
        record.links().iter().filter(|link| link.rel == Relation::DuplicateOf).count()
    };
    let is_merge = duplicates(change.after) > duplicates(before);
    if is_merge && before.status() != change.after.status() {
        return "duplicate".to_owned();
    }
    if let Some(name) = policy.workflow(before.kind()).action_between(before, change.after) {
        return name.to_string();
    }
    if before.status() != change.after.status() {
        return "move".to_owned();
    }
    let fields: Vec<String> =
        diff(Some(before), Some(change.after)).into_iter().map(|change| change.field).collect();
    let only = |names: &[&str]| {
        !fields.is_empty() && fields.iter().all(|field| names.contains(&field.as_str()))
    };
    let name = if only(&["notes"]) {
        let last = change.after.notes().last().map(|note| note.kind);
        if last == Some(NoteKind::Communication) { "communicate" } else { "note" }
    } else if only(&["major", "notes"])
        && let Record::Incident(incident) = change.after
    {
        match incident.major {
            Some(Major::Promoted) => "promote",
            Some(Major::Declined) => "decline",
            Some(Major::Proposed) | None => "propose",
        }
    } else if only(&["whys"]) {
        "why"
    } else if only(&["links"]) {
        if change.after.links().len() < before.links().len() { "unlink" } else { "link" }
    } else if only(&["assignee", "owner", "team", "notes"]) {
        "assign"
    } else if only(&["attachments", "notes"]) {
        "attach"
    } else if fields.iter().any(|field| field == "escalation") {
        "escalate"
    } else if only(&["cause", "notes"]) {
        "cause"
    } else if only(&["workaround", "notes"]) {
        "workaround"
    } else if only(&["planned_start", "planned_end", "notes"]) {
        "schedule"
    } else if only(&["review", "notes"]) {
        "review"
    } else {
        "edit"
    };
    name.to_owned()
}

/// The commit message for these changes, done as one action by `actor`.
///
/// `batch` names an action on many records, such as `import`; without it the
/// first record's own action is used.
pub fn message(
    policy: &Policy,
    changes: &[RecordChange<'_>],
    batch: Option<&str>,
    actor: &PersonId,
) -> String {
    let mut text = String::new();
    let name = match (batch, changes.first()) {
        (Some(name), _) => name.to_owned(),
        (None, Some(first)) => action(policy, first),
        (None, None) => "nothing".to_owned(),
    };
    match changes {
        [only] => {
            let record = only.after;
            let title = summary(record.title(), 100);
            let _ = writeln!(text, "{} {name}: {title}\n", record.id().short());
            for change in only.fields() {
                let _ = writeln!(text, "{change}");
            }
        }
        many => {
            match many.first() {
                // A new record, and the other ends of its links; or an action
                // on one record, and what followed for others.
                Some(first) if batch.is_none() || (is_one_new(many) && name == "new") => {
                    let title = summary(first.after.title(), 100);
                    let _ = writeln!(text, "{} {name}: {title}\n", first.after.id().short());
                }
                _ => {
                    let _ = writeln!(text, "{name}: {} records\n", many.len());
                }
            }
            for change in many.iter().take(LISTED) {
                let record = change.after;
                let _ = writeln!(text, "{} {}", record.id().short(), summary(record.title(), 100));
                if many.len() <= DETAILED {
                    for field in change.fields() {
                        let _ = writeln!(text, "  {field}");
                    }
                }
            }
            if many.len() > LISTED {
                let _ = writeln!(text, "and {} more", many.len() - LISTED);
            }
        }
    }
    let _ = writeln!(text, "\nGitsm-Action: {name}");
    for change in changes.iter().take(LISTED) {
        let _ = writeln!(text, "Gitsm-Record: {}", change.after.id());
    }
    let _ = writeln!(text, "Gitsm-Actor: {actor}");
    text
}

/// Whether the first record is new, and no other.
fn is_one_new(changes: &[RecordChange<'_>]) -> bool {
    let new = changes.iter().map(|change| change.before.is_none());
    new.enumerate().all(|(at, new)| new == (at == 0))
}

/// The commit message for a change of the desk's own settings.
pub fn settings_message(action: &str, what: &str, paths: &[String], actor: &PersonId) -> String {
    let mut text = format!("desk {action}: {}\n\n", summary(what, 100));
    for path in paths {
        let _ = writeln!(text, "{path}");
    }
    let _ = write!(text, "\nGitsm-Action: {action}\nGitsm-Actor: {actor}\n");
    text
}
