//! From a line to the action that it means.

use serde_json::Value;

use super::line::{self, Line};
use crate::app::action::Action;
use crate::app::create::NewRecord;
use crate::app::evidence::EvidenceRequest;
use crate::app::nearest::nearest;
use crate::error::CommandError;
use crate::model::{
    FieldKind, FieldSpec, Kind, Major, NoteKind, Patch, PatchError, StateName, TeamId, field_named,
    fields_of,
};
use crate::policy::{Inputs, Policy, Refusal};

/// What can be done to every record, whatever its workflow says.
pub(super) const GENERAL: [&str; 6] = ["new", "edit", "note", "assign", "link", "unlink"];

/// What has tasks, and is rated.
const TICKETS: [Kind; 4] = [Kind::Incident, Kind::Request, Kind::Problem, Kind::Change];

/// What can be done besides to records of certain types, where their workflow
/// has no action of that name.
pub(super) const USUAL: [(&str, &[Kind]); 24] = [
    ("csat", &TICKETS),
    ("task_add", &TICKETS),
    ("task_start", &TICKETS),
    ("task_done", &TICKETS),
    ("task_skip", &TICKETS),
    ("task_pend", &TICKETS),
    ("task_reopen", &TICKETS),
    ("task_assign", &TICKETS),
    ("task_approve", &TICKETS),
    ("task_reject", &TICKETS),
    ("take", &[Kind::Incident, Kind::Request]),
    ("escalate", &[Kind::Incident]),
    ("schedule", &[Kind::Change]),
    ("accept_conflict", &[Kind::Change]),
    ("evidence", &[Kind::Change]),
    ("cause", &[Kind::Problem]),
    ("workaround", &[Kind::Problem]),
    ("review", &[Kind::Incident, Kind::Change]),
    ("propose", &[Kind::Incident]),
    ("promote", &[Kind::Incident]),
    ("decline", &[Kind::Incident]),
    ("communicate", &[Kind::Incident]),
    ("why", &[Kind::Problem]),
    ("merge", &[Kind::Incident, Kind::Problem]),
];

/// Whether there is an action of this name at all.
///
/// # Errors
///
/// There is none for any type of record; the hint tells the nearest.
pub(super) fn known(policy: &Policy, action: &str) -> Result<(), CommandError> {
    let usual = USUAL.iter().map(|(name, _)| *name);
    let steps = policy.workflows.iter().flat_map(|workflow| workflow.transitions.keys());
    let mut names: Vec<&str> = GENERAL.into_iter().chain(usual).collect();
    if names.contains(&action) {
        return Ok(());
    }
    names.extend(steps.map(StateName::as_str));
    if names.contains(&action) {
        return Ok(());
    }
    names.sort_unstable();
    names.dedup();
    let error = CommandError::usage(format!("there is no action `{action}`"));
    Err(match nearest(action, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("there are {}", names.join(", "))),
    })
}

