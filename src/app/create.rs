//! Making a record.

use super::link::{add_link, directed};
use super::write::Work;
use super::{models, resolve};
use crate::error::{CommandError, ErrorKind};
use crate::model::{
    ChangeModel, Kind, Level, Patch, Practice, Record, RecordId, StateName, one_line, paragraph,
    same_but_case,
};
use crate::policy::{Workflow, template};

/// What a new record is to be.
#[derive(Clone, Debug)]
pub struct NewRecord {
    pub kind: Kind,
    /// The title, or a CI's name.
    pub title: String,
    pub description: Option<String>,
    /// The first state, where the workflow offers several.
    pub status: Option<StateName>,
    pub patches: Vec<Patch>,
    /// Relations, named from the new record's end, and the other records.
    pub links: Vec<(String, String)>,
}

/// Makes the record `id`.
///
/// # Errors
///
/// A value does not fit its field, a rule is broken, or something named is not
/// known.
pub(super) fn create(
    work: &mut Work<'_>,
    id: RecordId,
    new: &NewRecord,
) -> Result<(), CommandError> {
    let record = draft(work, id, new)?;
    work.add(record);
    let practice = Practice::of(id.kind());
    if !work.policy.settings.uses(practice) {
        let notice = format!(
            "this desk does not use {name} management; add `{name}` to practices in \
             .gitsm/desk.yaml if it is to",
            name = practice.name()
        );
        if !work.notices.contains(&notice) {
            work.notices.push(notice);
        }
    }
    for (relation, other) in &new.links {
        let (rel, inverse) = directed(relation)?;
        let other = work.find(other)?;
        add_link(work, id, rel, inverse, other)?;
    }
    Ok(())
}

/// The record as asked for, before its links.
fn draft(work: &Work<'_>, id: RecordId, new: &NewRecord) -> Result<Record, CommandError> {
    let mut record = blank(work, id, new)?;
    let (model, patches) = models::chosen(work.policy, id.kind(), &new.patches)?;
    if let (Some((name, file)), Record::Change(change)) = (&model, &mut record) {
        template::fill(change, name, file);
    }
    resolve::apply(work, &mut record, &patches)?;
    if let (Some((_, file)), Record::Change(change)) = (&model, &mut record) {
        template::end(change, file);
    }
    if record.domain().is_some() {
        // The domain may have a workflow of its own, which begins elsewhere.
        let workflow = work.policy.workflow_of(&record);
        let status = first_state(workflow, id.kind(), new.status.as_ref())?;
        record.set_status(status);
    }
    if let Some(text) = new.description.as_deref().and_then(paragraph) {
        record.patch(&Patch::Set("description".into(), text))?;
    }
    Ok(record)
}

/// A record with nothing but what every record has.
fn blank(work: &Work<'_>, id: RecordId, new: &NewRecord) -> Result<Record, CommandError> {
    let what = if id.kind().is_ticket() { "title" } else { "name" };
    let title = one_line(&new.title).map_err(|error| {
        CommandError::usage(format!("the {what} cannot be used: {error}"))
            .hint("one plain line; longer text goes into the description: `-m TEXT`")
    })?;
    let workflow = work.policy.workflow(id.kind());
    let in_domain = new.patches.iter().any(|patch| patch.field() == "domain");
    let wanted = new.status.as_ref().filter(|_| !in_domain);
    let status = first_state(workflow, id.kind(), wanted)?;
    let now = work.session.now();
    let mut tree = serde_json::json!({
        "id": id,
        "status": status,
        "opened_at": now,
        "opened_by": work.actor,
        "updated_at": now,
    });
    tree[what] = title.into();
    if id.kind().is_ticket() {
        let usual = Level::Medium;
        tree["impact"] = usual.name().into();
        tree["urgency"] = usual.name().into();
        tree["priority"] = work.policy.priorities.priority(usual, usual).name().into();
        tree["requester"] = work.actor.as_str().into();
        tree["channel"] = "cli".into();
    } else {
        tree["class"] = "item".into();
    }
    if id.kind() == Kind::Change {
        tree["model"] = ChangeModel::Normal.name().into();
    }
    Record::from_value(id.kind(), tree)
        .map_err(|error| CommandError::new(ErrorKind::Internal, error))
}

/// The state in which a record begins: the wanted one, if the workflow has it
/// as an entry, else the usual one.
fn first_state(
    workflow: &Workflow,
    kind: Kind,
    wanted: Option<&StateName>,
) -> Result<StateName, CommandError> {
    let entry = &workflow.entry;
    match wanted {
        None => entry.first().cloned().ok_or_else(|| {
            CommandError::invalid(format!("the workflow of type {kind} has no entry"))
        }),
        Some(wanted) if entry.contains(wanted) => Ok(wanted.clone()),
        Some(wanted) => {
            let names: Vec<&str> = entry.iter().map(StateName::as_str).collect();
            Err(CommandError::usage(format!("{} cannot begin as {wanted}", kind.one()))
                .hint(format!("it can begin as {}", names.join(", "))))
        }
    }
}

/// Whether the name that a CI has got, or has again, is free among those that are
/// not retired.
pub(super) fn unique_name(
    work: &Work<'_>,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), CommandError> {
    let is_open = |record: &Record| work.policy.category_of(record).is_open();
    let had_it = |before: &Record| before.title() == record.title() && is_open(before);
    if record.kind() != Kind::Ci || !is_open(record) || before.is_some_and(had_it) {
        return Ok(());
    }
    let same = |other: &Record| {
        other.id() != record.id()
            && other.kind() == Kind::Ci
            && same_but_case(other.title(), record.title())
    };
    if work.added().any(same) {
        let message = format!("another new ci is to be called `{}` too", record.title());
        return Err(CommandError::refused(message));
    }
    let named = work.session.index()?.resolve(record.title())?;
    let other = named.into_iter().find(|other| {
        other.id != record.id()
            && other.id.kind() == Kind::Ci
            && other.state.is_open()
            && same_but_case(&other.title, record.title())
    });
    match other.map(|other| other.id) {
        None => Ok(()),
        Some(other) => Err(CommandError::refused(format!(
            "{} is called `{}` already",
            other.short(),
            record.title()
        ))
        .hint(format!("gitsm show {}", other.short()))),
    }
}