/// What the line does to a record of type `kind`.
///
/// # Errors
///
/// Such a record has no such action, or something given does not fit it.
pub(super) fn action(line: &Line, policy: &Policy, kind: Kind) -> Result<Action, CommandError> {
    let name = line.action.as_str();
    let message = || line.must("message").map(str::to_owned);
    let comment = || Ok::<_, CommandError>(line.text("message")?.map(str::to_owned));
    let field = |name: &'static str| {
        line.only(&["do", "id", "message"])?;
        let patches = vec![Patch::Set(name.to_owned(), message()?)];
        Ok(Action::Edit { name, patches })
    };
    let is_step = policy.workflows.for_kind(kind).any(|flow| flow.transitions.contains_key(name));
    let is_usual = USUAL.iter().any(|(usual, kinds)| *usual == name && kinds.contains(&kind));
    match name {
        "edit" => {
            line.only(&["do", "id", "set", "add", "remove"])?;
            let patches = patches(line)?;
            if patches.is_empty() {
                return Err(CommandError::usage("`edit` needs \"set\", \"add\" or \"remove\"")
                    .hint("for example \"set\": {\"impact\": \"high\"}"));
            }
            Ok(Action::Edit { name: "edit", patches })
        }
        "note" => {
            line.only(&["do", "id", "message", "public"])?;
            let kind = if line.flag("public")? { NoteKind::Public } else { NoteKind::Work };
            Ok(Action::Note { kind, text: message()? })
        }
        "assign" => {
            line.only(&["do", "id", "person", "team", "message"])?;
            let person = line.text_or_none("person")?.map(str::to_owned);
            let team = line.text_or_none("team")?.map(TeamId::new).transpose()?;
            if person.is_none() && team.is_none() {
                return Err(CommandError::usage("`assign` needs \"person\" or \"team\""));
            }
            Ok(Action::Assign { person, team, comment: comment()? })
        }
        "link" | "unlink" => {
            line.only(&["do", "id", "rel", "to"])?;
            let relation = line.must("rel")?.to_owned();
            let others = line.texts("to")?;
            if others.is_empty() {
                return Err(CommandError::usage(format!("`{name}` needs \"to\"")));
            }
            Ok(if name == "link" {
                Action::Link { relation, others }
            } else {
                Action::Unlink { relation, others }
            })
        }
        _ if is_step => step(line),
        "take" if is_usual => {
            line.only(&["do", "id", "message"])?;
            Ok(Action::Take { comment: comment()? })
        }
        "escalate" if is_usual => {
            line.only(&["do", "id", "team", "message"])?;
            Ok(Action::Escalate { team: TeamId::new(line.must("team")?)?, comment: message()? })
        }
        "schedule" if is_usual => {
            line.only(&["do", "id", "start", "end"])?;
            let mut patches = Vec::new();
            for (field, key) in [("planned_start", "start"), ("planned_end", "end")] {
                if let Some(time) = line.text(key)? {
                    patches.push(Patch::Set(field.to_owned(), time.to_owned()));
                }
            }
            if patches.is_empty() {
                return Err(CommandError::usage("`schedule` needs \"start\" or \"end\""));
            }
            Ok(Action::Edit { name: "schedule", patches })
        }
        "accept_conflict" if is_usual => {
            line.only(&["do", "id", "with", "reason"])?;
            let (with, reason) = (line.must("with")?.to_owned(), line.must("reason")?.to_owned());
            Ok(Action::AcceptConflict { with, reason })
        }
        "evidence" if is_usual => {
            line.only(&["do", "id", "result", "sha256", "message"])?;
            let result =
                line.must("result")?.parse().map_err(|error| CommandError::usage(&error))?;
            let (sha256, text) = (line.must("sha256")?.to_owned(), comment()?);
            Ok(Action::Evidence(EvidenceRequest {
                result,
                report: None,
                sha256: Some(sha256),
                text,
            }))
        }
        "propose" | "promote" | "decline" if is_usual => {
            line.only(&["do", "id", "message"])?;
            let to = match name {
                "propose" => Major::Proposed,
                "promote" => Major::Promoted,
                _ => Major::Declined,
            };
            let comment = if to == Major::Promoted { comment()? } else { Some(message()?) };
            Ok(Action::Major { to, comment })
        }
        "communicate" if is_usual => {
            line.only(&["do", "id", "message"])?;
            Ok(Action::Note { kind: NoteKind::Communication, text: message()? })
        }
        "why" if is_usual => {
            line.only(&["do", "id", "message"])?;
            Ok(Action::Why { text: message()? })
        }
        "merge" if is_usual => {
            line.only(&["do", "id", "into", "message"])?;
            Ok(Action::Merge { into: line.must("into")?.to_owned(), comment: comment()? })
        }
        "csat" if is_usual => {
            line.only(&["do", "id", "points", "from", "message"])?;
            let points = line.keys.get("points").and_then(Value::as_u64);
            let points = points.and_then(|points| u32::try_from(points).ok()).ok_or_else(|| {
                CommandError::usage("`csat` needs \"points\", a number from 1 to 5")
            })?;
            let from = line.text("from")?.map(str::to_owned);
            Ok(Action::Csat { points, comment: comment()?, from })
        }
        _ if is_usual && name.starts_with("task_") => super::task::action(line),
        "cause" if is_usual => field("cause"),
        "workaround" if is_usual => field("workaround"),
        "review" if is_usual => field("review"),
        _ => Err(no_such_action(policy, kind, name)),
    }
}

fn no_such_action(policy: &Policy, kind: Kind, action: &str) -> CommandError {
    let flows = policy.workflows.for_kind(kind);
    let mut steps: Vec<&str> =
        flows.flat_map(|flow| flow.transitions.keys().map(StateName::as_str)).collect();
    let mut seen = std::collections::HashSet::new();
    steps.retain(|step| seen.insert(*step));
    let usual = USUAL.iter().filter(|(_, kinds)| kinds.contains(&kind)).map(|(name, _)| *name);
    let names: Vec<&str> = GENERAL[1..].iter().copied().chain(usual).chain(steps).collect();
    let error = CommandError::from(Refusal::NoSuchAction { kind, action: action.to_owned() });
    match nearest(action, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("it has {}", names.join(", "))),
    }
}

/// A lifecycle action that a workflow defines.
fn step(line: &Line) -> Result<Action, CommandError> {
    line.only(&[
        "do", "id", "message", "code", "reason", "public", "step", "set", "add", "remove",
    ])?;
    let word = |key: &str| -> Result<Option<StateName>, CommandError> {
        let text = line.text(key)?;
        let word = text.map(|text| StateName::new(text.replace('-', "_"))).transpose();
        word.map_err(|error| CommandError::usage(format!("\"{key}\": {error}")))
    };
    let inputs = Inputs {
        hold_reason: word("reason")?,
        code: word("code")?,
        comment: line.text("message")?.map(str::to_owned),
        public: line.flag("public")?,
        step: line.text("step")?.map(str::to_owned),
        patches: patches(line)?,
    };
    Ok(Action::Step { name: line.action.clone(), inputs })
}

/// The record that a line with `new` makes.
///
/// # Errors
///
/// Something is missing, or such records have no such field.
pub(super) fn new_record(line: &Line) -> Result<NewRecord, CommandError> {
    let kind: Kind = line.must("type")?.parse().map_err(|error| CommandError::usage(&error))?;
    let title = if kind.is_ticket() { "title" } else { "name" };
    let mut known = vec!["do", "type", "ref", "status", "links", "custom"];
    known.extend(fields_of(kind).filter(|field| field.editable).map(|field| field.name));
    if kind == Kind::Request {
        known.push("answers");
    }
    let mut patches = Vec::new();
    for (key, value) in &line.keys {
        if known.iter().take(5).any(|known| known == key) || key == title || key == "description" {
            continue;
        }
        match field_named(key) {
            Some(field) if field.on.contains(&kind) && !field.editable => {
                return Err(PatchError::NotEditable(key.clone()).into());
            }
            Some(field) if !field.on.contains(&kind) => {
                return Err(PatchError::NotOn { field: key.clone(), kind }.into());
            }
            Some(_) => {}
            None if key == "custom" || key.starts_with("custom.") => {}
            None if key == "answers" && kind == Kind::Request => {
                for (name, value) in line.object(key)?.into_iter().flatten() {
                    set(name, value, &mut patches)?;
                }
                continue;
            }
            None => line.only(&known)?,
        }
        if !value.is_null() {
            set(key, value, &mut patches)?;
        }
    }
    let status = line.text("status")?.map(|text| StateName::new(text.replace('-', "_")));
    Ok(NewRecord {
        kind,
        title: line.must(title)?.to_owned(),
        description: line.text("description")?.map(str::to_owned),
        status: status.transpose()?,
        patches,
        links: links(line)?,
    })
}

/// The relations of a new record: `[{"rel": "caused_by", "to": "PRB-7K3F9Q"}]`.
fn links(line: &Line) -> Result<Vec<(String, String)>, CommandError> {
    let mut links = Vec::new();
    let items = match line.keys.get("links") {
        None | Some(Value::Null) => return Ok(links),
        Some(Value::Array(items)) => items,
        Some(other) => return Err(line::wrong("links", "a list of objects", other)),
    };
    for item in items {
        let Value::Object(link) = item else {
            return Err(line::wrong("links", "a list of objects", item));
        };
        if let Some(key) = link.keys().find(|key| !matches!(key.as_str(), "rel" | "to")) {
            return Err(CommandError::usage(format!("a link takes no \"{key}\""))
                .hint("it takes rel and to"));
        }
        let (Some(Value::String(rel)), Some(to)) = (link.get("rel"), link.get("to")) else {
            return Err(CommandError::usage("a link needs \"rel\" and \"to\""));
        };
        links.extend(line::texts("to", to)?.into_iter().map(|to| (rel.clone(), to)));
    }
    Ok(links)
}

/// What `set`, `add` and `remove` change.
fn patches(line: &Line) -> Result<Vec<Patch>, CommandError> {
    let mut patches = Vec::new();
    for (name, value) in line.object("set")?.into_iter().flatten() {
        set(name, value, &mut patches)?;
    }
    for (name, value) in line.object("add")?.into_iter().flatten() {
        listed(name)?;
        patches.extend(parts(name, value)?.map(|parts| Patch::Add(name.clone(), parts)));
    }
    for (name, value) in line.object("remove")?.into_iter().flatten() {
        listed(name)?;
        patches.extend(parts(name, value)?.map(|parts| Patch::Remove(name.clone(), parts)));
    }
    Ok(patches)
}

/// Whether something can be added to the field, if there is such a field.
fn listed(name: &str) -> Result<(), CommandError> {
    if name.starts_with("custom.") || field_named(name).is_some_and(|field| !is_list(field)) {
        return Err(CommandError::usage(format!("\"{name}\" holds one value"))
            .hint(format!("put it into \"set\": {{\"{name}\": ...}}")));
    }
    Ok(())
}

fn is_list(field: &FieldSpec) -> bool {
    matches!(field.kind, FieldKind::Words | FieldKind::Records)
}

/// One field's new value; null and an empty text or list empty it.
fn set(name: &str, value: &Value, patches: &mut Vec<Patch>) -> Result<(), CommandError> {
    let text = match value {
        Value::Object(fields) if name == "custom" => {
            for (key, value) in fields {
                set(&format!("custom.{key}"), value, patches)?;
            }
            return Ok(());
        }
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Bool(flag) => Some(flag.to_string()),
        // 1.10 would come out as 1.1.
        Value::Number(number) if number.is_f64() => {
            return Err(CommandError::usage(format!(
                "\"{name}\": numbers with a fraction lose their form"
            ))
            .hint("write it as text, in quotation marks"));
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Array(_) if field_named(name).is_some_and(is_list) => parts(name, value)?,
        Value::Array(_) | Value::Object(_) => return Err(line::wrong(name, "one value", value)),
    };
    patches.push(match text {
        Some(text) => Patch::Set(name.to_owned(), text),
        None => Patch::Clear(name.to_owned()),
    });
    Ok(())
}

/// Elements of a list in the form of a patch; nothing, if there are none.
fn parts(name: &str, value: &Value) -> Result<Option<String>, CommandError> {
    let items = line::texts(name, value)?;
    if value.is_array()
        && let Some(item) = items.iter().find(|item| item.contains(','))
    {
        let message = format!("\"{name}\": `{item}` holds a comma, which separates elements");
        return Err(CommandError::usage(message));
    }
    Ok(Some(items.join(",")).filter(|text| !text.trim().is_empty()))
}
